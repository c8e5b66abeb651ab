import CLIPTestSupport
import CLIPTokenization
import Foundation
import Testing

@Suite struct BPEVocabularyTests {
    @Test func `a saved vocabulary is read back the same`() throws {
        let vocabulary = try LearnedVocabulary.learn()
        try withTemporaryFolder { folder in
            try vocabulary.save(to: folder, contextLength: 32)
            #expect(try BPEVocabulary(folder: folder) == vocabulary)
            let tokenizer = try CLIPTokenizer(folder: folder)
            #expect(tokenizer.contextLength == 32 && tokenizer.paddingToken == vocabulary.endOfText)
            #expect(try CLIPTokenizer(folder: folder, contextLength: 9).contextLength == 9)
        }
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.reason)))
    func `OpenAI's vocabulary survives the way through Hugging Face's files`() throws {
        let vocabulary = try BPEVocabulary(openAI: openAIFile)
        try withTemporaryFolder { folder in
            try vocabulary.save(to: folder)
            let read = try BPEVocabulary(folder: folder)
            #expect(read.merges == vocabulary.merges && read.tokens.dropLast(2) == vocabulary.tokens.dropLast(2))
            #expect(read.tokens.suffix(2) == ["<|startoftext|>", "<|endoftext|>"])
        }
    }

    @Test(arguments: [true, false])
    func `a tokenizer file is read with merges as lines and as pairs`(asLines: Bool) throws {
        let vocabulary = try LearnedVocabulary.learn()
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "tokenizer.json")
            try JSONSerialization.data(withJSONObject: tokenizerJSON(vocabulary, asLines: asLines)).write(to: file)
            #expect(try BPEVocabulary(folder: folder) == vocabulary)
        }
    }

    @Test func `merges in OpenAI's form are read unpacked too`() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "bpe.txt")
            try "\"bpe_simple_vocab\n#version is a merge</w>\n".write(to: file, atomically: true, encoding: .utf8)
            #expect(fault { try BPEVocabulary(openAI: file) }?.expected == "two tokens of UTF-8 in line 2")
            try "heading of any kind\nt h\nth e</w>\nx y\n".write(to: file, atomically: true, encoding: .utf8)
            let vocabulary = try BPEVocabulary(openAI: file, mergeCount: 2)
            #expect(vocabulary.count == 516 && vocabulary.tokens[513] == "the</w>")
        }
    }

    @Test func `a vocabulary without some bytes gives the unknown token`() throws {
        let vocabulary = try BPEVocabulary(
            tokens: ["a", "a</w>", "S", "E"], merges: [], startOfText: "S", endOfText: "E")
        #expect(CLIPTokenizer(vocabulary: vocabulary).encode("ab aa").ids == [2, 0, 3, 0, 1, 3])
    }

    @Test func `repeated tokens, unknown parts and missing special tokens are refused`() {
        func make(_ tokens: [String], _ merges: [BPEVocabulary.Merge] = []) -> VocabularyError? {
            fault { try BPEVocabulary(tokens: tokens, merges: merges, startOfText: "S", endOfText: "E") }
        }
        #expect(make(["a", "S", "a", "E"])?.found == "\"a\" as id 0 and as id 2")
        #expect(make(["a", "S"])?.expected == "the end-of-text token \"E\"")
        #expect(make(["a", "S", "E"], [.init(left: "a", right: "b")])?.found == "no token \"b\"")
        #expect(make(["a", "b", "S", "E"], [.init(left: "a", right: "b")])?.found == "no token \"ab\"")
    }

    private func tokenizerJSON(_ vocabulary: BPEVocabulary, asLines: Bool) -> [String: Any] {
        let ids = Dictionary(zip(vocabulary.tokens.dropLast(2), 0...)) { first, _ in first }
        let merges: [Any] = vocabulary.merges.map { asLines ? "\($0.left) \($0.right)" as Any : [$0.left, $0.right] }
        let added = vocabulary.tokens.enumerated().suffix(2).map {
            ["id": $0, "content": $1, "special": true] as [String: Any]
        }
        let model: [String: Any] = [
            "type": "BPE", "vocab": ids, "merges": merges, "end_of_word_suffix": "</w>", "unk_token": "<|endoftext|>",
        ]
        return ["version": "1.0", "added_tokens": added, "model": model]
    }
}

/// The error that an attempt ends with, or nil where it succeeds or throws something else.
func fault(_ body: () throws -> some Any) -> VocabularyError? {
    do {
        _ = try body()
        return nil
    } catch {
        return error as? VocabularyError
    }
}
