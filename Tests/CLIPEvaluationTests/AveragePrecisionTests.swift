import CLIP
import CLIPEvaluation
import Testing

@Suite struct AveragePrecisionTests {
    /// Images whose cosines with two classes are their two numbers.
    private func precision(_ rows: [[Float]], _ labels: [[Int]]) throws -> AveragePrecision {
        try AveragePrecision(
            Embeddings(width: 2, values: rows.flatMap { $0 }), classes: Embeddings(width: 2, values: [1, 0, 0, 1]),
            labels: labels)
    }

    @Test("it is the mean of the precisions at the places of a class's images")
    func byHand() throws {
        let found = try precision(
            [[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.6, 0.4]], [[0], [], [0, 1], [1]])
        // Class 0 at places 1 and 3; class 1, ranked the other way round, at 1 and 2.
        let expected: [Double] = [5.0 / 6, 1]
        #expect(zip(found.values, expected).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(found.counts == [2, 2])
        #expect(abs(found.mean - 11.0 / 12) < 1e-12)
    }

    @Test("an image that is as near as one of the class stands before it, and a class without an image counts 0")
    func ties() throws {
        let found = try precision([[0.5, 0], [0.5, 0], [0.5, 0]], [[0], [], []])
        let expected: [Double] = [1.0 / 3, 0]
        #expect(found.values == expected)
    }

    @Test("many images and classes give what few give, strip by strip")
    func strips() throws {
        var rows: [[Float]] = []
        for index in 0..<3000 {
            rows.append([Float(index * 7919 % 3001) / 3001, Float(index * 104_729 % 2999) / 2999])
        }
        let labels = rows.indices.map { $0 % 3 == 0 ? [0] : $0 % 7 == 0 ? [0, 1] : [] }
        let found = try precision(rows, labels)
        for label in 0..<2 {
            let order = rows.indices.sorted { rows[$0][label] > rows[$1][label] }
            var (hits, sum) = (0, 0.0)
            for (place, image) in order.enumerated() where labels[image].contains(label) {
                hits += 1
                sum += Double(hits) / Double(place + 1)
            }
            #expect(abs(found.values[label] - sum / Double(hits)) < 1e-9)
        }
    }
}
