import CLIP
import Testing

struct EmbeddingsTests {
    private let rows = Embeddings(width: 2, values: [3, 4, 0, 0, 0, 2])

    @Test("rows are normalised, and a row of zeros stays")
    func normalisation() {
        let unit = rows.normalized()
        #expect(unit.values == [0.6, 0.8, 0, 0, 0, 1])
        #expect(Array(unit[0]) == [0.6, 0.8])
    }

    @Test("similarities are sums of products, row by row")
    func similarities() {
        #expect(rows.similarities(to: Embeddings(width: 2, values: [1, 1])) == [[7], [0], [2]])
    }

    @Test("a mean is taken over rows")
    func mean() { #expect(rows.mean().values == [1, 2]) }

    @Test("rows are appended in order")
    func appending() {
        var all = Embeddings(width: 2)
        #expect(all.isEmpty)
        all.append(rows)
        all.append(Embeddings(width: 2, values: [9, 9]))
        #expect(all.count == 4)
        #expect(all.last.map(Array.init) == [9, 9])
    }
}
