public import CLIP

/// How often an image is more like its own caption than like one that is false of it: the same words with left for right,
/// for example. Guessing is right in half of the cases.
public struct CaptionChoice: Sendable, Hashable {
    /// What one image had to choose between.
    public struct Trial: Sendable, Hashable {
        /// The similarity with the true caption.
        public let own: Float
        /// The similarity with the false one.
        public let other: Float

        /// Two similarities.
        public init(own: Float, other: Float) {
            self.own = own
            self.other = other
        }

        /// Whether the true caption is strictly the more similar; a tie decides nothing and is no success.
        public var isRight: Bool { own > other }
    }

    /// The trials, in the order of the images.
    public let trials: [Trial]

    /// Takes trials.
    public init(_ trials: [Trial]) {
        self.trials = trials
    }

    /// Compares each image with its own caption and with a false one: rows of length 1, all in the same order.
    public init(images: Embeddings, captions: Embeddings, falseCaptions: Embeddings) {
        precondition(images.count == captions.count && images.count == falseCaptions.count, "two captions an image")
        trials = (0..<images.count).map { index in
            func similarity(_ texts: Embeddings) -> Float {
                zip(images[index], texts[index]).reduce(0) { $0 + $1.0 * $1.1 }
            }
            return Trial(own: similarity(captions), other: similarity(falseCaptions))
        }
    }

    /// The share of the images that choose their own caption, from 0 to 1; 0 without an image.
    public var accuracy: Double {
        trials.isEmpty ? 0 : Double(trials.count { $0.isRight }) / Double(trials.count)
    }

    /// The accuracy of guessing.
    public static let chance = 0.5
}
