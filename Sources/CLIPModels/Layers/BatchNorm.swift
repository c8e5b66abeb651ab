import CLIPTensor

/// A convolution without bias, followed by batch normalisation: how each layer of the ResNet starts.
struct NormalisedConvolution {
    let weight: Tensor
    let norm: BatchNorm
    let stride: Int
    let padding: Int
    let name: String

    /// Sizes of the convolution.
    struct Size {
        var input: Int
        var output: Int
        var kernel = 1
        var stride = 1
    }

    init(
        _ scope: ParameterScope, convolution: String, norm: String, _ size: Size, gain: Initialisation = .ones
    ) throws {
        name = scope(convolution).name
        let fanIn = size.input * size.kernel * size.kernel
        weight = try scope.parameter(
            "\(convolution).weight", [size.output, size.input, size.kernel, size.kernel], .fanIn(fanIn))
        self.norm = try BatchNorm(scope(norm), channels: size.output, gain: gain)
        stride = size.stride
        padding = size.kernel / 2
    }

    func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
        let convolved = pass.recorded(name, try x.convolution(weight: weight, stride: stride, padding: padding))
        return try norm(convolved, pass)
    }
}

/// Batch normalisation over channels.
struct BatchNorm {
    let weight: Tensor
    let bias: Tensor
    let runningMean: Tensor
    let runningVariance: Tensor
    let batchCount: Tensor
    let name: String

    init(_ scope: ParameterScope, channels: Int, gain: Initialisation) throws {
        name = scope.name
        weight = try scope.parameter("weight", [channels], gain)
        bias = try scope.parameter("bias", [channels], .zeros)
        runningMean = try scope.buffer("running_mean", [channels], .zeros)
        runningVariance = try scope.buffer("running_var", [channels], .ones)
        batchCount = try scope.buffer("num_batches_tracked", [], .zeros)
    }

    func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
        // The sum has another type where a checkpoint gave an integer; the copy keeps the integer.
        let isTraining = pass.isTraining && !(pass.freezesLockedStatistics && !weight.requiresGradient)
        let isUpdating = isTraining && !pass.isRecomputing
        if isUpdating { try batchCount.copy(from: batchCount + 1) }
        // The batch's own statistics need no running ones.
        let running = isTraining && pass.isRecomputing ? nil : (mean: runningMean, variance: runningVariance)
        return pass.recorded(
            name,
            try x.batchNorm(weight: weight, bias: bias, running: running, isTraining: isTraining))
    }
}
