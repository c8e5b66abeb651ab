public import CLIP

/// How often captions find their image, and images one of their captions.
public struct RetrievalResult: Sendable {
    /// Captions ask, images are found.
    public let images: Retrieval
    /// Images ask, captions are found.
    public let texts: Retrieval
    /// How many captions are also another image's, word for word; such an image does not count as a match.
    public let repeatedCaptions: Int
    /// The figures of all that.
    public let figures: [Figure]

    /// The places that count as a hit.
    public static let depths = [1, 5, 10]

    /// Ranks in both directions.
    ///
    /// - Parameters:
    ///   - images: Rows of length 1.
    ///   - texts: Rows of length 1, of all captions.
    ///   - owners: The image of each caption; each image has at least one.
    ///   - captions: The captions themselves.
    public init(
        images imageRows: Embeddings, texts textRows: Embeddings, owners: [Int], captions: [String],
        bootstrap: Bootstrap = Bootstrap()
    ) throws {
        precondition(owners.count == textRows.count && captions.count == owners.count, "an image for each caption")
        var matches = [Set<Int>](repeating: [], count: imageRows.count)
        for (text, image) in owners.enumerated() { matches[image].insert(text) }
        let images = try Retrieval(textRows, imageRows, matches: owners.map { [$0] })
        let texts = try Retrieval(imageRows, textRows, matches: matches)
        (self.images, self.texts) = (images, texts)
        var first: [String: Int] = [:]
        repeatedCaptions = zip(captions, owners).count { caption, owner in
            first.updateValue(first[caption] ?? owner, forKey: caption).map { $0 != owner } ?? false
        }
        figures =
            Self.figures("image_retrieval", images, bootstrap) + Self.figures("text_retrieval", texts, bootstrap)
    }

    private static func figures(_ name: String, _ retrieval: Retrieval, _ bootstrap: Bootstrap) -> [Figure] {
        let intervals = bootstrap.intervals(of: retrieval.ranks.count) { weights in
            depths.map { retrieval.recall(at: $0, weights) } + [retrieval.medianRank(weights)]
        }
        let recalls = depths.indices.map { index in
            Figure("\(name)_recall@\(depths[index])", retrieval.recall(at: depths[index]), intervals[index])
        }
        return recalls + [Figure("\(name)_median_rank", Double(retrieval.medianRank ?? 0), intervals[depths.count])]
    }
}
