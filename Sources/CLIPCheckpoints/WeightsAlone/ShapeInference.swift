internal import CLIPFiles
internal import CLIPModels

/// The architecture that the shapes of tensors imply, as OpenAI's own loader works it out: heads are 64 wide.
struct ShapeInference {
    private let weights: WeightFiles
    private let path: String
    private let adapter: OpenCLIPAdapter

    init(_ weights: WeightFiles, path: String, adapter: OpenCLIPAdapter) {
        (self.weights, self.path, self.adapter) = (weights, path, adapter)
    }

    /// Throws `FileError` where a tensor that tells something is missing.
    func configuration() throws -> CLIPConfiguration {
        let projection = try shape("text_projection", rank: 2)
        let isTransformer = weights.entry("visual.proj") != nil
        return CLIPConfiguration(
            embeddingWidth: projection[1],
            vision: isTransformer ? .transformer(try transformer()) : .resNet(try resNet()),
            text: try text(width: projection[0]))
    }

    private func transformer() throws -> VisionTransformerConfiguration {
        let kernel = try shape("visual.conv1.weight", rank: 4)
        let places = try shape("visual.positional_embedding", rank: 2)[0] - 1
        let (width, patch) = (kernel[0], kernel[3])
        return VisionTransformerConfiguration(
            imageSize: try root(of: places, "visual.positional_embedding") * patch, patchSize: patch, width: width,
            layers: blocks("visual.transformer.resblocks."), headWidth: 64)
    }

    private func resNet() throws -> ModifiedResNetConfiguration {
        let places = try shape("visual.attnpool.positional_embedding", rank: 2)[0] - 1
        return ModifiedResNetConfiguration(
            imageSize: try root(of: places, "visual.attnpool.positional_embedding") * 32,
            layers: (1...4).map { blocks("visual.layer\($0).") },
            width: try shape("visual.layer1.0.conv1.weight", rank: 4)[0])
    }

    private func text(width: Int) throws -> TextTransformerConfiguration {
        TextTransformerConfiguration(
            contextLength: try shape("positional_embedding", rank: 2)[0],
            vocabularySize: try shape("token_embedding.weight", rank: 2)[0], width: width, heads: max(1, width / 64),
            layers: blocks(adapter.place(of: "transformer.resblocks.").names[0]))
    }

    private func shape(_ name: String, rank: Int) throws -> [Int] {
        let saved = adapter.place(of: name).names[0]
        guard let entry = weights.entry(saved), entry.shape.count == rank else {
            let found = weights.entry(saved).map { "one of the shape \($0.shape)" } ?? "none"
            throw FileError(
                .badData, path: path, "expected CLIP's tensor \(saved) with \(rank) axes, found \(found)")
        }
        return entry.shape
    }

    /// The number of different indices that follow a prefix.
    private func blocks(_ prefix: String) -> Int {
        Set(weights.names.filter { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count).prefix { $0 != "." } }).count
    }

    /// The side of a square of so many places.
    private func root(of places: Int, _ name: String) throws -> Int {
        let side = Int(Double(max(0, places)).squareRoot().rounded())
        guard side > 0, side * side == places else {
            throw FileError(
                .badData, path: path, "expected \(name) to have a square of places and one, found \(places + 1)")
        }
        return side
    }
}
