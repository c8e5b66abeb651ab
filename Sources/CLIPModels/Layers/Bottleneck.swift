import CLIPTensor

/// A residual block of CLIP's ResNet: every convolution has stride 1, and an average pool before the last one shrinks.
struct Bottleneck {
    /// How much wider a block's output is than its inner layers.
    static let expansion = 4

    let first: NormalisedConvolution
    let second: NormalisedConvolution
    let third: NormalisedConvolution
    let shortcut: NormalisedConvolution?
    let stride: Int
    let name: String

    init(_ scope: ParameterScope, input: Int, inner: Int, stride: Int) throws {
        name = scope.name
        self.stride = stride
        let output = inner * Self.expansion
        first = try NormalisedConvolution(scope, convolution: "conv1", norm: "bn1", .init(input: input, output: inner))
        second = try NormalisedConvolution(
            scope, convolution: "conv2", norm: "bn2", .init(input: inner, output: inner, kernel: 3))
        // A gain of 0 makes the block begin as the identity (Goyal et al. 2017).
        third = try NormalisedConvolution(
            scope, convolution: "conv3", norm: "bn3", .init(input: inner, output: output), gain: .zeros)
        shortcut =
            stride > 1 || input != output
            ? try NormalisedConvolution(
                scope("downsample"), convolution: "0", norm: "1", .init(input: input, output: output))
            : nil
    }

    func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
        var inner = try second(first(x, pass).relu(), pass).relu()
        if stride > 1 { inner = try inner.averagePool(stride) }
        let outer = try third(inner, pass)
        let identity = try shortcut.map { try $0(stride > 1 ? x.averagePool(stride) : x, pass) } ?? x
        return pass.recorded(name, try (outer + identity).relu())
    }
}
