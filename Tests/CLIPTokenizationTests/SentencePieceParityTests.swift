import CLIPTestSupport
import CLIPTokenization
import Foundation
import Testing

/// The rows beside those of transformers, tokenizers, sentencepiece and open_clip, text by text, for models that are
/// trained while the test runs.
@Suite(
    .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.reason)),
    .enabled(if: PythonReference.isPresent, Comment(rawValue: PythonReference.reason)))
struct SentencePieceParityTests {
    private struct Row: Decodable {
        let ids: [Int32]
    }

    @Test func `every folder gives the reference's rows for every text`() throws {
        try withTemporaryFolder { folder in
            let output = try PythonReference.run("pieces.py", [folder.path, "--data", SharedData.folder.path])
            let cases = try JSONDecoder().decode([String].self, from: Data(output.utf8))
            #expect(cases.count > 15)
            let texts = try JSONDecoder().decode(
                [String].self, from: Data(contentsOf: folder.appending(path: "texts.json")))
            #expect(texts.count > 11_000)
            for name in cases { try compare(texts, with: folder.appending(path: name)) }
        }
    }

    private func compare(_ texts: [String], with folder: URL) throws {
        let name = folder.lastPathComponent
        let tokenizer = try Self.tokenizer(of: folder)
        let lines = try Data(contentsOf: folder.appending(path: "rows.jsonl")).split(separator: 0x0A)
        #expect(lines.count == texts.count, "\(name)")
        var different = 0
        for (text, line) in zip(texts, lines) {
            let expected = try JSONDecoder().decode(Row.self, from: line).ids
            let found = tokenizer.batch([text]).ids
            guard found != expected else { continue }
            different += 1
            guard different <= 3 else { continue }
            let escaped = text.unicodeScalars.prefix(160).map { $0.escaped(asASCII: true) }.joined()
            Issue.record("\(name) \"\(escaped)\": \(found), reference \(expected)")
        }
        #expect(different == 0, "\(name), of \(texts.count)")
    }

    /// The model alone where the case is about the library sentencepiece, else what the folder says.
    private static func tokenizer(of folder: URL) throws -> SentencePieceTokenizer {
        guard folder.lastPathComponent.hasPrefix("model-") else { return try SentencePieceTokenizer(folder: folder) }
        let model = try SentencePieceModel(file: folder.appending(path: "spiece.model"))
        return SentencePieceTokenizer(model: model, contextLength: 64)
    }
}
