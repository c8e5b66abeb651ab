public import CLIP
internal import Foundation

/// How often a classifier is right where it is so and so sure: what its probabilities mean.
public struct Reliability: Sendable, Hashable {
    /// The images whose best probability lies in a range.
    public struct Bin: Sendable, Hashable {
        /// The range of the probability.
        public let range: Range<Double>
        /// The number of images.
        public let count: Int
        /// Their mean probability.
        public let confidence: Double
        /// The share of them that is classified rightly.
        public let accuracy: Double
    }

    /// For each image the probability of its best class.
    public let confidences: [Float]
    /// For each image whether that class is its own.
    public let isRight: [Bool]

    /// The usual number of bins (Guo et al. 2017).
    public static let binCount = 15

    /// Takes what a classifier said.
    public init(confidences: [Float], isRight: [Bool]) {
        precondition(confidences.count == isRight.count, "a probability for each image")
        (self.confidences, self.isRight) = (confidences, isRight)
    }

    /// The softmax over cosines times a factor: rows of length 1, the class of each image, and the classes.
    public init(_ images: Embeddings, classes: Embeddings, truths: [Int], scale: Double) throws {
        var (confidences, isRight) = ([Float](), [Bool]())
        try Retriever(classes).forEachStrip(of: images) { first, rows, scores in
            for row in 0..<rows {
                let scores = scores[row * classes.count..<(row + 1) * classes.count]
                let best = scores.max() ?? 0
                // The exponential of the best one is 1.
                let sum = scores.reduce(0) { $0 + exp(scale * Double($1 - best)) }
                confidences.append(Float(1 / sum))
                let own = scores[scores.startIndex + truths[first + row]]
                isRight.append(scores.count { !($0 < own) } == 1)
            }
        }
        self.init(confidences: confidences, isRight: isRight)
    }

    /// The images by their probability, in bins of one width; empty bins are left out.
    public var bins: [Bin] {
        let width = 1 / Double(Self.binCount)
        return sums().enumerated().filter { $0.element.count > 0 }.map { index, sum in
            Bin(
                range: Double(index) * width..<Double(index + 1) * width, count: Int(sum.count),
                confidence: sum.confidence / sum.count, accuracy: sum.right / sum.count)
        }
    }

    /// The expected calibration error: the mean distance of probability and accuracy over the bins, weighted by their images
    /// (Naeini et al. 2015); from 0 to 1.
    public var expectedCalibrationError: Double { error() }

    /// The same of a sample with these weights.
    func error(_ weights: [Int32]? = nil) -> Double {
        let sums = sums(weights)
        let total = sums.reduce(0) { $0 + $1.count }
        return total == 0 ? 0 : sums.reduce(0) { $0 + abs($1.confidence - $1.right) } / total
    }

    private func sums(_ weights: [Int32]? = nil) -> [(count: Double, confidence: Double, right: Double)] {
        var sums = [(count: Double, confidence: Double, right: Double)](repeating: (0, 0, 0), count: Self.binCount)
        for (image, confidence) in confidences.enumerated() {
            let weight = weights.map { Double($0[image]) } ?? 1
            // A bin has its upper end, as in the references: ]0, 1/15], ]1/15, 2/15], …
            let bin = min(max(Int((Double(confidence) * Double(Self.binCount)).rounded(.up)) - 1, 0), Self.binCount - 1)
            sums[bin].count += weight
            sums[bin].confidence += weight * Double(confidence)
            if isRight[image] { sums[bin].right += weight }
        }
        return sums
    }
}
