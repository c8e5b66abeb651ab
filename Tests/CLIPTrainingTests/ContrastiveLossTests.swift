import CLIPTensor
import CLIPTraining
import Testing

@Suite("The contrastive loss")
struct ContrastiveLossTests {
    /// Cross entropy of one row by the definition.
    private func crossEntropy(_ row: [Double], _ shares: [Double]) -> Double {
        let sum = row.map { exponential($0) }.reduce(0, +)
        return -zip(row, shares).map { $1 * logarithm(exponential($0) / sum) }.reduce(0, +)
    }

    private let rows: [[Double]] = [[2, 0, 1], [0.5, 3, -1], [1, 1, 4]]

    private var logits: Tensor {
        get throws { try Tensor(rows.flatMap { $0 }.map(Float.init), shape: [3, 3]) }
    }

    private func expected(_ shares: [[Double]]) -> Double {
        let columns = (0..<3).map { column in rows.map { $0[column] } }
        let both = (0..<3).map { crossEntropy(rows[$0], shares[$0]) + crossEntropy(columns[$0], shares[$0]) }
        return both.reduce(0, +) / 6
    }

    @Test("It is the mean of both directions' cross entropies")
    func symmetric() throws {
        let loss = try ContrastiveLoss().whole(logits: logits, Matches(count: 3)).scalar()
        #expect(abs(loss - expected([[1, 0, 0], [0, 1, 0], [0, 0, 1]])) < 1e-5)
    }

    @Test("Equal captions share the target where they are to match, and only there")
    func equalCaptions() throws {
        let matches = Matches(count: 3, equalCaptions: [0, 1, 0])
        let matching = try ContrastiveLoss().whole(logits: logits, matches).scalar()
        #expect(abs(matching - expected([[0.5, 0, 0.5], [0, 1, 0], [0.5, 0, 0.5]])) < 1e-5)
        var configuration = LossConfiguration()
        #expect(configuration.matches(count: 3, equalCaptions: [0, 1, 0], equalImages: [0, 0, 2]).areOwn)
        configuration.equalCaptionsMatch = true
        #expect(configuration.matches(count: 3, equalCaptions: [0, 1, 0], equalImages: [0, 0, 2]) == matches)
    }

    @Test("Pairs with the same image or the same caption match, though two that match a third need not")
    func equalImages() throws {
        let matches = Matches(count: 3, equalCaptions: [0, 1, 0], equalImages: [0, 0, 2])
        let third = 1 / 3.0
        let shares = [[third, third, third], [0.5, 0.5, 0], [0.5, 0, 0.5]]
        #expect(try abs(ContrastiveLoss().whole(logits: logits, matches).scalar() - expected(shares)) < 1e-5)
        #expect(matches.sizes == [3, 2, 2])
    }

    @Test("Equal logits give ln(batch): the loss of a model that knows nothing")
    func chance() throws {
        let loss = try ContrastiveLoss().whole(logits: Tensor.zeros([8, 8]), Matches(count: 8)).scalar()
        #expect(abs(loss - logarithm(8)) < 1e-6)
    }
}
