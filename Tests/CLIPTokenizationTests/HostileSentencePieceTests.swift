import CLIPTestSupport
import CLIPTokenization
import Foundation
import Testing

/// Bad models and bad `tokenizer.json` end in one clear line that names the file; none ends the process.
@Suite struct HostileSentencePieceTests {
    private typealias Files = SentencePieceFiles

    @Test func `a good model is read and its character map followed`() throws {
        let model = try SentencePieceModel(serialized: Files.model(map: Files.lowercaseA))
        #expect(SentencePieceTokenizer(model: model).encode("A b").ids == [3, 4, 3, 5, 1])
    }

    private static let badModels: [(String, [UInt8])] = [
        ("empty", []), ("no field", [0]), ("a cut number", [0x80]),
        ("an endless number", [UInt8](repeating: 0xFF, count: 40)),
        ("a huge length", [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]), ("a group", [0x0B]),
        ("no unknown piece", Files.model([Files.piece("a", -1, 1)])),
        ("two unknown pieces", Files.model(Files.pieces + [Files.piece("<u>", 0, 2)])),
        ("a piece twice", Files.model(Files.pieces + [Files.piece("a", -9, 1)])),
        ("an empty piece", Files.model(Files.pieces + [Files.piece("", -9, 1)])),
        ("a zero byte", Files.model(Files.pieces + [Files.piece("\0", -9, 1)])),
        ("a score that is no number", Files.model(Files.pieces + [Files.piece("c", .nan, 1)])),
        ("an infinite score", Files.model(Files.pieces + [Files.piece("c", -.infinity, 1)])),
        ("a type of 9", Files.model(Files.pieces + [Files.piece("c", 0, 9)])),
        ("a byte without fallback", Files.model(Files.pieces + [Files.piece("<0x00>", 0, 6)])),
        ("an end beyond the pieces", Files.model(trainer: [0xD0, 0x02, 0x7F])),
        ("a model of words", Files.model(trainer: Files.number(3, 3))),
        ("fallback without bytes", Files.model(trainer: [0x98, 0x02, 0x01])),
        ("a map without end", Files.model(map: Files.map([0], [0x61]))),
        ("a map cut short", Files.model(map: Files.map([0], [0], size: 0xFFFF_FFFC))),
        ("a map of odd size", Files.model(map: Files.map([0, 0], [0], size: 5))),
        ("a long replacement", Files.model(map: Files.map([0], [UInt8](repeating: 0x61, count: 5_000) + [0]))),
    ]

    @Test(arguments: badModels.map(\.0)) func `a bad model is refused by name`(name: String) throws {
        let bytes = try #require(Self.badModels.first { $0.0 == name }?.1)
        try withTemporaryFolder { folder in
            try Data(bytes).write(to: folder.appending(path: "spiece.model"))
            expectOneLine(fault { try SentencePieceTokenizer(folder: folder) }, naming: "spiece.model")
        }
    }

    @Test func `a trie that goes in circles or out of its units replaces nothing and ends`() throws {
        let circle = [UInt32](repeating: 0, count: 256).indices.map { UInt32($0) & 0xFF | 0 << 10 }
        let beyond = [UInt32](repeating: 0x7FFF_FFFF, count: 4)
        for units in [circle, beyond] {
            let model = try SentencePieceModel(serialized: Files.model(map: Files.map(units, [0x61, 0])))
            let text = String(repeating: "ab", count: 50_000)
            #expect(SentencePieceTokenizer(model: model).encode(text).ids.count <= 64)
        }
    }

    @Test(arguments: [
        ("{", "JSON"), ("[]", "array"), ("{}", "model"),
        (Files.unigramJSON(normalizer: "{\"type\": \"StripAccents\"}"), "StripAccents"),
        (Files.unigramJSON(normalizer: "{\"type\": \"Lowercase\", \"locale\": \"tr\"}"), "locale"),
        (
            Files.unigramJSON(
                normalizer: "{\"type\": \"Replace\", \"pattern\": {\"Regex\": \"a|b\"}, \"content\": \"\"}"), "a|b"
        ),
        (Files.unigramJSON(normalizer: "{\"type\": \"Precompiled\", \"precompiled_charsmap\": \"!\"}"), "base64"),
        (Files.unigramJSON(preTokenizer: "{\"type\": \"ByteLevel\"}"), "ByteLevel"),
        (
            Files.unigramJSON(
                preTokenizer: "{\"type\": \"Metaspace\", \"replacement\": \"▁\", \"prepend_scheme\": \"first\"}"),
            "first"
        ),
        (Files.unigramJSON(postProcessor: "{\"type\": \"RobertaProcessing\"}"), "RobertaProcessing"),
        (Files.unigramJSON(postProcessor: Files.template.replacing("[1]", with: "[99]")), "99"),
        (Files.unigramJSON(model: "{\"type\": \"WordPiece\"}"), "WordPiece"),
        (Files.unigramJSON(model: Files.unigram.replacing("\"unk_id\": 2", with: "\"unk_id\": 77")), "77"),
        (Files.unigramJSON(model: Files.unigram.replacing("\"unk_id\": 2,", with: "")), "none"),
        (Files.unigramJSON(model: Files.unigram.replacing("\"b\"", with: "\"a\"")), "again"),
        (Files.unigramJSON(model: Files.bytePair.replacing("\"ab\": 5", with: "\"ab\": 50")), "ab"),
        (Files.unigramJSON(model: Files.bytePair.replacing("[\"a\", \"b\"]", with: "[\"a\", \"x\"]")), "x"),
        (
            Files.unigramJSON(model: Files.bytePair.replacing("\"fuse_unk\"", with: "\"dropout\": 0.5, \"fuse_unk\"")),
            "dropout"
        ),
        (Files.unigramJSON(added: "[{\"id\": 4000000000, \"content\": \"x\"}]"), "4000000000"),
        (Files.unigramJSON(added: "[{\"id\": 0, \"content\": \"x\"}]"), "\"x\""),
        (Files.unigramJSON(added: "[{\"id\": 6, \"content\": \"x\", \"single_word\": true}]"), "single_word"),
    ])
    func `what is not implemented or wrong in a tokenizer.json is refused by name`(json: String, word: String) throws {
        try withTemporaryFolder { folder in
            try json.write(to: folder.appending(path: "tokenizer.json"), atomically: true, encoding: .utf8)
            let error = fault { try SentencePieceTokenizer(folder: folder) }
            expectOneLine(error, naming: "tokenizer.json")
            #expect(error?.description.contains(word) == true, "\(error?.description ?? "no error")")
        }
    }

    @Test func `a folder without files, one that is not there and a context that is too short are refused`() throws {
        try withTemporaryFolder { folder in
            expectOneLine(fault { try SentencePieceTokenizer(folder: folder) }, naming: folder.lastPathComponent)
            #expect(
                fault { try SentencePieceTokenizer(folder: folder.appending(path: "no")) }?.found == "no such folder")
            #expect(fault { try SentencePieceTokenizer(folder: folder, contextLength: 1) }?.found == "1")
        }
    }

    // MARK: Damage

    @Test func `damaged models are read or refused, and encode`() throws {
        let good = Files.model(map: Files.lowercaseA)
        var (mutation, readable) = (Mutation(seed: 11), 0)
        for _ in 0..<Self.iterations {
            let bytes = mutation.mutated(good, words: ["\u{7F}", "\u{FF}", "\n\u{FF}\u{FF}\u{FF}\u{7F}", "(", "\u{0}"])
            guard let model = try? SentencePieceModel(serialized: bytes) else { continue }
            readable += 1
            let tokens = SentencePieceTokenizer(model: model).tokens(of: Self.text)
            #expect(tokens.allSatisfy { $0 >= 0 && Int($0) < model.pieces.count })
        }
        #expect(readable > 0 && readable < Self.iterations)
    }

    @Test(arguments: [Files.unigram, Files.bytePair])
    func `damaged tokenizer.json are read or refused, and encode`(model: String) throws {
        let good = Array(Files.unigramJSON(model: model).utf8)
        let words = [
            "null", "[]", "{}", "-1", "1e300", "99999999999", "\"\"", "true", "{\"String\": \" \"}", "Replace", "NFKC",
        ]
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "tokenizer.json")
            var (mutation, readable) = (Mutation(seed: 12), 0)
            for _ in 0..<Self.iterations {
                try Data(mutation.mutated(good, words: words)).write(to: file)
                guard let tokenizer = try? SentencePieceTokenizer(folder: folder) else { continue }
                readable += 1
                let tokens = tokenizer.tokens(of: Self.text)
                #expect(tokens.allSatisfy { $0 >= 0 && Int($0) < tokenizer.vocabularySize })
            }
            #expect(readable > 0 && readable < Self.iterations)
        }
    }

    private static let text = "A b</s>ab  \u{0}\n猫😀e\u{301}▁ " + String(repeating: "ab", count: 40)

    /// How many damaged files are tried: `CLIP_FUZZ_ITERATIONS`, or some thousands.
    private static let iterations = FuzzIterations.count(default: 3_000)

    private func expectOneLine(_ error: VocabularyError?, naming name: String) {
        #expect(error?.file?.hasSuffix(name) == true, "\(error?.description ?? "no error")")
        let line = error?.description ?? ""
        #expect(line.count < 1_000 && !line.unicodeScalars.contains { $0.value < 0x20 })
    }
}
