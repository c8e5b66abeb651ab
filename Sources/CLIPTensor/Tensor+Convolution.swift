private let convolutionOperator = Operator("aten::conv2d")
private let averagePoolOperator = Operator("aten::avg_pool2d")
private let batchNormOperator = Operator("aten::batch_norm")
private let bicubicOperator = Operator("aten::_upsample_bicubic2d_aa")

/// The layers of a convolutional network, with gradients.
extension Tensor {
    /// Convolution of `[batch, in, h, w]` with `weight` `[out, in, kh, kw]` → `[batch, out, h', w']`.
    public func convolution(weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0) throws -> Tensor {
        try convolutionOperator(.tensor(self), .tensor(weight), .optional(bias), [stride, stride], [padding, padding])
    }

    /// The mean of each `size` × `size` window; windows do not overlap.
    public func averagePool(_ size: Int) throws -> Tensor {
        try averagePoolOperator(.tensor(self), [size, size], [size, size])
    }

    /// Batch normalisation of `[batch, channels, h, w]` (Ioffe and Szegedy 2015).
    ///
    /// While training, the batch's own statistics are used, and the running ones, where there are any, move towards them by
    /// `momentum`.
    public func batchNorm(
        weight: Tensor, bias: Tensor, running: (mean: Tensor, variance: Tensor)?, isTraining: Bool,
        momentum: Double = 0.1, epsilon: Double = 1e-5
    ) throws -> Tensor {
        try batchNormOperator(
            .tensor(self), .tensor(weight), .tensor(bias), .optional(running?.mean),
            .optional(running?.variance),
            .bool(isTraining), .double(momentum), .double(epsilon), true)
    }

    /// `[batch, channels, h, w]` resampled to another size: bicubic, antialiased.
    public func resampledBicubic(height: Int, width: Int) throws -> Tensor {
        try bicubicOperator(.tensor(self), [height, width], false)
    }
}
