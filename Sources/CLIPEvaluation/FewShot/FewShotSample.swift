/// Which images of a training set a few-shot experiment uses.
///
/// The order of a class's images follows from the seed and the class alone. The first k are learned from, so that more shots
/// of a seed have the images of fewer shots among them; the next min(k, 4) are chosen by. A class with fewer images has all
/// that it has, for learning first.
public struct FewShotSample: Sendable, Hashable {
    /// A class with fewer images than were asked for.
    public struct Shortage: Sendable, Hashable {
        /// The class.
        public let label: String
        /// Its images to learn from.
        public let train: Int
        /// Its images to choose by.
        public let validation: Int
    }

    /// The rows to learn from, in rising order.
    public let train: [Int]
    /// The rows to choose by, in rising order; none of those to learn from.
    public let validation: [Int]
    /// The classes that have too few images, in their order.
    public let shortages: [Shortage]

    /// Draws images.
    ///
    /// - Parameters:
    ///   - pool: The training set.
    ///   - shots: The images a class to learn from.
    ///   - seed: Another one gives other images.
    ///   - drawsValidation: Whether images to choose by are drawn too; not where there is a validation set.
    public init(of pool: LabelledFeatures, shots: Int, seed: UInt64, drawsValidation: Bool = true) {
        precondition(shots > 0, "at least one shot")
        var rows = [[Int]](repeating: [], count: pool.classes.count)
        for (row, label) in pool.labels.enumerated() { rows[label].append(row) }
        let chosen = drawsValidation ? min(shots, 4) : 0
        var (train, validation, shortages): ([Int], [Int], [Shortage]) = ([], [], [])
        for (label, all) in rows.enumerated() {
            let order = all.shuffled(seed: seed, stream: label)
            let own = (train: order.prefix(shots), validation: order.dropFirst(shots).prefix(chosen))
            train += own.train
            validation += own.validation
            if own.train.count < shots || own.validation.count < chosen {
                shortages.append(
                    Shortage(label: pool.classes[label], train: own.train.count, validation: own.validation.count))
            }
        }
        (self.train, self.validation, self.shortages) = (train.sorted(), validation.sorted(), shortages)
    }
}
