import CLIPTokenization
import Testing

@Suite struct VocabularyLearnerTests {
    @Test func `merges the most frequent pairs first and the lower ids of equal ones`() throws {
        var learner = VocabularyLearner()
        learner.add("low", times: 5)
        learner.add("lower", times: 2)
        learner.add("newest", times: 6)
        learner.add("widest", times: 3)
        let merges = try learner.learn(vocabularySize: 520).merges.map { "\($0.left) \($0.right)" }
        #expect(merges == ["e s", "es t</w>", "l o", "e w", "n ew", "new est</w>"])
    }

    @Test func `the order of the captions does not matter`() throws {
        let captions = (0..<2_000).map { "item \($0 &* 7_919 % 613) is word\($0 % 97)er than thing\($0 % 31)s" }
        let first = try LearnedVocabulary.learn(size: 900, captions: captions)
        #expect(try LearnedVocabulary.learn(size: 900, captions: captions) == first)
        #expect(try LearnedVocabulary.learn(size: 900, captions: captions.reversed()) == first)
    }

    @Test func `ids follow OpenAI's order`() throws {
        let vocabulary = try LearnedVocabulary.learn(size: 520)
        #expect(vocabulary.count == 520)
        #expect(vocabulary.tokens[0] == "!" && vocabulary.tokens[256] == "!</w>")
        #expect(vocabulary.tokens[512] == vocabulary.merges[0].left + vocabulary.merges[0].right)
        #expect(vocabulary.startOfText == 518 && vocabulary.endOfText == 519)
    }

    @Test func `few captions give a smaller vocabulary`() throws {
        let vocabulary = try LearnedVocabulary.learn(size: 10_000, captions: ["aa aa", "b"])
        #expect(vocabulary.merges == [.init(left: "a", right: "a</w>")])
        #expect(try LearnedVocabulary.learn(size: 514, captions: []).count == 514)
        #expect(throws: VocabularyError.self) { try LearnedVocabulary.learn(size: 513) }
    }

    @Test func `what was learned is what the tokenizer does`() throws {
        let tokenizer = CLIPTokenizer(vocabulary: try LearnedVocabulary.learn())
        #expect(tokenizer.tokens(of: "photo").count == 1)
        #expect(tokenizer.decode(tokenizer.tokens(of: "cat dog photo")) == "cat dog photo")
    }

    @Test func `text that spells the end of a word makes no token twice`() throws {
        let captions = Array(repeating: "x</w> x </w> y</w> a</w>b", count: 50)
        let vocabulary = try LearnedVocabulary.learn(size: 600, captions: captions)
        #expect(Set(vocabulary.tokens).count == vocabulary.count)
    }

    @Test func `a hundred thousand captions of a large vocabulary are learned`() throws {
        let letters = Array("etaoinshrdlu")
        func word(_ number: Int) -> String { String([1, 12, 144, 1_728].map { letters[number / $0 % 12] }) }
        let captions = (0..<100_000).lazy.map { "a photo of \(word($0)) beside \(word($0 &* 7_919))s" }
        let vocabulary = try LearnedVocabulary.learn(size: 4_096, captions: captions)
        #expect(vocabulary.count == 4_096)
    }
}
