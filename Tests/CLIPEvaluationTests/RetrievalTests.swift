import CLIPEvaluation
import Testing

@Suite struct RetrievalTests {
    /// Three queries, four candidates.
    private let similarities = SimilarityMatrix(
        [
            0.9, 0.1, 0.5, 0.2,
            0.3, 0.2, 0.8, 0.7,
            0.4, 0.6, 0.1, 0.5,
        ], columns: 4)

    @Test("recall@k counts the queries with their match among the first k")
    func recall() {
        // Ranks by hand: 0; of 0.2 in the second row 3; of 0.1 in the third row 3.
        let retrieval = Retrieval(similarities, matches: [[0], [1], [2]])
        #expect(retrieval.ranks == [0, 3, 3])
        #expect(retrieval.recall(at: 1) == 1.0 / 3)
        #expect(retrieval.recall(at: 3) == 1.0 / 3)
        #expect(retrieval.recall(at: 4) == 1)
        #expect(retrieval.medianRank == 4)
    }

    @Test("of several true matches the best one decides, and they do not stand in each other's way")
    func severalMatches() {
        let retrieval = Retrieval(similarities, matches: [[0, 2], [1, 3], [0, 3]])
        // Second row: only 0.8 stands before 0.7. Third row: only 0.6 stands before 0.5.
        #expect(retrieval.ranks == [0, 1, 1])
        #expect(retrieval.recall(at: 2) == 1)
    }

    @Test("a query without a true match does not count")
    func noMatch() {
        #expect(Retrieval(similarities, matches: [[0], [], []]).recall(at: 1) == 1)
        #expect(Retrieval(similarities, matches: [[], [], []]).recall(at: 1) == 0)
        #expect(Retrieval(similarities, matches: [[], [], []]).medianRank == nil)
    }

    @Test("a wrong candidate as similar as the true one stands before it")
    func ties() {
        let equal = SimilarityMatrix([Float](repeating: 0.5, count: 9), columns: 3)
        #expect(Retrieval(pairs: equal).recall(at: 1) == 0)
        #expect(Retrieval(pairs: equal).recall(at: 2) == 0)
        #expect(Retrieval(pairs: equal).recall(at: 3) == 1)
    }

    @Test("what is not a number finds nothing")
    func notANumber() {
        let broken = SimilarityMatrix([Float](repeating: .nan, count: 9), columns: 3)
        #expect(Retrieval(pairs: broken).recall(at: 1) == 0)
        let one = SimilarityMatrix([0.5, .nan, .nan, 0.5], columns: 2)
        #expect(Retrieval(pairs: one).ranks == [1, 1])
        #expect(one.top(2, of: 1) == [1, 0])
    }

    @Test("chance is k of the candidates, at most all")
    func chance() {
        let retrieval = Retrieval(similarities, matches: [[0], [1], [2]])
        #expect(retrieval.chance(at: 1) == 0.25)
        #expect(retrieval.chance(at: 9) == 1)
    }
}
