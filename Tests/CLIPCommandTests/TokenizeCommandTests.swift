import CLIPSmallModel
import CLIPTestSupport
import CLIPTokenization
import Foundation
import Testing

struct TokenizeCommandTests {
    private let model: SmallModelFolder

    init() throws { model = try SmallModelFolder() }

    private func tokenize(_ arguments: [String], model path: String? = nil) throws -> Tool.Result {
        try Tool.run(["tokenize", "--model", path ?? model.path] + arguments)
    }

    @Test("the JSON has the texts in their order with their ids")
    func json() throws {
        let long = String(repeating: "dog ", count: 30)
        let texts = ["a dog", "", long, "-5 \"é🐶"]
        let result = try tokenize(["--json", "--"] + texts)
        let objects = try result.json([[String: Any]].self)
        let tokenizer = try CLIPTokenizer(folder: URL(filePath: model.path))
        #expect(result.status == 0)
        #expect(objects.map { $0["text"] as? String } == texts)
        #expect(objects.map { $0["ids"] as? [Int] } == texts.map { tokenizer.encode($0).ids.map(Int.init) })
        #expect(objects.map { $0["truncated"] as? Bool } == [false, false, true, false])
        #expect(objects.allSatisfy { $0.count == 3 })
        #expect(result.errorLines.count == 1 && result.errors.contains("was cut to 16 tokens"))
    }

    @Test("without --json there is a line of ids for each text")
    func lines() throws {
        let tokenizer = try CLIPTokenizer(folder: URL(filePath: model.path))
        let expected = ["a dog", "a cat"].map {
            tokenizer.encode($0).ids.map(String.init).joined(separator: " ") + "\n"
        }
        #expect(try tokenize(["a dog", "a cat"]).output == expected.joined())
    }

    @Test("a folder with nothing but a vocabulary will do")
    func vocabularyAlone() throws {
        let folder = try TemporaryFolder()
        for name in ["vocab.json", "merges.txt", "tokenizer_config.json"] {
            try FileManager.default.copyItem(atPath: "\(model.path)/\(name)", toPath: folder.path(name))
        }
        #expect(try tokenize(["a dog"], model: folder.url.path).output == tokenize(["a dog"]).output)
    }

    @Test("a model that is not there is no input, a folder without a vocabulary is bad data")
    func badModel() throws {
        #expect(try tokenize(["a"], model: "/no/such").status == 66)
        let empty = try TemporaryFolder()
        let result = try tokenize(["a"], model: empty.url.path)
        #expect(result.status == 65 && result.errorLines.count == 1)
        #expect(try tokenize([]).status == 64)
    }
}
