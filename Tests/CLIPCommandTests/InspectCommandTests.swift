import CLIPSmallModel
import CLIPTestSupport
import Foundation
import Testing

struct InspectCommandTests {
    @Test("the JSON is one object with the architecture, the parameters, the vocabulary and the files")
    func json() throws {
        let model = try SmallModelFolder()
        let result = try Tool.run(["inspect", model.path, "--json"])
        #expect(result.status == 0 && result.errors.isEmpty)
        let object = try result.json([String: Any].self)
        #expect(object["layout"] as? String == "hf")
        #expect((object["configuration"] as? [String: Any])?["embed_dim"] as? Int == SmallModelFolder.width)
        #expect((object["tokenizer"] as? [String: Any])?["contextLength"] as? Int == SmallModelFolder.contextLength)
        let parameters = try #require(object["parameters"] as? [String: Int])
        #expect(parameters["total"] == (parameters["image"] ?? 0) + (parameters["text"] ?? 0) + 1)
    }

    @Test("a person gets a line for each thing", arguments: [false, true])
    func lines(isResNet: Bool) throws {
        let model = try SmallModelFolder(resNet: isResNet)
        let result = try Tool.run(["inspect", model.path])
        #expect(result.status == 0)
        #expect(result.output.contains(isResNet ? "ResNet, 32 pixels" : "vision transformer, 32 pixels, patch 8"))
        #expect(!result.output.contains("\u{1B}"))
    }

    @Test("damaged models are named with the reason")
    func damage() throws {
        let model = try SmallModelFolder()
        try Data(repeating: 0xFF, count: 64).write(to: URL(filePath: "\(model.path)/model.safetensors"))
        let result = try Tool.run(["inspect", model.path])
        #expect(result.status == 65 && result.output.isEmpty && result.errorLines.count == 1)
        #expect(result.errors.hasPrefix("clip: \(model.path)/model.safetensors: "))
        #expect(try Tool.run(["inspect", "/no/such"]).status == 66)
    }
}
