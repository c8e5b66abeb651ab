import CLIP
import CLIPEvaluation
import Testing

@Suite struct CaptionChoiceTests {
    @Test("an image chooses the caption that is more similar; a tie is no success")
    func accuracy() {
        let choice = CaptionChoice([
            .init(own: 0.5, other: 0.4), .init(own: 0.4, other: 0.5), .init(own: 0.5, other: 0.5),
            .init(own: 0.1, other: -0.1), .init(own: .nan, other: 0),
        ])
        #expect(choice.accuracy == 0.4)
        #expect(CaptionChoice([]).accuracy == 0)
    }

    @Test("trials compare each image with its own two captions")
    func trials() {
        let images = Embeddings(width: 2, values: [1, 0, 0, 1])
        let own = Embeddings(width: 2, values: [1, 0, 0.6, 0.8])
        let other = Embeddings(width: 2, values: [0, 1, 0, 1])
        let choice = CaptionChoice(images: images, captions: own, falseCaptions: other)
        #expect(choice.trials.map(\.isRight) == [true, false])
        #expect(choice.trials[0] == .init(own: 1, other: 0))
        #expect(abs(choice.trials[1].own - 0.8) < 1e-6)
    }
}
