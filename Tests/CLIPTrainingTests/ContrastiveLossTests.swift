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
        let loss = try ContrastiveLoss()(logits: logits, firstEqual: [0, 1, 2]).scalar()
        #expect(abs(loss - expected([[1, 0, 0], [0, 1, 0], [0, 0, 1]])) < 1e-5)
    }

    @Test("Equal captions share the target where they are to match, and only there")
    func equalCaptions() throws {
        let matching = try ContrastiveLoss(equalCaptionsMatch: true)(logits: logits, firstEqual: [0, 1, 0]).scalar()
        #expect(abs(matching - expected([[0.5, 0, 0.5], [0, 1, 0], [0.5, 0, 0.5]])) < 1e-5)
        let plain = try ContrastiveLoss()(logits: logits, firstEqual: [0, 1, 0]).scalar()
        #expect(abs(plain - expected([[1, 0, 0], [0, 1, 0], [0, 0, 1]])) < 1e-5)
    }

    @Test("Twins choose between their two captions, with the weight that is given")
    func twins() throws {
        let logits = try Tensor([3, 1, 0, 0, 2, 4, 0, 0, 0, 0, 1, 1, 0, 0, 1, 2] as [Float], shape: [4, 4])
        let plain = try ContrastiveLoss()(logits: logits, firstEqual: [0, 1, 2, 3]).scalar()
        let both = try ContrastiveLoss(twinWeight: 0.5)(logits: logits, firstEqual: [0, 1, 2, 3]).scalar()
        // Margins over rows 2, 2, 0, 1 and over columns 1, 3, 0, 1.
        let margins = [2.0, 2, 0, 1, 1, 3, 0, 1]
        let term = margins.map { logarithm(1 + exponential(-$0)) }.reduce(0, +) / 8
        #expect(abs(both - plain - 0.5 * term) < 1e-5)
    }

    @Test("Equal logits give ln(batch): the loss of a model that knows nothing")
    func chance() throws {
        let loss = try ContrastiveLoss()(logits: Tensor.zeros([8, 8]), firstEqual: Array(0..<8)).scalar()
        #expect(abs(loss - logarithm(8)) < 1e-6)
    }
}
