import CLIP
import CLIPEvaluation
import Testing

@Suite struct SimilarityMatrixTests {
    @Test("similarities are sums of products, queries in rows")
    func products() throws {
        let images = Embeddings(width: 2, values: [1, 0, 0, 1, 0.6, 0.8])
        let texts = Embeddings(width: 2, values: [1, 0, 0.8, 0.6])
        let cosines = try SimilarityMatrix(images, texts)
        #expect(cosines.rows == 3 && cosines.columns == 2)
        #expect(zip(cosines.values, [1, 0.8, 0, 0.6, 0.6, 0.96]).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(Array(cosines[2]) == [cosines[2, 0], cosines[2, 1]])
    }

    @Test("texts ask for images by the transposed matrix")
    func transposed() {
        let matrix = SimilarityMatrix([1, 2, 3, 4, 5, 6], columns: 3)
        #expect(matrix.transposed == SimilarityMatrix([1, 4, 2, 5, 3, 6], columns: 2))
        #expect(matrix.transposed.transposed == matrix)
    }

    @Test("the first candidates come in falling order, equal ones in their own")
    func top() {
        let matrix = SimilarityMatrix([0.1, 0.7, 0.3, 0.7], columns: 4)
        #expect(matrix.top(3, of: 0) == [1, 3, 2])
        #expect(matrix.top(9, of: 0) == [1, 3, 2, 0])
        #expect(matrix.top(0, of: 0).isEmpty)
    }
}
