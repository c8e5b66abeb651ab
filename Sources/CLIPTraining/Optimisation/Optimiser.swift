import CLIPModels
import CLIPTensor

/// Applies gradients to a model's parameters.
struct Optimiser {
    private let parameters: [Tensor]
    private let adamW: AdamW
    private let muon: Muon?
    private let configuration: OptimiserConfiguration

    init(_ parameters: [NamedTensor], _ configuration: OptimiserConfiguration, _ towers: [TowerGroups]) throws {
        self.configuration = configuration
        self.parameters = parameters.map(\.tensor)
        let depth = ParameterDepth(towers)
        switch configuration.kind {
        case .adamW:
            adamW = try AdamW(parameters, configuration, depth)
            muon = nil
        case .muon:
            adamW = try AdamW(parameters.filter { !Muon.applies(to: $0) }, configuration, depth)
            muon = try Muon(parameters.filter { Muon.applies(to: $0) }, configuration, depth)
        }
    }

    /// Takes a step along the accumulated gradients and clears them; returns their norm before any limit. Gradients that
    /// are no finite numbers change nothing: they throw.
    func step(learningRate: Double) throws -> Double {
        let norm = try withoutGradients {
            let norm = try limitGradients()
            try adamW.step(learningRate: learningRate)
            try muon?.step(learningRate: learningRate)
            return norm
        }
        for parameter in parameters { parameter.clearGradient() }
        return norm
    }

    private func limitGradients() throws -> Double {
        let gradients = parameters.compactMap(\.gradient)
        guard !gradients.isEmpty else { return 0 }
        let norm = try Tensor.norm(of: gradients).scalar()
        guard norm.isFinite else { throw NonFiniteStep(quantity: "gradient norm", value: norm) }
        if let limit = configuration.gradientNormLimit, norm > limit {
            try Tensor.multiply(gradients, by: limit / (norm + 1e-6))
        }
        return norm
    }

    /// What a checkpoint keeps, by name; the tensors are the live ones, to be copied into on resuming.
    var state: [NamedTensor] { adamW.state + (muon?.state ?? []) }
}
