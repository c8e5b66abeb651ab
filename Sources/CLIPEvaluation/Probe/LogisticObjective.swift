internal import CLIP
internal import CLIPTensor

private let exponentialInPlaceOperator = Operator("aten::exp_")
private let scatterAddInPlaceOperator = Operator("aten::scatter_add_")
private let zeroInPlaceOperator = Operator("aten::zero_")
private let multiplyInPlaceOperator = Operator("aten::mul_", overload: "Scalar")

// Shapes: N images, E features, K classes.

/// The mean cross entropy of a linear classifier with its gradient: two products of matrices an evaluation.
///
/// A point is a float64 vector: the weights `[K, E]`, then the biases `[K]`. The images come in strips, whose logits fit in
/// the processor's cache and are all the memory that an evaluation needs.
struct LogisticObjective {
    /// Some of the images.
    private struct Strip {
        /// `[N, E]`.
        let features: Tensor
        /// `[1, N]`, int64.
        let labels: Tensor
        /// −1 for each image, `[1, N]`.
        let minusOnes: Tensor
    }

    /// As many logits as a strip has.
    private static let stripSize = 1 << 20

    private let strips: [Strip]
    private let dtype: DType
    private let count: Int
    private let classes: Int
    private let width: Int
    private let gradient: Tensor

    /// The objective of features, with products in 32 or 64 bits.
    init(_ data: LabelledFeatures, dtype: DType = .float32) throws {
        (count, classes, width) = (data.count, data.classes.count, data.features.width)
        self.dtype = dtype
        let features = try data.features.tensor().cast(to: dtype)
        let labels = try data.targets().unsqueezed(0)
        let size = max(64, Self.stripSize / classes)
        strips = try stride(from: 0, to: count, by: size).map { [count] start in
            let range = start..<min(start + size, count)
            return Strip(
                features: try features.slice(0, range), labels: try labels.slice(1, range).contiguous(),
                minusOnes: try Tensor.full([1, range.count], -1, dtype: dtype))
        }
        gradient = try Tensor.zeros([(width + 1) * classes], dtype: .float64)
    }

    /// The number of numbers in a point.
    var parameterCount: Int { (width + 1) * classes }

    /// The weights `[K, E]` in a point.
    func weights(_ point: Tensor) throws -> Tensor {
        try point.slice(0, 0..<classes * width).reshaped(classes, width)
    }

    /// The biases `[K]` in a point.
    func biases(_ point: Tensor) throws -> Tensor { try point.slice(0, classes * width..<parameterCount) }

    /// The mean cross entropy and ½ · `penalty` · ‖W‖², with the gradient, which the next call changes.
    func callAsFunction(_ point: Tensor, penalty: Double) throws -> (value: Double, gradient: Tensor) {
        let (weights, slope) = (try weights(point), try self.weights(gradient))
        try zeroInPlaceOperator.results([.tensor(gradient)])
        let loss = try addLoss(weights.cast(to: dtype), biases(point).cast(to: dtype).unsqueezed(1))
        try multiplyInPlaceOperator.results([.tensor(gradient), .double(1 / Double(count))])
        try slope.add(weights, times: penalty)
        if classes == 2 { try holdFirstClass() }
        let square = try (weights * weights).sum().scalar()
        return (loss / Double(count) + penalty / 2 * square, gradient)
    }

    /// Adds the gradient of the cross entropy of all images, and returns its sum.
    private func addLoss(_ weights: Tensor, _ biases: Tensor) throws -> Double {
        let (slope, biasSlope) = (try self.weights(gradient), try self.biases(gradient))
        return try strips.reduce(0) { sum, strip in
            let logits = try weights.linear(weight: strip.features)
            try logits.add(biases)
            let logarithms = try logits.logSoftmax(0)
            let loss = try logarithms.gathered(0, at: strip.labels).cast(to: .float64).sum().scalar()
            try exponentialInPlaceOperator.results([.tensor(logarithms)])
            try scatterAddInPlaceOperator.results([
                .tensor(logarithms), 0, .tensor(strip.labels), .tensor(strip.minusOnes),
            ])
            try slope.add(logarithms.linear(weight: strip.features.transposed()))
            try biasSlope.add(logarithms.sum(1))
            return sum - loss
        }
    }

    /// Of two classes the first keeps the logit 0: there is one row of weights, as of any two-sided logistic regression.
    private func holdFirstClass() throws {
        try zeroInPlaceOperator.results([.tensor(weights(gradient).slice(0, 0..<1))])
        try zeroInPlaceOperator.results([.tensor(biases(gradient).slice(0, 0..<1))])
    }
}
