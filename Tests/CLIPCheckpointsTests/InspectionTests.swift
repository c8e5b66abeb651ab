import CLIPCheckpoints
import CLIPModels
import CLIPTensor
import CLIPTestSupport
import Foundation
import Testing

@Suite("Inspection")
struct InspectionTests {
    @Test("A folder's model is told from its headers, and as JSON")
    func small() throws {
        let folder = try TemporaryFolder()
        let path = try SmallModel.write(SmallModel.transformer, in: folder)
        let inspection = try ModelFolder(opening: path).inspection()
        let model = try SmallModel.make(SmallModel.transformer)
        #expect(inspection.parameters.total == model.parameters.reduce(0) { $0 + $1.tensor.count })
        #expect(inspection.parameters.image + inspection.parameters.text + 1 == inspection.parameters.total)
        #expect(inspection.dtypes == ["float32": inspection.parameters.total])
        let vocabulary = try #require(inspection.tokenizer)
        #expect(vocabulary.vocabularySize == 519 && vocabulary.contextLength == 16)
        #expect(vocabulary.startOfText == 517 && vocabulary.endOfText == 518)
        #expect(
            inspection.architecture == nil && inspection.activation == .quickGELU && inspection.layout == .huggingFace)
        #expect(inspection.sources.weights == ["\(path)/model.safetensors"])
        #expect(inspection.sources.tokenizer == ["\(path)/vocab.json", "\(path)/merges.txt"])
        let json = try JSONEncoder().encode(inspection)
        #expect(try JSONDecoder().decode(Inspection.self, from: json).parameters == inspection.parameters)
    }

    @Test("A logit bias is counted in all, and in no tower")
    func logitBias() throws {
        let parameters = try ArchitectureSummary(SmallModel.sigLIP).parameters
        #expect(parameters.image + parameters.text + 2 == parameters.total)
        #expect(
            parameters.total == (try SmallModel.make(SmallModel.sigLIP)).parameters.reduce(0) { $0 + $1.tensor.count })
    }

    /// ViT-B/32: 151,277,313 parameters, 8.82 + 5.96 GFLOP. RN50: 102,007,137 parameters; open_clip's profile counts
    /// 12.2 GFLOP for its image tower, of which 0.62 go to queries of the attention pool that nobody reads.
    @Test(
        "Published sizes are recognised",
        arguments: [("ViT-B/32", 151_277_313, 8.82, 5.96), ("RN50", 102_007_137, 11.6, 5.96)])
    func published(name: String, parameters: Int, image: Double, text: Double) throws {
        let configuration = try #require(CLIPConfiguration.preset(name))
        let report = try ArchitectureSummary(configuration)
        #expect(report.parameters.total == parameters)
        #expect(abs(Double(report.flops.perImage) / 1e9 - image) < 0.05, "\(report.flops)")
        #expect(abs(Double(report.flops.perText) / 1e9 - text) < 0.01, "\(report.flops)")
        #expect(report.name == name)
    }
}
