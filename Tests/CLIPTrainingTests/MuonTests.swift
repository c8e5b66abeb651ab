import CLIPTensor
import CLIPTraining
import Testing

@Suite("Muon")
struct MuonTests {
    @Test(
        "Singular values come near 1, for wide and for tall matrices",
        arguments: [[3, 8, 24], [2, 24, 8], [1, 16, 16]])
    func orthogonal(shape: [Int]) throws {
        let result = try Tensor.normal(shape, deviation: 3, using: RandomGenerator(seed: 5)).orthogonalised()
        #expect(result.shape == shape)
        let values = try Operator("aten::linalg_svdvals")(.tensor(result)).elements(as: Float.self)
        // The quintic brings singular values into a band around 1, not to 1; square matrices have some near 0.
        let sorted = values.sorted()
        #expect(try #require(sorted.last) < 1.35)
        #expect(sorted[sorted.count / 4] > 0.5)
    }
}
