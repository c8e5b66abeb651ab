import CLIPModels
import CLIPTensor

/// AdamW over a list of parameters (Loshchilov and Hutter 2019), one fused pass a group.
///
/// As published, gains, biases and whatever else has fewer than two axes do not decay.
struct AdamW {
    private struct Moments {
        let parameter: NamedTensor
        let first: Tensor
        let second: Tensor
    }

    /// What the parameters of a group have in common.
    private struct Rates: Hashable {
        var decays: Bool
        var depth: Int
    }

    private let moments: [Moments]
    private let groups: [(rates: Rates, members: [Moments])]
    private let count: Tensor
    private let configuration: OptimiserConfiguration

    init(_ parameters: [NamedTensor], _ configuration: OptimiserConfiguration, _ depth: ParameterDepth) throws {
        moments = try parameters.map { parameter in
            try withoutGradients {
                Moments(
                    parameter: parameter, first: try parameter.tensor.zerosLike(),
                    second: try parameter.tensor.zerosLike())
            }
        }
        let byRates = Dictionary(grouping: moments) { moment in
            let name = moment.parameter.name
            return Rates(
                decays: moment.parameter.tensor.rank > 1, depth: configuration.layerDecay == 1 ? 0 : depth(name))
        }
        groups = byRates.map { (rates: $0.key, members: $0.value) }
        count = try Tensor.zeros([])
        self.configuration = configuration
    }

    func step(learningRate: Double) throws {
        try count.add(Tensor.ones([]))
        for (rates, members) in groups {
            let rate = learningRate * configuration.factor(atDepth: rates.depth)
            try update(members, rate, weightDecay: rates.decays ? configuration.weightDecay : 0)
        }
    }

    private func update(_ group: [Moments], _ learningRate: Double, weightDecay: Double) throws {
        let reached = group.compactMap { moment in moment.parameter.tensor.gradient.map { (moment, $0) } }
        guard !reached.isEmpty else { return }
        try Tensor.adamW(
            reached.map(\.0.parameter.tensor), gradients: reached.map(\.1), firstMoments: reached.map(\.0.first),
            secondMoments: reached.map(\.0.second), count: count,
            step: Tensor.AdamWStep(
                learningRate: learningRate, betas: (configuration.beta1, configuration.beta2),
                weightDecay: weightDecay, epsilon: configuration.epsilon))
    }

    /// What a checkpoint keeps, by name.
    var state: [NamedTensor] {
        let tensors = moments.flatMap { moment in
            [
                NamedTensor(name: "adamw.first.\(moment.parameter.name)", tensor: moment.first),
                NamedTensor(name: "adamw.second.\(moment.parameter.name)", tensor: moment.second),
            ]
        }
        return tensors + [NamedTensor(name: "adamw.count", tensor: count)]
    }
}

extension OptimiserConfiguration {
    /// What the learning rate of a parameter is multiplied by, so many blocks away from the output.
    func factor(atDepth depth: Int) -> Double { (0..<depth).reduce(1) { factor, _ in factor * layerDecay } }
}
