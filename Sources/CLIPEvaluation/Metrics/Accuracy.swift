public import CLIP

/// How often an image's class is among the most likely ones.
public struct Accuracy: Sendable, Hashable {
    /// A class that is taken for another.
    public struct Confusion: Sendable, Hashable {
        /// The class of the image.
        public let truth: Int
        /// The class that was found most likely.
        public let guess: Int
        /// How many images of the one were taken for the other.
        public let count: Int
    }

    /// For each image the classes from the most to the least likely, as many as were asked for.
    public let guesses: [[Int]]
    /// For each image its class.
    public let truths: [Int]
    /// For each image how many wrong classes stand before its own; equal scores count as before.
    public let ranks: [Int]
    /// The number of classes.
    public let classes: Int

    /// Ranks the classes (columns) for each image (row).
    ///
    /// - Parameters:
    ///   - truths: The column of each row's class.
    ///   - kept: How many of the most likely classes to keep.
    public init(_ scores: SimilarityMatrix, truths: [Int], keeping kept: Int = 5) {
        precondition(truths.count == scores.rows && truths.allSatisfy((0..<scores.columns).contains), "a class each")
        self.truths = truths
        classes = scores.columns
        guesses = truths.indices.map { scores.top(kept, of: $0) }
        ranks = truths.indices.map { scores.rank(of: [truths[$0]], in: $0) ?? 0 }
    }

    /// The same by the products of rows, some images at a time: the memory grows with the number of images, and not with
    /// that of scores.
    public init(_ images: Embeddings, classes: Embeddings, truths: [Int], keeping kept: Int = 5) throws {
        precondition(truths.count == images.count && truths.allSatisfy((0..<classes.count).contains), "a class each")
        var (guesses, ranks) = ([[Int]](), [Int]())
        try Retriever(classes).forEachStrip(of: images) { first, rows, scores in
            let strip = SimilarityMatrix(scores, columns: classes.count)
            let part = Accuracy(strip, truths: Array(truths[first..<first + rows]), keeping: kept)
            guesses += part.guesses
            ranks += part.ranks
        }
        (self.guesses, self.ranks, self.truths, self.classes) = (guesses, ranks, truths, classes.count)
    }

    /// The share of the images whose class is among the `k` most likely, from 0 to 1; 0 without an image.
    public func top(_ k: Int) -> Double { top(k, nil) }

    /// The same of a sample in which each image occurs as often as its weight says.
    func top(_ k: Int, _ weights: [Int32]?) -> Double { share(of: ranks, below: k, weights) }

    /// The accuracy of guessing.
    public func chance(top k: Int) -> Double { classes == 0 ? 0 : min(1, Double(k) / Double(classes)) }

    /// The mean, over the classes that occur, of the share of a class's images that were given it.
    public var meanPerClassRecall: Double { meanPerClassRecall(nil) }

    func meanPerClassRecall(_ weights: [Int32]?) -> Double {
        var (right, all) = ([Int](repeating: 0, count: classes), [Int](repeating: 0, count: classes))
        for (image, truth) in truths.enumerated() {
            let weight = weights.map { Int($0[image]) } ?? 1
            all[truth] += weight
            if ranks[image] == 0 { right[truth] += weight }
        }
        let shares = all.indices.filter { all[$0] > 0 }.map { Double(right[$0]) / Double(all[$0]) }
        return shares.isEmpty ? 0 : shares.reduce(0, +) / Double(shares.count)
    }

    /// Which classes are taken for which others, the most frequent first, then by the classes' order.
    public var confusions: [Confusion] {
        var counts: [[Int]: Int] = [:]
        for (image, truth) in truths.enumerated() {
            if let guess = guesses[image].first, guess != truth { counts[[truth, guess], default: 0] += 1 }
        }
        return counts.map { Confusion(truth: $0.key[0], guess: $0.key[1], count: $0.value) }
            .sorted { ($1.count, $0.truth, $0.guess) < ($0.count, $1.truth, $1.guess) }
    }
}

extension Accuracy {
    /// The figures of a classification, under CLIP_benchmark's names: `acc1`, `acc5` of five classes or more, and
    /// `mean_per_class_recall`.
    package func figures(_ bootstrap: Bootstrap) -> [Figure] {
        let names = classes >= 5 ? ["acc1", "acc5", "mean_per_class_recall"] : ["acc1", "mean_per_class_recall"]
        @Sendable func value(_ name: String, _ weights: [Int32]?) -> Double {
            name == "mean_per_class_recall" ? meanPerClassRecall(weights) : top(name == "acc5" ? 5 : 1, weights)
        }
        let intervals = bootstrap.intervals(of: ranks.count) { weights in names.map { value($0, weights) } }
        return zip(names, intervals).map { Figure($0, value($0, nil), $1) }
    }
}

/// The share of the ranks below a bound, each as often as its weight says; 0 without one.
func share(of ranks: [Int], below bound: Int, _ weights: [Int32]?) -> Double {
    guard let weights else { return ranks.isEmpty ? 0 : Double(ranks.count { $0 < bound }) / Double(ranks.count) }
    var (right, all) = (0, 0)
    for (rank, weight) in zip(ranks, weights) {
        all += Int(weight)
        if rank < bound { right += Int(weight) }
    }
    return all == 0 ? 0 : Double(right) / Double(all)
}
