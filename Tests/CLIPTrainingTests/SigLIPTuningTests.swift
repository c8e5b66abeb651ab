import CLIPCheckpoints
import CLIPFiles
import CLIPImaging
import CLIPModels
import CLIPTensor
import CLIPTestSupport
import CLIPTokenization
import CLIPTraining
import Foundation
import Testing

/// Fine-tuning of a model whose vocabulary is SentencePiece's.
@Suite("Fine-tuning a SigLIP")
struct SigLIPTuningTests {
    private let folder: TemporaryFolder
    private let table: ColourTable

    init() throws {
        folder = try TemporaryFolder()
        table = try ColourTable(in: folder.url)
    }

    /// Hugging Face's layout has SigLIP's image tower in any size; beside the same text tower, open_clip's has CLIP's.
    private static func architecture(_ layout: CheckpointLayout) -> CLIPConfiguration {
        var text = TextTransformerConfiguration(contextLength: 24, vocabularySize: 40, width: 32, heads: 2, layers: 1)
        (text.pooling, text.isCausal, text.projection, text.activation) = (.last, false, .biased, .geluTanh)
        text.normEpsilon = 1e-6
        let sigLIP = SigLIPVisionConfiguration(
            imageSize: 32, patchSize: 16, width: 32, layers: 1, heads: 2, mlpRatio: 2, normEpsilon: 1e-6,
            activation: .geluTanh)
        let clip = VisionTransformerConfiguration(imageSize: 32, patchSize: 16, width: 32, layers: 1, headWidth: 16)
        return CLIPConfiguration(
            embeddingWidth: 32, vision: layout == .huggingFace ? .sigLIP(sigLIP) : .transformer(clip), text: text,
            initialLogitScale: 2.302585092994046, initialLogitBias: -10)
    }

    /// A unigram model of single letters.
    private static var tokenizer: String {
        let letters = "abcdefghijklmnopqrstuvwxyz".map { "[\"\($0)\", -4]" }.joined(separator: ", ")
        return """
            {"version": "1.0", "normalizer": {"type": "Lowercase"},
             "added_tokens": [{"id": 1, "content": "</s>", "normalized": false, "special": true}],
             "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},
             "post_processor": {"type": "TemplateProcessing",
               "single": [{"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "</s>"}}],
               "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}},
             "model": {"type": "Unigram", "unk_id": 2,
               "vocab": [["<pad>", 0], ["</s>", 0], ["<unk>", 0], ["▁", -3], \(letters)]}}
            """
    }

    /// A folder to start from. Of open_clip's layout it says how texts are cleaned, which Hugging Face's has no word for.
    private func start(
        _ layout: CheckpointLayout, text: TextTransformerConfiguration? = nil, as name: String = "start"
    ) throws -> String {
        var architecture = Self.architecture(layout)
        architecture.text = text ?? architecture.text
        var preprocessing = ImagePreprocessing.openAI(size: 32).implied(by: layout)
        preprocessing.resizeMode = .squash
        (preprocessing.mean, preprocessing.std) = ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])
        try ModelFolder.write(
            CLIPModel(architecture, parameters: FreshParameters(seed: 4)),
            .files(Self.files, members: [.init("tokenizer_kwargs", ["clean": "canonicalize"])]),
            preprocessing: preprocessing, to: folder.path(name), layout: layout)
        return folder.path(name)
    }

    private static let files = [
        "tokenizer.json": Array(tokenizer.utf8),
        "tokenizer_config.json": Array(#"{"pad_token": "</s>", "eos_token": "</s>"}"#.utf8),
    ]

    private func configuration(_ start: String, _ overrides: [(path: String, json: String)] = []) throws
        -> TrainingConfiguration
    {
        try TrainingConfiguration(
            json: table.configuration(output: folder.path("run"), steps: 30).jsonText, origin: "test",
            overrides: [
                ("model", "null"), ("tokenizer", "null"), ("start", "\"\(start)\""), ("loss", "\"sigmoid\""),
            ] + overrides)
    }

    @Test(
        "learns by its own loss, and is written in its own layout with the files of its tokenizer",
        arguments: [CheckpointLayout.huggingFace, .openCLIP])
    func tuning(layout: CheckpointLayout) async throws {
        let start = try start(layout)
        let outcome = try await TrainingRun(configuration(start)).train { _ in }
        let metrics = try outcome.folder.readMetrics()
        #expect(try #require(metrics.last).loss < 0.8 * #require(metrics.first).loss)
        let (before, after) = try (ModelFolder(opening: start), ModelFolder(opening: outcome.folder.model))
        #expect(after.layout == layout && after.configuration == before.configuration)
        #expect(after.preprocessing == before.preprocessing)
        for name in ["tokenizer.json", "tokenizer_config.json"] {
            #expect(
                try Data(contentsOf: URL(filePath: "\(after.path)/\(name)"))
                    == Data(contentsOf: URL(filePath: "\(start)/\(name)")))
        }
        let text = "A red, SQUARE!"
        #expect(try after.tokenizer().encode(text).ids == before.tokenizer().encode(text).ids)
        let bias = try #require(after.model().logitBias).scalar()
        #expect(abs(bias + 10) > 1e-4, "the bias learns too")
    }

    @Test("is not taught by a teacher whose texts are padded to another length")
    func paddedTeacher() async throws {
        let text = TextTransformerConfiguration(contextLength: 16, vocabularySize: 40, width: 32, heads: 2, layers: 1)
        let start = try start(.openCLIP, text: text)
        let teacher = try self.start(.huggingFace, as: "teacher")
        let error = await #expect(throws: TrainingError.self) {
            let taught = [("distillation", "{\"teacher\": \"\(teacher)\"}")]
            _ = try await TrainingRun(configuration(start, taught)).train { _ in }
        }
        #expect(error?.description == "distillation.teacher: expected a context of 16 tokens, found 24")
    }

    @Test("of a folder whose layout has no place for its vocabulary is refused before the data is opened")
    func noLayout() async throws {
        let start = try await TrainingRun(table.configuration(output: folder.path("first"), steps: 1)).train { _ in }
            .folder.model
        for name in ["vocab.json", "merges.txt", "special_tokens_map.json"] {
            try? FileManager.default.removeItem(atPath: "\(start)/\(name)")
        }
        for (name, bytes) in Self.files { try AtomicFile.write(bytes, to: "\(start)/\(name)") }
        let error = await #expect(throws: TrainingError.self) {
            let run = try configuration(start, [("loss", "\"contrastive\""), ("data.table", "\"/no/such.tsv\"")])
            _ = try await TrainingRun(run).train { _ in }
        }
        let text = error?.description ?? ""
        #expect(text.hasPrefix("model: expected one that a folder can hold") && text.contains("byte pairs"), "\(text)")
    }

    @Test("is taught by a teacher of the same vocabulary, and by no other")
    func teacher() async throws {
        let start = try start(.huggingFace)
        let taught = [("distillation", "{\"teacher\": \"\(start)\"}"), ("steps", "2")]
        #expect(try await TrainingRun(configuration(start, taught)).train { _ in }.steps == 2)
        // The same vocabulary, with other words beside it.
        try AppendedFile(path: "\(start)/tokenizer_config.json").write("\n".utf8)
        let copy = try self.start(.huggingFace, as: "copy")
        let again = [("distillation", "{\"teacher\": \"\(copy)\"}"), ("steps", "2")]
        #expect(try await TrainingRun(configuration(start, again)).train(replacesOldRun: true) { _ in }.steps == 2)
        let other = try await TrainingRun(table.configuration(output: folder.path("other"), steps: 1)).train { _ in }
        let stranger = [
            ("distillation", "{\"teacher\": \"\(other.folder.model)\"}"), ("start", "\"\(start)\""),
        ]
        let error = await #expect(throws: TrainingError.self) {
            _ = try await TrainingRun(configuration(start, stranger)).train(replacesOldRun: true) { _ in }
        }
        #expect(error?.description.hasPrefix("distillation.teacher: expected") == true, "\(error?.description ?? "")")
    }
}
