import CLIP
import Testing

@Suite struct RetrieverTests {
    private let candidates = Embeddings(width: 2, values: [1, 0, 0, 1, 0.6, 0.8, 1, 0])

    @Test("the nearest candidates come first, of equal ones the first")
    func best() throws {
        let found = try Retriever(candidates).best(3, for: Embeddings(width: 2, values: [1, 0, 0, 1]))
        #expect(found.map { $0.map(\.position) } == [[0, 3, 2], [1, 2, 0]])
        #expect(found[0].map(\.similarity) == [1, 1, 0.6])
    }

    @Test("more than there are gives all, and none gives none")
    func counts() throws {
        let query = Embeddings(width: 2, values: [1, 0])
        #expect(try Retriever(candidates).best(100, for: query)[0].map(\.position) == [0, 3, 2, 1])
        #expect(try Retriever(candidates).best(0, for: query) == [[]])
        #expect(try Retriever(candidates).best(3, for: Embeddings(width: 2)).isEmpty)
        #expect(try Retriever(Embeddings(width: 2)).best(3, for: query) == [[]])
    }

    @Test("what is not a number comes last")
    func notANumber() {
        let numbers: [Float] = [.nan, 0.5, .infinity, 0.5, -.infinity]
        #expect(numbers[...].highest(3) == [2, 1, 3])
        #expect(numbers[...].highest(80) == [2, 1, 3, 0, 4])
        #expect(numbers[1...].highest(2) == [1, 0])
    }

    @Test("few and many of the highest agree")
    func selection() {
        let numbers = (0..<5000).map { Float(($0 * 7919) % 401) }
        #expect(numbers[...].highest(63) == Array(numbers[...].highest(64).prefix(63)))
    }
}
