import CLIPTestSupport
import CLIPTokenization
import Foundation
import Testing

let openAIFile = SharedData.folder.appending(path: "openai-clip/bpe_simple_vocab_16e6.txt.gz")

@Suite struct CLIPTokenizerTests {
    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.reason)))
    func `OpenAI's vocabulary gives the published ids`() throws {
        let tokenizer = CLIPTokenizer(vocabulary: try BPEVocabulary(openAI: openAIFile))
        #expect(tokenizer.vocabularySize == 49_408)
        #expect(tokenizer.encode("Hello World!").ids == [49406, 3306, 1002, 256, 49407])
        #expect(tokenizer.encode("You should've done this").ids == [49406, 592, 1535, 1200, 1700, 589, 49407])
    }
}
