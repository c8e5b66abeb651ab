public import CLIPModels

/// The size and the cost of an architecture, whether or not there are weights for it.
public struct ArchitectureSummary: Codable, Sendable, Hashable {
    /// The published architecture that this one is, such as "ViT-B/32"; nil where it is none.
    public var name: String?
    /// The number of learned parameters.
    public var parameters: Parameters
    /// Floating-point operations of a forward pass, two for each multiplication with its addition.
    public var flops: Operations

    /// Numbers of parameters.
    public struct Parameters: Codable, Sendable, Hashable {
        public var image: Int
        public var text: Int
        /// Both towers, the logit scale, and the logit bias where there is one.
        public var total: Int
    }

    /// Floating-point operations.
    public struct Operations: Codable, Sendable, Hashable {
        public var perImage: Int
        /// For a text that fills the context.
        public var perText: Int
    }

    /// Summarises an architecture; throws `ConfigurationError` where it cannot be built.
    public init(_ configuration: CLIPConfiguration) throws {
        self.init(configuration, try ModelPlan(configuration))
    }

    init(_ configuration: CLIPConfiguration, _ plan: ModelPlan) {
        name = Self.publishedName(configuration)
        parameters = Parameters(
            image: plan.parameterCount { $0.hasPrefix("visual.") },
            text: plan.parameterCount { !$0.hasPrefix("visual.") && !["logit_scale", "logit_bias"].contains($0) },
            total: plan.parameterCount { _ in true })
        flops = Operations(perImage: configuration.imageOperations, perText: configuration.textOperations)
    }

    /// The published architecture that differs at most in activation, temperature and how the end of a text is found:
    /// OpenAI's, or the one that open_clip or timm has a name for.
    private static func publishedName(_ configuration: CLIPConfiguration) -> String? {
        if case .sigLIP(let tower) = configuration.vision { return name(of: tower) }
        return (CLIPConfiguration.presets + CLIPConfiguration.openCLIPArchitectures).first { preset in
            var comparable = configuration
            comparable.activation = preset.configuration.activation
            comparable.initialLogitScale = preset.configuration.initialLogitScale
            comparable.text.pooling = preset.configuration.text.pooling
            return comparable == preset.configuration
        }?.name
    }

    private static func name(of tower: SigLIPVisionConfiguration) -> String? {
        [Activation.gelu, .geluTanh].lazy.compactMap { activation in
            var comparable = tower
            comparable.activation = activation
            return comparable.timmName
        }.first
    }
}
