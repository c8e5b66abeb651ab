import CLIPTokenization
import Foundation
import Testing

/// What the tokenizer does, on models small enough to follow by hand.
@Suite struct SentencePieceTokenizerTests {
    private typealias Piece = SentencePieceModel.Piece

    private static let unigram = [
        Piece("<pad>", type: .control), Piece("</s>", type: .control), Piece("<unk>", type: .unknown),
        Piece("▁", score: -3), Piece("a", score: -4), Piece("b", score: -4), Piece("ab", score: -7),
        Piece("▁ab", score: -9),
        Piece("c", score: -5), Piece("bc", score: -8.5),
    ]

    private func tokenizer(_ pieces: [Piece], _ kind: SentencePieceModel.Kind = .unigram, context: Int = 8) throws
        -> SentencePieceTokenizer
    {
        SentencePieceTokenizer(
            model: try SentencePieceModel(pieces: pieces, kind: kind, endID: 1, paddingID: 0), contextLength: context)
    }

    @Test func `unigram takes the pieces of the largest sum`() throws {
        let tokenizer = try tokenizer(Self.unigram)
        #expect(tokenizer.tokens(of: "ab") == [7])
        #expect(tokenizer.tokens(of: "aab") == [3, 4, 6])
        #expect(tokenizer.tokens(of: "abc") == [7, 8])
        #expect(tokenizer.tokens(of: "  ab   ab ") == [7, 7])
        #expect(tokenizer.tokens(of: "") == [] && tokenizer.tokens(of: "   ") == [])
    }

    @Test func `a run of unknown characters is one unknown piece`() throws {
        let tokenizer = try tokenizer(Self.unigram)
        #expect(tokenizer.tokens(of: "a猫😀é") == [3, 4, 2])
        #expect(tokenizer.tokens(of: "猫a猫") == [3, 2, 4, 2])
    }

    @Test func `byte pairs merge by score and fall back to bytes`() throws {
        let bytes = (0..<256).map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return Piece("<0x\(byte < 16 ? "0" : "")\(digits)>", type: .byte)
        }
        let pieces = [
            Piece("<pad>", type: .control), Piece("</s>", type: .control), Piece("<unk>", type: .unknown),
            Piece("<mask>", type: .userDefined), Piece("▁", score: -9), Piece("a", score: -9), Piece("b", score: -9),
            Piece("aa", score: -1), Piece("ab", score: -2), Piece("aab", score: -3),
        ]
        let model = try SentencePieceModel(pieces: pieces + bytes, kind: .bytePair, hasByteFallback: true)
        let tokenizer = SentencePieceTokenizer(model: model)
        #expect(tokenizer.tokens(of: "aab") == [4, 9])
        #expect(tokenizer.tokens(of: "aaab") == [4, 7, 8])
        #expect(tokenizer.tokens(of: "é") == [4, 10 + 0xC3, 10 + 0xA9])
        #expect(tokenizer.tokens(of: "a<mask>b") == [4, 5, 3, 6])
    }

    @Test func `a text of exactly the context is whole, and a longer one is cut before the end token`() throws {
        let tokenizer = try tokenizer(Self.unigram, context: 4)
        let whole = tokenizer.encode("aa")
        #expect(whole.ids == [3, 4, 4, 1] && !whole.isTruncated)
        let cut = tokenizer.encode("aaa")
        #expect(cut.ids == [3, 4, 4, 1] && cut.isTruncated)
        #expect(tokenizer.batch(["a", "aaa"]).ids == [3, 4, 1, 0, 3, 4, 4, 1])
        #expect(tokenizer.batch(["a", "aaa"]).truncated == [1])
    }

    @Test(arguments: [
        (TextCanonicalization.none, " A_b,\t&amp; C! "), (.lowercase, " a_b,\t&amp; c! "), (.whitespace, "A_b, & C!"),
        (.lower, "a_b, & c!"), (.canonicalize, "a b c"),
    ])
    func `a text is cleaned as open_clip cleans it`(canonicalization: TextCanonicalization, expected: String) {
        #expect(canonicalization(" A_b,\t&amp; C! ") == expected)
    }

    @Test func `a long text takes no longer than its length explains`() throws {
        for (pieces, kind) in [(Self.unigram, SentencePieceModel.Kind.unigram), (Self.unigram, .bytePair)] {
            let tokenizer = try tokenizer(pieces, kind)
            for text in ["a", "ab", "猫", " ", "a b"] {
                let long = String(repeating: text, count: 1 << 20 / text.utf8.count)
                #expect(tokenizer.encode(long).ids.count <= 8)
            }
        }
    }

    @Test func `a tokenizer.json is read with its added tokens, and the files it came from make it again`() throws {
        try withTemporaryFolder { folder in
            let json = SentencePieceFiles.unigramJSON()
            try json.write(to: folder.appending(path: "tokenizer.json"), atomically: true, encoding: .utf8)
            let tokenizer = try SentencePieceTokenizer(folder: folder, contextLength: 6)
            #expect(tokenizer.encode("A b</s>a").ids == [3, 4, 3, 5, 1, 1])
            #expect(SentencePieceTokenizer.isPresent(in: folder))
            try withTemporaryFolder { copy in
                for file in tokenizer.files {
                    try FileManager.default.copyItem(at: file, to: copy.appending(path: file.lastPathComponent))
                }
                let again = try SentencePieceTokenizer(folder: copy, contextLength: 6)
                #expect(again.batch(["A b", "猫"]).ids == tokenizer.batch(["A b", "猫"]).ids)
            }
        }
    }
}
