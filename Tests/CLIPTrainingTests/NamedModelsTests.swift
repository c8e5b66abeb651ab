import CLIPFiles
import CLIPTestSupport
import CLIPTraining
import Foundation
import Testing

@Suite("Models that a run names otherwise than by their path")
struct NamedModelsTests {
    @Test("are found where they lie, and what the run writes has their names")
    func names() async throws {
        let folder = try TemporaryFolder()
        let table = try ColourTable(in: folder.url)
        let path = try await TrainingRun(table.configuration(output: folder.path("start"), steps: 1)).train { _ in }
            .folder.model
        let configuration = try TrainingConfiguration(
            json: table.configuration(output: folder.path("run"), steps: 1).jsonText, origin: "test",
            overrides: [
                ("model", "null"), ("tokenizer", "null"), ("start", "\"made/small\""),
                ("distillation", #"{"teacher": "made/small"}"#), ("lora", #"{"save": "adapter"}"#),
                ("optimiser.kind", "\"adamw\""),
            ])
        let outcome = try await TrainingRun(configuration, models: ["made/small": path]).train { _ in }
        let written = try outcome.folder.readConfiguration()
        #expect(written.start == "made/small" && written.distillation?.teacher == "made/small")
        let adapter = try contents(ofFile: "\(outcome.folder.adapter)/adapter_config.json")
        #expect(String(decoding: adapter, as: UTF8.self).contains(#""made/small""#))
    }
}
