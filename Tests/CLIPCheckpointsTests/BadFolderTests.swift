import CLIPCheckpoints
import CLIPFiles
import CLIPModels
import CLIPTensor
import CLIPTestSupport
import CLIPTokenization
import Foundation
import Testing

@Suite("Folders that are no model")
struct BadFolderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Writes a good model, changes text in one of its files, and returns the line with which it is refused.
    private func refusal(
        _ configuration: CLIPConfiguration, _ file: String, replacing old: String, by new: String
    ) throws -> String {
        let path = try SmallModel.write(configuration, in: folder)
        let text = try String(contentsOfFile: "\(path)/\(file)", encoding: .utf8)
        try #require(text.contains(old), "\(text)")
        try folder.write(text.replacingOccurrences(of: old, with: new).utf8, as: "model/\(file)")
        let error = #expect(throws: FileError.self) { try ModelFolder(opening: path) }
        let line = error?.description ?? ""
        #expect(!line.contains("\n"))
        return line
    }

    static let huggingFace: [(String, String, String, String)] = [
        ("config.json", "\"clip\"", "\"blip\"", "model_type: expected \"clip\" or \"siglip\", found \"blip\""),
        ("config.json", "\"clip\"", "\"siglip\"", "expected the width 64 of the vision tower, found 48"),
        ("config.json", "\"clip\"", "\"siglip2\"", "SigLIP at a fixed resolution, found \"siglip2\""),
        ("config.json", "quick_gelu", "swish", "hidden_act: expected quick_gelu or gelu or gelu_pytorch_tanh, found"),
        (
            "config.json", "\"vocab_size\": 519", "\"vocab_size\": -1",
            "eos_token_id: expected an id below vocab_size -1"
        ),
        ("config.json", "\"hidden_size\": 64", "\"hidden_size\": 128", "as config.json says, found"),
        ("config.json", "\"hidden_size\": 64", "\"hidden_size\": 65", "a divisor of hidden_size 65"),
        (
            "config.json", "\"hidden_size\": 64", "\"hidden_size\": \"x\"",
            "vision_config.hidden_size: expected an integer"
        ),
        ("config.json", "\"hidden_size\": 64", "\"hidden_size\": -64", "hidden_size"),
        ("config.json", "\"hidden_size\": 64", "\"hidden_size\": 9007199254740992", "vision_cfg.width"),
        ("config.json", "\"intermediate_size\": 160", "\"intermediate_size\": 161", "[161, 64]"),
        ("config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1", "found also"),
        ("config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3", "found none"),
        ("config.json", "\"num_channels\": 3", "\"num_channels\": 4", "num_channels: expected 3"),
        ("config.json", "\"image_size\": 32", "\"image_size\": 40", "config"),
        ("config.json", "\"eos_token_id\": 518", "\"eos_token_id\": 5180", "eos_token_id: expected an id below"),
        ("config.json", "{", "[", "expected JSON"),
        ("preprocessor_config.json", "\"do_rescale\": true", "\"do_rescale\": false", "do_rescale: expected true"),
        ("preprocessor_config.json", "\"width\": 32", "\"width\": 48", "the 32 pixels that the image tower sees"),
        ("preprocessor_config.json", "\"width\": 32", "\"width\": 0", "crop_size.width"),
        ("preprocessor_config.json", "\"resample\": 3", "\"resample\": 9", "resample"),
        ("preprocessor_config.json", "0.26862954", "0.0", "image_std"),
    ]

    @Test("A Hugging Face folder that contradicts itself is refused in one line", arguments: huggingFace)
    func contradictionOfHuggingFace(file: String, old: String, new: String, reason: String) throws {
        let line = try refusal(SmallModel.transformer, file, replacing: old, by: new)
        #expect(line.contains(reason), "\(line)")
    }

    static let openCLIP: [(String, String, String)] = [
        ("\"model_cfg\"", "\"cfg\"", "model_cfg: expected an object, found none"),
        (
            "\"head_width\": 32", "\"head_width\": 32, \"timm_model_name\": \"x\"",
            "vision_cfg.timm_model_name: expected"
        ),
        ("\"head_width\": 32", "\"head_width\": 32, \"attentional_pool\": true", "attentional_pool"),
        ("\"head_width\": 32", "\"head_width\": 0", "head_width"),
        ("\"heads\": 3", "\"heads\": 3, \"pool_type\": \"none\"", "pool_type: expected argmax, eos, first or last"),
        ("\"heads\": 3", "\"heads\": 3, \"embed_cls\": true", "embed_cls: expected nothing but"),
        ("\"heads\": 3", "\"heads\": 3, \"proj_type\": \"mlp\"", "proj_type: expected linear or none"),
        (
            "\"heads\": 3", "\"heads\": 3, \"act_kwargs\": {\"approximate\": \"x\"}",
            "approximate: expected none, or tanh"
        ),
        ("\"embed_dim\": 40", "\"embed_dim\": 41", "as open_clip_config.json says"),
        ("\"resize_mode\": \"shortest\"", "\"resize_mode\": \"x\"", "resize_mode"),
        ("\"fill_color\": 0", "\"fill_color\": 256", "fill_color"),
    ]

    @Test("An open_clip folder that contradicts itself, or asks for more, is refused in one line", arguments: openCLIP)
    func contradictionOfOpenCLIP(old: String, new: String, reason: String) throws {
        let line = try refusal(SmallModel.resNet, "open_clip_config.json", replacing: old, by: new)
        #expect(line.contains(reason), "\(line)")
    }

    @Test("A missing, an empty and a strange folder are told apart")
    func otherFolders() throws {
        let missing = #expect(throws: FileError.self) { try ModelFolder(opening: folder.path("no")) }
        #expect(missing?.code == .notFound)
        let empty = #expect(throws: FileError.self) { try ModelFolder(opening: folder.url.path) }
        #expect(empty?.description.contains("found neither") == true)
        let path = try SmallModel.write(SmallModel.transformer, in: folder)
        try FileManager.default.removeItem(atPath: "\(path)/model.safetensors")
        let weightless = #expect(throws: FileError.self) { try ModelFolder(opening: path) }
        #expect(weightless?.description.contains("expected the weights") == true)
    }

    @Test("A folder without vocabulary opens, and says so when texts are asked for")
    func noVocabulary() throws {
        let path = try SmallModel.write(SmallModel.transformer, in: folder)
        try FileManager.default.removeItem(atPath: "\(path)/vocab.json")
        let opened = try ModelFolder(opening: path)
        let error = #expect(throws: VocabularyError.self) { try opened.tokenizer() }
        #expect(error?.description.hasPrefix(path) == true && error?.description.contains("\n") == false)
        #expect(opened.inspection().tokenizer == nil && opened.inspection().tokenizerProblem == error?.description)
    }

    @Test("A vocabulary that does not fit the text tower is refused")
    func otherVocabulary() throws {
        let path = try SmallModel.write(SmallModel.transformer, in: folder)
        let larger = try BPEVocabulary(
            merges: ["ab", "cd", "ef", "gh", "ij", "kl"].map { .init(left: "\($0.first!)", right: "\($0.last!)") })
        try larger.save(to: URL(filePath: path), contextLength: 16)
        #expect(throws: FileError.self) { try ModelFolder(opening: path).tokenizer() }
        let smaller = try BPEVocabulary(merges: [.init(left: "a", right: "b")])
        try smaller.save(to: URL(filePath: path), contextLength: 16)
        let error = #expect(throws: FileError.self) { try ModelFolder(opening: path).tokenizer() }
        #expect(error?.description.contains("expected texts to end with the token") == true)
    }

    @Test("Shards outside the folder, lost shards and tensors, and tensors in two shards are refused")
    func shards() throws {
        let path = try SmallModel.write(SmallModel.transformer, in: folder)
        try FileManager.default.moveItem(atPath: "\(path)/model.safetensors", toPath: "\(path)/a.safetensors")
        let indices = [
            #"{"weight_map": {"logit_scale": "../a.safetensors"}}"#,
            #"{"weight_map": {"logit_scale": "b.safetensors"}}"#,
            #"{"weight_map": {"x": "a.safetensors"}}"#, #"{"weight_map": []}"#, "{}",
        ]
        for index in indices {
            try folder.write(index.utf8, as: "model/model.safetensors.index.json")
            #expect(throws: FileError.self) { try ModelFolder(opening: path) }
        }
        try FileManager.default.copyItem(atPath: "\(path)/a.safetensors", toPath: "\(path)/b.safetensors")
        try folder.write(
            #"{"weight_map": {"logit_scale": "a.safetensors", "text_projection.weight": "b.safetensors"}}"#.utf8,
            as: "model/model.safetensors.index.json")
        #expect(throws: FileError.self) { try ModelFolder(opening: path) }
        try folder.write(
            #"{"weight_map": {"logit_scale": "a.safetensors"}}"#.utf8, as: "model/model.safetensors.index.json")
        #expect(try ModelFolder(opening: path).weights.names.contains("logit_scale"))
    }

    @Test("Damaged configurations are read or refused in one line, never more", arguments: [true, false])
    func damage(isTransformer: Bool) throws {
        let path = try SmallModel.write(isTransformer ? SmallModel.transformer : SmallModel.resNet, in: folder)
        let files = isTransformer ? ["config.json", "preprocessor_config.json"] : ["open_clip_config.json"]
        let words = [
            "9223372036854775807", "-1", "0", "null", "1e300", "[]", "{}", "1073741824", "0.5", "\"x\"", "true",
        ]
        var mutation = Mutation(seed: 17)
        for file in files {
            let good = try contents(ofFile: "\(path)/\(file)")
            for _ in 0..<300 {
                try folder.write(mutation.mutated(good, words: words), as: "model/\(file)")
                do { _ = try ModelFolder(opening: path) } catch {
                    #expect(!"\(error)".contains("\n") && "\(error)".hasPrefix(path), "\(error)")
                }
            }
            try folder.write(good, as: "model/\(file)")
        }
    }
}
