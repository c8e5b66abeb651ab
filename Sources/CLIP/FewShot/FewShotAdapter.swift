package import CLIPTensor

/// A classifier that was trained on a few images a class: what it learned, and what it was trained for.
///
/// ```swift
/// let adapter = try FewShotAdapter(opening: "shoes")
/// let found = try await clip.classify(clip.embed(images: ["photo.jpg"]), with: adapter)
/// ```
///
/// It classifies embeddings of length 1, of the model that it was trained on.
public struct FewShotAdapter: Sendable, Hashable {
    /// A classifier with a row for each class: f·Wᵀ + b.
    public struct Linear: Sendable, Hashable {
        /// `[classes, width]`.
        public var weights: Embeddings
        /// A number for each class.
        public var biases: [Float]

        /// A classifier with these weights.
        public init(weights: Embeddings, biases: [Float]) { (self.weights, self.biases) = (weights, biases) }
    }

    /// The embeddings of the training images as keys beside those of the classes' sentences (Tip-Adapter, Zhang et al.
    /// 2022): s · f·Wᵀ + α · exp(−β · (1 − f·Kᵀ)) · V.
    public struct Cache: Sendable, Hashable {
        /// The embeddings of the classes' sentences, `[classes, width]`.
        public var text: Embeddings
        /// The factor on cosines with them.
        public var scale: Double
        /// A row for each training image.
        public var keys: Embeddings
        /// The class of each training image.
        public var classes: [Int]
        /// The weight of the training images.
        public var alpha: Double
        /// How fast an image's influence falls with its distance.
        public var beta: Double

        /// A cache of these images.
        public init(text: Embeddings, scale: Double, keys: Embeddings, classes: [Int], alpha: Double, beta: Double) {
            (self.text, self.scale, self.keys, self.classes) = (text, scale, keys, classes)
            (self.alpha, self.beta) = (alpha, beta)
        }
    }

    /// Two layers that change the embedding before it is held against those of the classes' sentences (CLIP-Adapter, Gao et
    /// al. 2021).
    public struct Residual: Sendable, Hashable {
        /// The embeddings of the classes' sentences, `[classes, width]`.
        public var text: Embeddings
        /// The factor on cosines with them.
        public var scale: Double
        /// The first layer: a row of `width` numbers for each hidden one.
        public var down: Embeddings
        /// The second layer: `width` rows of as many numbers as there are hidden ones.
        public var up: Embeddings
        /// The share of what the layers give, from 0 to 1.
        public var ratio: Double

        /// An adapter with these layers.
        public init(text: Embeddings, scale: Double, down: Embeddings, up: Embeddings, ratio: Double) {
            (self.text, self.scale, self.down, self.up, self.ratio) = (text, scale, down, up, ratio)
        }
    }

    /// What was learned.
    public enum Form: Sendable, Hashable {
        case linear(Linear)
        case cache(Cache)
        case residual(Residual)
    }

    /// The classes, in the order of the logits.
    public let labels: [String]
    /// What was learned.
    public let form: Form
    /// The method that learned it, such as "Tip-Adapter".
    public let method: String
    /// The training images a class, where there were as many.
    public let shots: Int
    /// What tells the weights of the model that it belongs to; nil where nobody said.
    public var model: String?

    /// Puts labels to what was learned, whose parts must fit together.
    public init(labels: [String], form: Form, method: String, shots: Int, model: String? = nil) {
        (self.labels, self.form, self.method, self.shots) = (labels, form, method, shots)
        self.model = model
        precondition(!labels.isEmpty && shots > 0 && fitsTogether, "parts that fit together")
    }

    /// The width of the embeddings.
    public var width: Int {
        switch form {
        case .linear(let linear): linear.weights.width
        case .cache(let cache): cache.text.width
        case .residual(let residual): residual.text.width
        }
    }

    private var fitsTogether: Bool {
        switch form {
        case .linear(let linear):
            linear.weights.count == labels.count && linear.biases.count == labels.count
        case .cache(let cache):
            cache.text.count == labels.count && cache.keys.width == cache.text.width
                && cache.keys.count == cache.classes.count && cache.classes.allSatisfy(labels.indices.contains)
        case .residual(let residual):
            residual.text.count == labels.count && residual.down.width == width && residual.up.count == width
                && residual.up.width == residual.down.count
        }
    }

    /// The probability of each label for embeddings of length 1, which must be as wide as the adapter's.
    public func classify(_ images: Embeddings) throws -> [Classification] {
        precondition(images.width == width, "embeddings of \(width) numbers, not of \(images.width)")
        guard !images.isEmpty else { return [] }
        let values = try withoutGradients { try logits(images.tensor()).softmax().elements(as: Float.self) }
        return images.indices.map { row in
            let range = row * labels.count..<(row + 1) * labels.count
            return Classification(labels: labels, probabilities: Array(values[range]))
        }
    }
}

extension FewShotAdapter {
    /// Embeddings `[count, width]` of length 1 → logits `[count, labels]`.
    package func logits(_ images: Tensor) throws -> Tensor {
        switch form {
        case .linear(let linear):
            try images.linear(weight: linear.weights.tensor(), bias: Tensor(linear.biases, shape: [labels.count]))
        case .cache(let cache):
            try cache.logits()(images)
        case .residual(let residual):
            try residual.logits()(images)
        }
    }
}

extension FewShotAdapter.Cache {
    /// The formula, over tensors.
    package func logits() throws -> CacheLogits {
        var values = [Float](repeating: 0, count: keys.count * text.count)
        for (row, label) in classes.enumerated() { values[row * text.count + label] = 1 }
        return CacheLogits(
            text: try text.tensor(), scale: scale, keys: try keys.tensor(),
            values: try Tensor(values, shape: [keys.count, text.count]), alpha: alpha, beta: beta)
    }
}

extension FewShotAdapter.Residual {
    /// The formula, over tensors.
    package func logits() throws -> ResidualLogits {
        ResidualLogits(
            text: try text.tensor(), scale: scale, down: try down.tensor(), up: try up.tensor(), ratio: ratio)
    }
}
