public import CLIP
internal import Dispatch
internal import Synchronization

/// How well the images of a class stand before the others, for each class, where images may have several.
public struct AveragePrecision: Sendable, Hashable {
    /// For each class the mean, over its images, of the share of its images among those up to there; 0 without an image, as
    /// CLIP_benchmark counts it.
    public let values: [Double]
    /// The number of each class's images.
    public let counts: [Int]

    /// Ranks the images for each class, some classes at a time: the memory grows with the number of images alone.
    ///
    /// An image that is as like the class as one of its own stands before it.
    ///
    /// - Parameter labels: For each image its classes.
    public init(_ images: Embeddings, classes: Embeddings, labels: [[Int]]) throws {
        precondition(labels.count == images.count, "the classes of each image")
        var members = [[Int32]](repeating: [], count: classes.count)
        for (image, labels) in labels.enumerated() {
            for label in Set(labels) { members[label].append(Int32(image)) }
        }
        counts = members.map(\.count)
        let own = members
        var values: [Double] = []
        let images = Retriever(images)
        try images.forEachStrip(of: classes) { first, rows, scores in
            let count = images.candidates.count
            let found = Mutex([Double](repeating: 0, count: rows))
            DispatchQueue.concurrentPerform(iterations: rows) { row in
                let value = Self.value(scores[row * count..<(row + 1) * count], own[first + row])
                found.withLock { $0[row] = value }
            }
            values += found.withLock { $0 }
        }
        self.values = values
    }

    /// The mean over all classes.
    public var mean: Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }

    private static func value(_ scores: ArraySlice<Float>, _ members: [Int32]) -> Double {
        guard !members.isEmpty else { return 0 }
        let own = members.map { scores[scores.startIndex + Int($0)] }.sorted(by: >)
        let isOwn = Set(members)
        var others = scores.enumerated().filter { !isOwn.contains(Int32($0.offset)) }.map(\.element)
        others.sort(by: >)
        var (before, sum) = (0, 0.0)
        for (index, score) in own.enumerated() {
            while before < others.count, others[before] >= score { before += 1 }
            sum += Double(index + 1) / Double(index + 1 + before)
        }
        return sum / Double(own.count)
    }
}
