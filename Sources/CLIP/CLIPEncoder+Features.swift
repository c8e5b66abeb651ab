internal import CLIPCheckpoints
internal import CLIPFiles
internal import CLIPImaging
internal import CLIPModels
internal import CLIPTensor
internal import Foundation

/// What the image tower makes of images, as it was before and after the projection into the space of texts.
public struct ImageFeatures: Sendable {
    /// The positions among the inputs of the images that were read, in rising order.
    public let positions: [Int]
    /// Embeddings, a row for each of them, not normalised.
    public let embeddings: Embeddings
    /// What was projected, a row for each likewise: features for a classifier that is trained on them (Radford et al.
    /// 2021, section 3.2). Of a tower without a projection (SigLIP) they are the embeddings.
    public let pooled: Embeddings
    /// The images that could not be read.
    public let failures: [ImageFailure]

    /// Puts together what belongs to a batch.
    package init(positions: [Int], embeddings: Embeddings, pooled: Embeddings, failures: [ImageFailure]) {
        (self.positions, self.embeddings, self.pooled) = (positions, embeddings, pooled)
        self.failures = failures
    }
}

extension CLIPEncoder {
    /// The width of what is projected: ``ImageFeatures/pooled``.
    public nonisolated var pooledWidth: Int {
        switch configuration.vision {
        case .transformer(let tower): tower.width
        case .resNet(let tower): tower.features
        case .sigLIP(let tower): tower.width
        }
    }

    /// The features of images batch after batch. While the tower works on one batch, the next is decoded.
    ///
    /// - Parameter body: Takes over each batch, in the order of the inputs. What it throws ends the work.
    public nonisolated func features(
        of images: [ImageSource], _ body: (ImageFeatures) async throws -> Void
    ) async throws {
        try await preprocess(images: images) { pixels in
            let rows =
                pixels.positions.isEmpty
                ? (Embeddings(width: width), Embeddings(width: pooledWidth)) : try await features(pixels)
            try await body(
                ImageFeatures(
                    positions: pixels.positions, embeddings: rows.0, pooled: rows.1, failures: pixels.failures))
        }
    }

    /// The architecture as open_clip calls it, or the kind of the towers where it has no name.
    package nonisolated var architectureName: String {
        if let name = try? ArchitectureSummary(configuration).name { return name.replacing("/", with: "-") }
        return switch configuration.vision {
        case .transformer: "ViT"
        case .resNet: "ResNet"
        case .sigLIP: "SigLIP"
        }
    }

    /// What tells the weights from those of another training, at once: a digest of how they were opened, of the files' sizes and
    /// of parts of them, evenly spread.
    package nonisolated func weightsDigest() async throws -> String {
        let digest = ContentDigest()
        try addOpening(to: digest)
        for path in await weightPaths {
            let file = try MappedFile(path: path)
            digest.add("\(file.count)")
            let parts = 256
            for part in 0..<parts {
                let start = file.count / parts * part
                digest.add(UnsafeRawBufferPointer(rebasing: file.bytes[start..<min(start + 4096, file.count)]))
            }
        }
        return String(digest.finish().hexadecimal.prefix(32))
    }

    /// What tells whether features may have come from another model, or from the same one used in another way: a digest of
    /// all weights and settings that change a number.
    package nonisolated func fingerprint() async throws -> String {
        precondition(options.average == nil, "averages are no models of their own files")
        let digest = ContentDigest()
        digest.add("features of CLIP, 1")
        for path in await weightPaths { try digest.add(file: path) }
        try addOpening(to: digest)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        digest.add(Array(try encoder.encode(configuration)))
        digest.add(Array(try encoder.encode(preprocessing)))
        digest.add(options.precision.rawValue)
        return digest.finish().hexadecimal
    }

    /// Adds what changes the weights on their way out of the files.
    private nonisolated func addOpening(to digest: ContentDigest) throws {
        digest.add("\(options.imageSize ?? 0)")
        guard let adapter = options.adapter else { return }
        for file in try FileManager.default.contentsOfDirectory(atPath: adapter).sorted() {
            digest.add(file)
            try digest.add(file: "\(adapter)/\(file)")
        }
    }
}
