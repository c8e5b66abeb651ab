import CLIPTensor
import Testing

@Suite("Gradients")
struct GradientTests {
    @Test("The gradient of a sum of squares is twice the tensor, and adds up until it is cleared")
    func squares() throws {
        let x = try Tensor([1, -2, 3] as [Float], shape: [3])
        try x.requireGradient()
        try (x * x).sum().backward()
        #expect(try x.gradient?.elements(as: Float.self) == [2, -4, 6])
        try (x * x).sum().backward()
        #expect(try x.gradient?.elements(as: Float.self) == [4, -8, 12])
        x.clearGradient()
        #expect(x.gradient == nil)
    }

    @Test("Nothing is recorded inside withoutGradients")
    func withoutRecording() throws {
        let x = try Tensor.ones([2])
        try x.requireGradient()
        let y = try withoutGradients { try x * x }
        #expect(!y.requiresGradient)
        #expect(try (x * x).requiresGradient)
    }

    @Test("Autocast runs products in the asked type and ends with the scope, also when it throws")
    func autocast() throws {
        let x = try Tensor.ones([4, 4])
        let product = try withAutocast(.bfloat16, on: .cpu) { try x.linear(weight: x) }
        #expect(product.dtype == .bfloat16)
        #expect(throws: TensorError.self) {
            try withAutocast(.bfloat16, on: .cpu) { try x.linear(weight: Tensor.ones([3, 3])) }
        }
        #expect(try x.linear(weight: x).dtype == .float32)
    }

    @Test("A gradient of integers is refused with a reason")
    func integers() throws {
        let x = try Tensor([1] as [Int64], shape: [1])
        #expect(throws: TensorError.self) { try x.requireGradient() }
    }
}
