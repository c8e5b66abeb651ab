public import CLIPTensor

/// The image tower, whichever it is.
public enum ImageTower {
    case transformer(VisionTransformer)
    case resNet(ModifiedResNet)
    case sigLIP(SigLIPVisionTransformer)

    /// `[batch, 3, height, width]` normalised pixels → `[batch, embedding]`, not normalised.
    public func callAsFunction(_ pixels: Tensor, _ pass: Pass) throws -> Tensor {
        switch self {
        case .transformer(let tower): try tower(pixels, pass)
        case .resNet(let tower): try tower(pixels, pass)
        case .sigLIP(let tower): try tower(pixels, pass)
        }
    }

    /// The same with what is projected; a tower without a projection gives its embedding twice.
    package func features(_ pixels: Tensor, _ pass: Pass) throws -> TowerFeatures {
        switch self {
        case .transformer(let tower): return try tower.features(pixels, pass)
        case .resNet(let tower): return try tower.features(pixels, pass)
        case .sigLIP(let tower):
            let embedding = try tower(pixels, pass)
            return TowerFeatures(pooled: embedding, embedding: embedding)
        }
    }
}

/// What an image tower makes of a batch.
package struct TowerFeatures {
    /// A row for each image, before the projection into the space of texts.
    package let pooled: Tensor
    /// `[batch, embedding]`, not normalised.
    package let embedding: Tensor
}

/// CLIP (Radford et al. 2021): an image tower, a text tower, and the scale of their similarities.
///
/// Tensors have OpenAI's names. The model knows no checkpoint layout; ``ParameterSource`` brings its tensors.
public struct CLIPModel {
    /// The architecture.
    public let configuration: CLIPConfiguration
    /// Pixels to embeddings.
    public let visual: ImageTower
    /// Tokens to embeddings.
    public let text: TextTransformer
    /// ln of the factor on similarities, a scalar.
    public let logitScale: Tensor
    /// What is added to the scaled cosines, a scalar, of a model with a sigmoid head (Zhai et al. 2023); nil of others.
    public let logitBias: Tensor?
    /// What training changes, by name, in the order of the model.
    public let parameters: [NamedTensor]
    /// What is saved with the model but has no gradient: the running statistics of batch norms.
    public let buffers: [NamedTensor]
    /// Low-rank changes of some layers, which are no parts of ``parameters``, and parameters that come from them.
    package let adapters: LowRankAdapters?

    /// Builds the architecture over the source's tensors. Throws where they do not fit it.
    public init(_ configuration: CLIPConfiguration, parameters source: some ParameterSource) throws {
        try self.init(configuration, parameters: source, adapters: nil)
    }

    /// The same with adapters, whose layers must be the architecture's.
    package init(
        _ configuration: CLIPConfiguration, parameters source: some ParameterSource, adapters: LowRankAdapters?
    ) throws {
        try configuration.validate()
        self.configuration = configuration
        self.adapters = adapters
        let registry = ParameterRegistry(source: source, adapters: adapters)
        let root = ParameterScope(registry)
        let width = configuration.embeddingWidth
        switch configuration.vision {
        case .transformer(let tower):
            visual = .transformer(try VisionTransformer(root("visual"), tower, embeddingWidth: width))
        case .resNet(let tower):
            visual = .resNet(try ModifiedResNet(root("visual"), tower, embeddingWidth: width))
        case .sigLIP(let tower): visual = .sigLIP(try SigLIPVisionTransformer(root("visual"), tower))
        }
        text = try TextTransformer(root, configuration.text, embeddingWidth: width)
        logitScale = try root.parameter("logit_scale", [], .constant(configuration.initialLogitScale))
        logitBias = try configuration.initialLogitBias.map { try root.parameter("logit_bias", [], .constant($0)) }
        parameters = registry.parameters
        buffers = registry.buffers
    }

    /// Embeddings `[batch, embedding]` of length 1 of normalised pixels `[batch, 3, height, width]`.
    public func embedImages(_ pixels: Tensor, _ pass: Pass = Pass()) throws -> Tensor {
        try visual(pixels, pass).normalized()
    }

    /// Embeddings `[batch, embedding]` of length 1 of tokens `[batch, length]`.
    public func embedTexts(_ tokens: Tensor, _ pass: Pass = Pass()) throws -> Tensor {
        try text(tokens, pass).normalized()
    }

    /// The scaled cosines of each image with each text, and the bias where there is one: `[images, E]` and `[texts, E]` of
    /// length 1 → `[images, texts]`.
    public func logits(images: Tensor, texts: Tensor) throws -> Tensor {
        let scaled = try images.matrixProduct(texts.transposed()) * logitScale.exponential()
        return try logitBias.map { try scaled + $0 } ?? scaled
    }
}
