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
        #expect(tokenizer.decode(tokenizer.encode("Hello World!").ids) == "hello world !")
    }

    @Test func `a text of exactly the context is whole and one token more is cut`() throws {
        let tokenizer = CLIPTokenizer(vocabulary: try LearnedVocabulary.learn(), contextLength: 6)
        let whole = tokenizer.encode("1 2 3 4")
        #expect(!whole.isTruncated && whole.ids.count == 6)
        let cut = tokenizer.encode("1 2 3 4 5")
        #expect(cut.isTruncated && cut.ids == whole.ids)
        #expect(cut.ids.last == tokenizer.endOfText)
        #expect(tokenizer.encode("").ids == [tokenizer.startOfText, tokenizer.endOfText])
    }

    @Test func `a batch is padded row by row and names the texts that were cut`() throws {
        let vocabulary = try LearnedVocabulary.learn()
        let texts = ["1", "1 2 3 4 5", ""]
        for (padding, id) in [(CLIPTokenizer.Padding.zero, 0), (.endOfText, vocabulary.endOfText), (.token(7), 7)] {
            let tokenizer = CLIPTokenizer(vocabulary: vocabulary, contextLength: 5, padding: padding)
            let (ids, truncated) = tokenizer.batch(texts)
            #expect(ids.count == 15 && truncated == [1])
            for (row, text) in texts.enumerated() {
                let own = tokenizer.encode(text).ids
                #expect(Array(ids[row * 5..<row * 5 + 5]) == own + Array(repeating: id, count: 5 - own.count))
            }
        }
        #expect(CLIPTokenizer(vocabulary: vocabulary).batch([]).ids.isEmpty)
    }

    @Test func `decoding gives the cleaned words back`() throws {
        let tokenizer = CLIPTokenizer(vocabulary: try LearnedVocabulary.learn())
        #expect(tokenizer.decode(tokenizer.encode("  A Photo\tof the Café, 猫 👍🏽!").ids) == "a photo of the café , 猫 👍🏽!")
        #expect(tokenizer.decode([-1, 999_999, Int32.max]) == "")
    }

    @Test func `special tokens in a text become their ids`() throws {
        let tokenizer = CLIPTokenizer(vocabulary: try LearnedVocabulary.learn())
        let ids = tokenizer.encode("<|startoftext|><|ENDOFTEXT|>").ids
        #expect(
            ids == [tokenizer.startOfText, tokenizer.startOfText, tokenizer.endOfText, tokenizer.endOfText])
    }

    @Test func `long words merge as short ones do`() throws {
        let merges = [("a", "a"), ("aa", "aa"), ("aaaa", "aaaa")].map(BPEVocabulary.Merge.init)
        let tokenizer = CLIPTokenizer(vocabulary: try BPEVocabulary(merges: merges))
        for length in [4, 47, 48, 49, 50, 1_000] {
            // The last letter is a token of its own kind. All others join by eight; what is left over by four, then two.
            let letters = length - 1
            let expected = letters / 8 + letters % 8 / 4 + letters % 4 / 2 + letters % 2 + 1
            #expect(tokenizer.tokens(of: String(repeating: "a", count: length)).count == expected)
        }
    }

    @Test func `hostile texts end quickly`() throws {
        let tokenizer = CLIPTokenizer(vocabulary: try LearnedVocabulary.learn())
        let pieces = [
            "a", "é", "&amp;", "&#38", "Σ'", "e\u{301}", "\u{301}\u{323}", "\u{1B}[1", "&lt&semi;", "<|endoftext",
            " \n",
        ]
        for piece in pieces {
            let ids = tokenizer.encode(String(repeating: piece, count: 100_000)).ids
            #expect(ids.count <= 77 && ids.first == tokenizer.startOfText && ids.last == tokenizer.endOfText)
        }
    }

    @Test func `one tokenizer serves many threads`() async throws {
        let tokenizer = CLIPTokenizer(vocabulary: try LearnedVocabulary.learn())
        let expected = tokenizer.batch(LearnedVocabulary.captions).ids
        let results = await withTaskGroup(of: [Int32].self) { group in
            for _ in 0..<16 { group.addTask { tokenizer.batch(LearnedVocabulary.captions).ids } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.allSatisfy { $0 == expected })
    }
}
