import CLIP
import CLIPEvaluation
import Testing

/// What the results of tasks have beside the metrics that are tested on their own.
@Suite struct ResultTests {
    private let classes = ["cat", "dog", "cow"].map { ClassPrompts(label: $0, prompts: [$0]) }
    private let axes = Embeddings(width: 3, values: [1, 0, 0, 0, 1, 0, 0, 0, 1])

    @Test("a zero-shot result has figures with intervals, and its worst classes first")
    func zeroShot() throws {
        let images = Embeddings(width: 3, values: [1, 0, 0, 0.9, 0.1, 0, 0, 1, 0, 1, 0.5, 0])
        let result = try ZeroShotResult(images, classes, weights: axes, truths: [0, 0, 1, 1], scale: 10)
        #expect(result.figures.map(\.name) == ["acc1", "mean_per_class_recall", "ece"])
        let accuracy = try #require(result.figures["acc1"])
        #expect(accuracy.value == 0.75 && accuracy.low ?? 1 <= 0.75 && accuracy.high ?? 0 >= 0.75)
        #expect(result.figures["mean_per_class_recall"]?.value == 0.75)
        let worst = result.classResults
        #expect(worst.map(\.index) == [1, 0] && worst.map(\.score) == [0.5, 1])
        #expect(worst[0].confusion.map { [$0.guess, $0.count] } == [0, 1])
    }

    @Test("a retrieval counts both directions, and captions that are another image's too")
    func retrieval() throws {
        let texts = Embeddings(width: 3, values: [1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1])
        let result = try RetrievalResult(
            images: axes, texts: texts, owners: [0, 0, 1, 2], captions: ["a", "b", "b", "c"])
        #expect(result.repeatedCaptions == 1)
        // Of the second caption both other images stand before its own: one is nearer, one is as near.
        #expect(result.images.ranks == [0, 2, 0, 0])
        #expect(result.texts.ranks == [0, 1, 0])
        #expect(result.figures["image_retrieval_recall@1"]?.value == 0.75)
        #expect(result.figures["text_retrieval_recall@5"]?.value == 1)
        #expect(result.figures["text_retrieval_median_rank"]?.value == 1)
    }

    @Test("memory for the metrics of many images does not grow with their classes")
    func strips() throws {
        let count = 5000
        var values: [Float] = []
        for index in 0..<count { values += [Float(index % 3 == 0 ? 1 : 0), Float(index % 3 == 1 ? 1 : 0), 0.5] }
        let images = Embeddings(width: 3, values: values)
        let truths = (0..<count).map { $0 % 3 }
        let whole = Accuracy(try SimilarityMatrix(images, axes), truths: truths)
        #expect(try Accuracy(images, classes: axes, truths: truths) == whole)
    }
}
