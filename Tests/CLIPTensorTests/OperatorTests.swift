import CLIPTensor
import Testing

@Suite("Operators")
struct OperatorTests {
    @Test("A product of matrices has the values of the definition")
    func matrixProduct() throws {
        let a = try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
        let b = try Tensor([5, 6, 7, 8] as [Float], shape: [2, 2])
        #expect(try a.matrixProduct(b).elements(as: Float.self) == [19, 22, 43, 50])
    }

    @Test("Arguments left out take the schema's defaults, lists and absent tensors are passed on")
    func arguments() throws {
        let x = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
        #expect(try Operator("aten::cumsum")(.tensor(x), 1).elements(as: Float.self) == [1, 3, 6, 4, 9, 15])
        let weight = try Tensor.ones([3])
        #expect(try x.layerNorm(weight: weight, bias: nil).shape == [2, 3])
        #expect(try Tensor.concatenated([x, x], axis: 0).shape == [4, 3])
        #expect(try x.chunks(3, axis: 1).map(\.shape) == [[2, 1], [2, 1], [2, 1]])
    }

    @Test("An operator that fails throws one line which names it")
    func failure() throws {
        let a = try Tensor.zeros([2, 3])
        let b = try Tensor.zeros([2, 3])
        let error = #expect(throws: TensorError.self) { try a.matrixProduct(b) }
        #expect(error?.description.contains("aten::matmul") == true)
        #expect(error?.description.contains("\n") == false)
        #expect(throws: TensorError.self) { try Operator("aten::no_such_operator")(.tensor(a)) }
    }

    @Test("Elements are read in row-major order, whatever the strides")
    func strides() throws {
        let x = try Tensor([1, 2, 3, 4, 5, 6] as [Int32], shape: [2, 3])
        #expect(try x.transposed(0, 1).elements(as: Int32.self) == [1, 4, 2, 5, 3, 6])
        #expect(try x.cast(to: .bfloat16).elements(as: Float.self) == [1, 2, 3, 4, 5, 6])
        #expect(try Tensor([] as [Float], shape: [0, 4]).elements(as: Float.self) == [])
    }

    @Test("A tensor outlives the array it was made from and knows its shape, type and device")
    func lifetime() throws {
        var made: [Tensor] = []
        for i in 0..<100 { made.append(try Tensor([Float](repeating: Float(i), count: 1000), shape: [10, 100])) }
        #expect(try made[42].sum().scalar() == 42_000)
        #expect(made[7].shape == [10, 100] && made[7].dtype == .float32 && made[7].device == .cpu)
    }

    @Test("A shape that does not fit the elements is refused")
    func wrongShape() {
        #expect(throws: TensorError.self) { try Tensor([1, 2, 3] as [Float], shape: [2, 2]) }
    }
}
