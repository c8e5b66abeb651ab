package import CLIP
package import CLIPData

/// Retrieval among a set of images with captions, asked of a model.
package struct RetrievalTask: Sendable {
    /// The images and their captions.
    package let set: any StoredPairs
    package var bootstrap = Bootstrap()

    package init(_ set: any StoredPairs) { self.set = set }

    /// What came of it.
    package struct Answer: Sendable {
        package var result: RetrievalResult
        /// The images of the set that count, by their index.
        package var kept: [Int]
        package var failures: [ImageFailure]
        /// The captions that stand furthest behind: the image, the caption, the place of its image, and what is found.
        package var worst: [RetrievalSection.Query]
        /// How many captions are longer than the context, and cut.
        package var cutCaptions = 0
    }

    /// How many captions are shown, and how many images of each.
    private static let shown = (captions: 8, images: 5)

    /// Asks a model.
    package func answer(
        by features: FeatureExtractor, _ worker: TensorWorker, onProgress: (Int) -> Void
    ) async throws -> Answer {
        let images = try await features.features(of: set, onProgress: onProgress)
        guard !images.kept.isEmpty else {
            throw EvaluationError("expected images that can be read, found none")
        }
        var (captions, owners) = ([String](), [Int]())
        for (row, index) in images.kept.enumerated() {
            let own = try set.allCaptions(at: index)
            captions += own
            owners += own.map { _ in row }
        }
        let texts = try await features.embeddings(of: captions)
        var found = try await worker { [captions, owners] in try answer(images, texts, captions, owners) }
        found.cutCaptions = try await features.cutCount(of: captions)
        return found
    }

    private func answer(
        _ images: ExtractedImages, _ texts: Embeddings, _ captions: [String], _ owners: [Int]
    ) throws -> Answer {
        let result = try RetrievalResult(
            images: images.embeddings, texts: texts, owners: owners, captions: captions, bootstrap: bootstrap)
        let order = captions.indices.sorted {
            (result.images.ranks[$1], $0) < (result.images.ranks[$0], $1)
        }
        let retriever = Retriever(images.embeddings)
        let worst = try order.prefix(Self.shown.captions).map { index in
            let found = try retriever.best(Self.shown.images, for: texts.rows([index]))[0]
            return RetrievalSection.Query(
                caption: captions[index], place: result.images.ranks[index] + 1, own: images.kept[owners[index]],
                found: found.map { (images.kept[$0.position], $0.similarity) })
        }
        return Answer(result: result, kept: images.kept, failures: images.failures, worst: worst)
    }
}
