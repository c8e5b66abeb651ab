import CLIPCheckpoints
import CLIPFiles
import CLIPImaging
import CLIPModels
import CLIPTensor
import CLIPTestSupport
import CLIPTokenization
import Foundation
import Testing

@Suite("Conversion")
struct ModelFolderConversionTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

    @Test(
        "To the other layout and back gives the same bytes, in every type",
        arguments: [DType.float32, .float16, .bfloat16])
    func roundTrip(dtype: DType) throws {
        let start = try SmallModel.write(SmallModel.transformer, in: folder, dtype: dtype)
        let (there, back) = (folder.path("there"), folder.path("back"))
        try ModelFolder(opening: start).convert(to: there, layout: .openCLIP)
        try ModelFolder(opening: there).convert(to: back, layout: .huggingFace)
        #expect(try bytes("\(back)/model.safetensors") == bytes("\(start)/model.safetensors"))
        for file in ["vocab.json", "merges.txt"] { #expect(try bytes("\(back)/\(file)") == bytes("\(start)/\(file)")) }
        let (first, last) = try (ModelFolder(opening: start), ModelFolder(opening: back))
        #expect(first.configuration == last.configuration && last.layout == .huggingFace)
        #expect(try ModelFolder(opening: there).layout == .openCLIP)
    }

    @Test("A ResNet keeps its bytes in open_clip's layout, and Hugging Face's is refused")
    func resNet() throws {
        let start = try SmallModel.write(SmallModel.resNet, in: folder)
        let copy = folder.path("copy")
        try ModelFolder(opening: start).convert(to: copy, layout: .openCLIP)
        #expect(
            try bytes("\(copy)/open_clip_model.safetensors") == bytes("\(start)/open_clip_model.safetensors"))
        let error = #expect(throws: FileError.self) {
            try ModelFolder(opening: start).convert(to: folder.path("other"), layout: .huggingFace)
        }
        #expect(error?.description.contains("cannot hold a ResNet tower") == true)
        #expect(!FileManager.default.fileExists(atPath: folder.path("other")))
    }

    @Test("What a layout cannot say is refused by name, and nothing is written")
    func limits() throws {
        var configuration = SmallModel.transformer
        guard case .transformer(var tower) = configuration.vision else { return }
        tower.hasNormBefore = false
        configuration.vision = .transformer(tower)
        let start = try SmallModel.write(configuration, in: folder, layout: .openCLIP)
        let error = #expect(throws: FileError.self) {
            try ModelFolder(opening: start).convert(to: folder.path("other"), layout: .huggingFace)
        }
        #expect(error?.description.contains("a norm before the first block, and this model none") == true)
        #expect(!FileManager.default.fileExists(atPath: folder.path("other")))
    }

    @Test("A vocabulary of SentencePiece's is copied as it is, and the folder opens again")
    func sentencePiece() throws {
        let start = try SmallModel.write(SmallModel.transformer, in: folder, layout: .openCLIP)
        for name in ["vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json"] {
            try? FileManager.default.removeItem(atPath: "\(start)/\(name)")
        }
        try Self.tokenizer.write(toFile: "\(start)/tokenizer.json", atomically: true, encoding: .utf8)
        let copy = folder.path("copy")
        try ModelFolder(opening: start).convert(to: copy, layout: .openCLIP)
        let opened = try ModelFolder(opening: copy)
        #expect(try bytes("\(copy)/tokenizer.json") == bytes("\(start)/tokenizer.json"))
        #expect(
            try opened.tokenizer().encode("a b").ids == ModelFolder(opening: start).tokenizer().encode("a b").ids)
        #expect(opened.inspection().tokenizer?.kind == "sentencepiece")
    }

    private static let tokenizer = """
        {"version": "1.0", "added_tokens": [{"id": 1, "content": "</s>", "normalized": false, "special": true}],
         "normalizer": null, "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},
         "post_processor": {"type": "TemplateProcessing",
          "single": [{"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "</s>"}}],
          "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}},
         "model": {"type": "Unigram", "unk_id": 2, "vocab": [["<pad>", 0], ["</s>", 0], ["<unk>", 0], ["▁", -3],
          ["a", -4], ["b", -4.5]]}}
        """

    @Test("A model is opened for images of another size, with its positions interpolated")
    func resized() throws {
        let path = try SmallModel.write(SmallModel.transformer, in: folder)
        var options = ModelFolder.Options()
        options.imageSize = 48
        let opened = try ModelFolder(opening: path, options: options)
        #expect(opened.configuration.vision.imageSize == 48 && opened.preprocessing.height == 48)
        let embedded = try opened.model().embedImages(Tensor.zeros([1, 3, 48, 48]))
        #expect(try embedded.isFinite())
        try opened.convert(to: folder.path("larger"), layout: .openCLIP)
        let larger = try ModelFolder(opening: folder.path("larger"))
        #expect(larger.configuration.vision.imageSize == 48)
        let again = try larger.model().embedImages(Tensor.zeros([1, 3, 48, 48]))
        #expect(try distance(embedded, again) < 1e-6)
        #expect(opened.inspection().unusual.contains { $0.contains("interpolated to 48 pixels") })
    }
}
