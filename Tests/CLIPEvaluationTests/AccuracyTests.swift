import CLIPEvaluation
import Testing

@Suite struct AccuracyTests {
    /// Five images of three classes.
    private let accuracy = Accuracy(
        SimilarityMatrix(
            [
                0.9, 0.1, 0.2,
                0.2, 0.8, 0.1,
                0.7, 0.6, 0.1,
                0.7, 0.6, 0.1,
                0.5, 0.4, 0.3,
            ], columns: 3),
        truths: [0, 1, 1, 1, 2])

    @Test("accuracy counts images with their class among the k most likely")
    func top() {
        #expect(accuracy.ranks == [0, 0, 1, 1, 2])
        #expect(accuracy.top(1) == 0.4)
        #expect(accuracy.top(2) == 0.8)
        #expect(accuracy.top(3) == 1)
        #expect(accuracy.chance(top: 2) == 2.0 / 3)
    }

    @Test("the mean recall of classes counts each class once, however many images it has")
    func meanPerClassRecall() {
        // Class 0: 1 of 1; class 1: 1 of 3; class 2: 0 of 1.
        #expect(abs(accuracy.meanPerClassRecall - (1 + 1.0 / 3 + 0) / 3) < 1e-12)
    }

    @Test("confusions name what was taken for what, the most frequent first")
    func confusions() {
        let found = accuracy.confusions.map { [$0.truth, $0.guess, $0.count] }
        #expect(found == [[1, 0, 2], [2, 0, 1]])
    }

    @Test("a class that is as likely as the right one makes the image a miss")
    func ties() {
        let tied = Accuracy(SimilarityMatrix([0.5, 0.5], columns: 2), truths: [0])
        #expect(tied.top(1) == 0)
        #expect(tied.top(2) == 1)
    }
}
