/// An image that could not be read, and why.
public struct ImageFailure: Error, CustomStringConvertible, Sendable {
    /// The position among the inputs.
    public let position: Int
    /// The file's path, or what the image was called.
    public let name: String
    /// The error of the room that refused it.
    public let reason: any Error

    /// Names an image and the reason.
    public init(position: Int, name: String, reason: any Error) {
        (self.position, self.name, self.reason) = (position, name, reason)
    }

    /// The reason in one line, which names the image.
    public var description: String { "\(reason)" }
}

/// The embeddings of a batch of images.
public struct ImageEmbeddings: Sendable {
    /// The positions among the inputs of the images that were embedded, in rising order.
    public let positions: [Int]
    /// A row for each of them.
    public let embeddings: Embeddings
    /// The images of the batch that could not be read.
    public let failures: [ImageFailure]
}

extension CLIPEncoder {
    /// Embeds images: a row of length 1 for each, in their order. Throws the error of the first that cannot be read.
    public nonisolated func embed(images: [ImageSource]) async throws -> Embeddings {
        var result = Embeddings(width: width)
        try await embed(images: images) { batch in
            if let failure = batch.failures.first { throw failure.reason }
            result.append(batch.embeddings)
        }
        return result
    }

    /// Embeds images batch after batch, for more than fit in memory and where some may be unreadable.
    ///
    /// While the tower works on one batch, the next is decoded.
    ///
    /// - Parameters:
    ///   - normalized: Whether rows are divided by their length.
    ///   - body: Takes over each batch, in the order of the inputs. What it throws ends the work.
    public nonisolated func embed(
        images: [ImageSource], normalized: Bool = true, _ body: (ImageEmbeddings) async throws -> Void
    ) async throws {
        try await preprocess(images: images) { pixels in
            var rows = pixels.positions.isEmpty ? Embeddings(width: width) : try await run(pixels)
            if normalized { rows = rows.normalized() }
            let batch = ImageEmbeddings(positions: pixels.positions, embeddings: rows, failures: pixels.failures)
            try await body(batch)
        }
    }

    nonisolated func preprocess(
        images: [ImageSource], _ body: (PixelBatch) async throws -> Void
    ) async throws {
        try await PixelBatch.forEach(
            of: images, preprocessing, batchSize: options.batchSize, limits: options.imageLimits, body)
    }
}
