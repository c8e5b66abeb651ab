import CLIPTensor
import Testing

@Suite("Functions with a gradient of their own")
struct CustomGradientTests {
    private static func leaf(_ elements: [Float]) throws -> Tensor {
        let x = try Tensor(elements, shape: [elements.count])
        try x.requireGradient()
        return x
    }

    @Test("The hand-written gradient takes the place of the recorded one, and nil stands for zeros")
    func gradients() throws {
        let (x, y) = try (Self.leaf([1, 2]), Self.leaf([3, 4]))
        let product = try Tensor.function(of: [x, y]) {
            [try x * y]
        } backward: {
            [try $0[0].map { try $0 * 10 }, nil]
        }
        #expect(try product[0].elements(as: Float.self) == [3, 8])
        try product[0].sum().backward()
        #expect(try x.gradient?.elements(as: Float.self) == [10, 10])
        #expect(y.gradient == nil)
    }

    @Test("An error of the gradient is thrown by backward, with its own words")
    func failure() throws {
        let x = try Self.leaf([1])
        let y = try Tensor.function(of: [x]) {
            [try x * 2]
        } backward: { _ in
            throw TensorError("no way back")
        }
        let error = #expect(throws: TensorError.self) { try y[0].sum().backward() }
        #expect(error?.description.contains("no way back") == true)
    }

    @Test(
        "What the gradient captured is given up once it has run, or when its result goes away",
        arguments: [true, false])
    func lifetime(runs: Bool) throws {
        final class Witness {}
        weak var witness: Witness?
        do {
            let kept = Witness()
            witness = kept
            let x = try Self.leaf([1])
            let y = try Tensor.function(of: [x]) {
                [try x * 2]
            } backward: { gradients in
                withExtendedLifetime(kept) { gradients }
            }
            if runs {
                try y[0].sum().backward()
                #expect(y[0].requiresGradient)
            }
        }
        #expect(witness == nil)
    }

    @Test("Without recording, or without an input that has gradients, nothing is kept")
    func unrecorded() throws {
        let x = try Self.leaf([1])
        func twice(_ x: Tensor) throws -> Tensor {
            try Tensor.function(of: [x]) {
                [try x * 2]
            } backward: {
                $0
            }[0]
        }
        #expect(try withoutGradients { try twice(x) }.requiresGradient == false)
        #expect(try twice(x.detached()).requiresGradient == false)
    }
}
