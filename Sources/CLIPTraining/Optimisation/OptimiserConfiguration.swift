internal import CLIPFiles

/// How gradients change parameters.
public struct OptimiserConfiguration: Codable, Sendable, Hashable {
    /// The rule for the matrices of the transformers' blocks; all else follows AdamW.
    public enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
        /// AdamW for everything, as published.
        case adamW = "adamw"
        /// Orthogonalised momentum (Jordan et al. 2024), which learns from several times fewer pairs at a small scale.
        case muon

        public init(from decoder: any Decoder) throws { self = try decoder.word() }
    }

    /// The rule.
    public var kind = Kind.adamW
    /// The decay of the mean of gradients.
    public var beta1 = 0.9
    /// The decay of the mean of squared gradients: 0.98 for transformers, 0.999 for ResNets as published.
    public var beta2 = 0.98
    /// What is added to the root of the mean square: 1e-6 for transformers, 1e-8 for ResNets as published.
    public var epsilon = 1e-6
    /// The pull towards 0, of tensors with two axes or more.
    public var weightDecay = 0.2
    /// The largest norm of all gradients together; larger ones are scaled down to it. None without.
    public var gradientNormLimit: Double?
    /// What the learning rate is multiplied by for each block further from the output: below 1, the first blocks of a
    /// fine-tuned model move least (Clark et al. 2020).
    public var layerDecay = 1.0

    /// The published values for a transformer.
    public init() {}

    private enum CodingKeys: String, CodingKey {
        case kind, beta1, beta2, epsilon
        case weightDecay = "weight_decay"
        case gradientNormLimit = "gradient_norm_limit"
        case layerDecay = "layer_decay"
    }
}
