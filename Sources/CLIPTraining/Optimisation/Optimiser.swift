import CLIPModels
import CLIPTensor

/// Applies gradients to a model's parameters.
struct Optimiser {
    private let parameters: [Tensor]
    private let adamW: AdamW
    private let muon: Muon?
    private let configuration: OptimiserConfiguration

    init(_ parameters: [NamedTensor], _ configuration: OptimiserConfiguration) throws {
        self.configuration = configuration
        self.parameters = parameters.map(\.tensor)
        switch configuration.kind {
        case .adamW:
            adamW = try AdamW(parameters, configuration)
            muon = nil
        case .muon:
            adamW = try AdamW(parameters.filter { !Muon.applies(to: $0) }, configuration)
            muon = try Muon(parameters.filter { Muon.applies(to: $0) }, configuration)
        }
    }

    /// Takes a step along the accumulated gradients and clears them.
    func step(learningRate: Double) throws {
        try withoutGradients {
            try limitGradients()
            try adamW.step(learningRate: learningRate)
            try muon?.step(learningRate: learningRate)
        }
        for parameter in parameters { parameter.clearGradient() }
    }

    private func limitGradients() throws {
        guard let limit = configuration.gradientNormLimit else { return }
        let gradients = parameters.compactMap(\.gradient)
        let norm = try Tensor.norm(of: gradients).scalar()
        if norm > limit { try Tensor.multiply(gradients, by: limit / (norm + 1e-6)) }
    }

    /// What a checkpoint keeps, by name; the tensors are the live ones, to be copied into on resuming.
    var state: [NamedTensor] { adamW.state + (muon?.state ?? []) }
}
