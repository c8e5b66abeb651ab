public import CLIP
internal import Dispatch
internal import Foundation
internal import Synchronization

extension Calibration {
    /// Fits a calibration to validation images: the factor on cosines under which the classes of the images are most
    /// probable (Guo et al. 2017), and the cosine that best tells images of the classes from others.
    ///
    /// For the latter each image counts twice: as it is, and with its own class taken away, when it shows none of the rest.
    ///
    /// - Parameters:
    ///   - images: Rows of length 1.
    ///   - classes: A row of length 1 for each class, at least two.
    ///   - truths: The class of each image.
    ///   - scale: The model's factor on cosines.
    public init(fitting images: Embeddings, classes: Embeddings, truths: [Int], scale: Double) throws {
        precondition(classes.count > 1 && truths.count == images.count && !images.isEmpty, "images of several classes")
        let fitted = try Self.minimum(of: { try Self.loss(images, classes, truths, scale: exp($0)) }, in: -3...10)
        self.init(
            temperature: scale / exp(fitted), scale: exp(fitted),
            leastCosine: try Self.leastCosine(images, classes, truths))
    }

    /// The mean negative logarithm of the probability of each image's class.
    private static func loss(
        _ images: Embeddings, _ classes: Embeddings, _ truths: [Int], scale: Double
    ) throws -> Double {
        let total = Mutex(0.0)
        try Retriever(classes).forEachStrip(of: images) { first, rows, scores in
            let losses = Mutex([Double](repeating: 0, count: rows))
            DispatchQueue.concurrentPerform(iterations: rows) { row in
                let scores = scores[row * classes.count..<(row + 1) * classes.count]
                let best = Double(scores.max() ?? 0)
                let sum = scores.reduce(0) { $0 + exp(scale * (Double($1) - best)) }
                let own = Double(scores[scores.startIndex + truths[first + row]])
                let loss = scale * (best - own) + log(sum)
                losses.withLock { $0[row] = loss }
            }
            total.withLock { total in total += losses.withLock { $0.reduce(0, +) } }
        }
        return total.withLock { $0 } / Double(images.count)
    }

    /// Where a function with one valley is lowest, by the golden section.
    private static func minimum(of value: (Double) throws -> Double, in range: ClosedRange<Double>) throws -> Double {
        let ratio = (Double(5).squareRoot() - 1) / 2
        var (low, high) = (range.lowerBound, range.upperBound)
        var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
        var (atLeft, atRight) = (try value(left), try value(right))
        while high - low > 1e-4 {
            if atLeft < atRight {
                (high, right, atRight) = (right, left, atLeft)
                left = high - ratio * (high - low)
                atLeft = try value(left)
            } else {
                (low, left, atLeft) = (left, right, atRight)
                right = low + ratio * (high - low)
                atRight = try value(right)
            }
        }
        return (low + high) / 2
    }

    /// The threshold with the best mean of two shares: of images whose best class is nearer, and of images without their
    /// class whose best one is not.
    private static func leastCosine(_ images: Embeddings, _ classes: Embeddings, _ truths: [Int]) throws -> Double {
        var all: [(cosine: Float, isOfClasses: Bool)] = []
        try Retriever(classes).forEachStrip(of: images) { first, rows, scores in
            for row in 0..<rows {
                let scores = scores[row * classes.count..<(row + 1) * classes.count]
                let own = scores.startIndex + truths[first + row]
                var best = -Float.infinity
                for place in scores.indices where place != own { best = max(best, scores[place]) }
                all += [(max(best, scores[own]), true), (best, false)]
            }
        }
        all.sort { $0.cosine < $1.cosine }
        // Below every cosine all images pass: all of the classes', and all of the others.
        var (passing, stopped) = (images.count, 0)
        var (bestGain, bestCosine) = (passing + stopped, (all.first?.cosine ?? 0) - 1e-3)
        for (index, entry) in all.enumerated() {
            if entry.isOfClasses { passing -= 1 } else { stopped += 1 }
            guard index + 1 < all.count, all[index + 1].cosine > entry.cosine else { continue }
            if passing + stopped > bestGain {
                (bestGain, bestCosine) = (passing + stopped, (entry.cosine + all[index + 1].cosine) / 2)
            }
        }
        return Double(bestCosine)
    }
}
