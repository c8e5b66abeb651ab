package import CLIPImaging

extension PixelBatch {
    /// Decodes and prepares images batch after batch, one batch ahead of `body`.
    package static func forEach(
        of sources: [ImageSource], _ preprocessing: ImagePreprocessing, batchSize: Int,
        limits: DecodingLimits = .default, _ body: (PixelBatch) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: PixelBatch.self) { group in
            for start in stride(from: 0, to: sources.count + batchSize, by: batchSize) {
                try Task.checkCancellation()
                let ready = start > 0 ? try await group.next() : nil
                if start < sources.count {
                    let range = start..<min(start + batchSize, sources.count)
                    group.addTask { await decoding(sources, range, preprocessing, limits) }
                }
                if let ready { try await body(ready) }
            }
            try Task.checkCancellation()
        }
    }
}
