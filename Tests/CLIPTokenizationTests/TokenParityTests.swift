import CLIPTestSupport
import CLIPTokenization
import Foundation
import Testing

/// The ids beside those of open_clip and transformers, text by text.
@Suite(
    .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.reason)),
    .enabled(if: ReferenceTokens.isPresent, Comment(rawValue: ReferenceTokens.reason)))
struct TokenParityTests {
    let tokenizer: CLIPTokenizer

    init() throws {
        tokenizer = CLIPTokenizer(vocabulary: try BPEVocabulary(openAI: openAIFile))
    }

    @Test func `every caption of the data folder has open_clip's ids`() throws {
        let rows = try Self.captions.get()
        #expect(rows.count > 7_000)
        #expect(rows.allSatisfy { $0.kind == "caption" }, "no caption is mojibake")
        expectSame(rows, with: tokenizer)
    }

    @Test func `generated lines of every kind of text have open_clip's ids`() throws {
        let rows = try Self.generated.get()
        #expect(rows.count { $0.kind != "mojibake" } > 1_000)
        expectSame(rows, with: tokenizer)
    }

    @Test func `transformers opens a saved OpenAI vocabulary and gives the same ids`() throws {
        try expectTransformersAgrees(
            vocabulary: tokenizer.vocabulary, texts: Self.captions.get() + Self.generated.get())
    }

    @Test func `transformers opens a learned vocabulary and gives the same ids`() throws {
        let captions = try Self.captions.get()
        var learner = VocabularyLearner()
        for row in captions { learner.add(row.text) }
        let vocabulary = try learner.learn(vocabularySize: 2_000)
        #expect(vocabulary.count == 2_000)
        try expectTransformersAgrees(vocabulary: vocabulary, texts: captions + Self.generated.get())
    }

    private static let captions = Result { try openCLIP("captions") }
    private static let generated = Result { try openCLIP("generated") }

    private static func openCLIP(_ what: String) throws -> [ReferenceTokens.Row] {
        try withTemporaryFolder { folder in
            try ReferenceTokens.rows(
                [what, "--vocabulary", openAIFile.path, "--data", SharedData.folder.path],
                output: folder.appending(path: "rows.jsonl"))
        }
    }

    private func expectTransformersAgrees(vocabulary: BPEVocabulary, texts: [ReferenceTokens.Row]) throws {
        try withTemporaryFolder { folder in
            try vocabulary.save(to: folder)
            let file = folder.appending(path: "texts.jsonl")
            let encoder = JSONEncoder()
            let lines = try texts.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
            try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
            let rows = try ReferenceTokens.rows(
                ["transformers", "--folder", folder.path, "--texts", file.path],
                output: folder.appending(path: "rows.jsonl"))
            #expect(rows.count { $0.ids != nil } > texts.count / 2)
            expectSame(rows, with: try CLIPTokenizer(folder: folder))
        }
    }

    /// Fails with the first few texts whose ids differ.
    private func expectSame(_ rows: [ReferenceTokens.Row], with tokenizer: CLIPTokenizer) {
        let different = rows.filter { $0.ids != nil && $0.ids != tokenizer.encode($0.text).ids }
        #expect(different.count == 0, "of \(rows.count)")
        for row in different.prefix(5) {
            let escaped = row.text.unicodeScalars.prefix(120).map { $0.escaped(asASCII: true) }.joined()
            Issue.record("\(row.kind) \"\(escaped)\": \(tokenizer.encode(row.text).ids), reference \(row.ids ?? [])")
        }
    }
}
