import CLIP
import CLIPEvaluation
import Foundation
import Testing

@Suite struct ReliabilityTests {
    @Test("the expected calibration error is the weighted distance of probability and accuracy over the bins")
    func error() {
        // Bins of 1/15: 0.96 and 0.98 in the last, 0.395 and 0.39 in the sixth.
        let reliability = Reliability(confidences: [0.96, 0.98, 0.395, 0.39], isRight: [true, false, true, false])
        let last = abs(Double(Float(0.96)) + Double(Float(0.98)) - 1)
        let sixth = abs(Double(Float(0.395)) + Double(Float(0.39)) - 1)
        #expect(abs(reliability.expectedCalibrationError - (last + sixth) / 4) < 1e-12)
        #expect(reliability.bins.map(\.count) == [2, 2])
        #expect(reliability.bins.map(\.accuracy) == [0.5, 0.5])
    }

    @Test("probabilities are the softmax over scaled cosines; a class as near as the right one is no success")
    func softmax() throws {
        let images = Embeddings(width: 2, values: [1, 0, 0, 1, 0.6, 0.8])
        let classes = Embeddings(width: 2, values: [1, 0, 0, 1])
        let reliability = try Reliability(images, classes: classes, truths: [0, 0, 1], scale: 10)
        #expect(reliability.isRight == [true, false, true])
        #expect(abs(Double(reliability.confidences[0]) - 1 / (1 + exp(-10))) < 1e-6)
        #expect(abs(Double(reliability.confidences[2]) - 1 / (1 + exp(-2))) < 1e-6)
        let tied = try Reliability(
            Embeddings(width: 2, values: [0.5, 0.5]), classes: classes, truths: [0], scale: 10)
        #expect(tied.isRight == [false] && tied.confidences == [0.5])
    }

    @Test("of no image it is 0")
    func empty() { #expect(Reliability(confidences: [], isRight: []).expectedCalibrationError == 0) }
}
