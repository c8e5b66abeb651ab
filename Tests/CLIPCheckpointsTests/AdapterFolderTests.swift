import CLIPCheckpoints
import CLIPFiles
import CLIPModels
import CLIPTensor
import CLIPTestSupport
import Foundation
import Testing

/// Adapters that change a model, of every projection, with whole modules beside them.
func changingAdapters(
    _ configuration: CLIPConfiguration, rank: Int = 3, saving modules: [SavedModule] = []
) throws -> LowRankAdapters {
    let generator = try RandomGenerator(seed: 9)
    let shapes = try Dictionary(
        uniqueKeysWithValues: CLIPModel(configuration, parameters: RepeatedZero()).parameters.map {
            ($0.name, $0.tensor.shape)
        })
    let names = modules.flatMap { module in
        Tower.allCases.flatMap { module.parameters(of: $0, in: configuration) }
    }
    let saved = try names.map { name in
        NamedTensor(
            name: name, tensor: try Tensor.normal(#require(shapes[name]), deviation: 0.1, using: generator))
    }
    let adapters = try LowRankAdapters.fresh(
        for: AdaptedLayer.all(of: configuration), saved: saved, rank: rank, alpha: 6, seed: 4)
    for element in adapters.elements {
        try element.factors.up.copy(from: Tensor.normal(element.factors.up.shape, deviation: 0.1, using: generator))
    }
    return adapters
}

@Suite("Adapter folders")
struct AdapterFolderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func written() throws -> String {
        let path = folder.path("adapter")
        let configuration = SmallModel.transformer
        try AdapterFolder.write(changingAdapters(configuration), of: configuration, base: "org/base", to: path)
        return path
    }

    @Test(
        "What is written is read back to the bit",
        arguments: [SmallModel.transformer, SmallModel.resNet, SmallModel.sigLIP])
    func roundTrip(configuration: CLIPConfiguration) throws {
        let adapters = try changingAdapters(configuration, saving: SavedModule.allCases)
        let path = folder.path("adapter")
        try AdapterFolder.write(adapters, of: configuration, base: nil, to: path)
        let read = try AdapterFolder.read(path, for: configuration)
        #expect(read.elements.map(\.layer) == adapters.elements.map(\.layer))
        #expect(read.saved.map(\.name) == adapters.saved.map(\.name) && !read.saved.isEmpty)
        for (one, other) in zip(adapters.saved, read.saved) { #expect(try distance(one.tensor, other.tensor) == 0) }
        for (one, other) in zip(adapters.elements, read.elements) {
            #expect(one.factors.scale == other.factors.scale)
            #expect(try distance(one.factors.down, other.factors.down) == 0)
            #expect(try distance(one.factors.up, other.factors.up) == 0)
        }
    }

    @Test("A model with its adapter is converted into one with merged weights, in its own type")
    func conversion() throws {
        let path = try SmallModel.write(SmallModel.transformer, in: folder)
        var options = ModelFolder.Options()
        options.adapter = try written()
        let adapted = try ModelFolder(opening: path, options: options)
        try adapted.convert(to: folder.path("merged"), layout: .openCLIP)
        let (one, other) = try (adapted.model(), ModelFolder(opening: folder.path("merged")).model())
        let pixels = try SmallModel.pixels(SmallModel.transformer)
        let image = try one.embedImages(pixels)
        #expect(try distance(image, other.embedImages(pixels)) == 0)
        #expect(try distance(image, ModelFolder(opening: path).model().embedImages(pixels)) > 1e-3)
        let half = try SmallModel.write(SmallModel.transformer, in: folder, as: "half", dtype: .float16)
        try ModelFolder(opening: half, options: options).convert(to: folder.path("half-merged"), layout: .huggingFace)
        #expect(
            try ModelFolder(opening: folder.path("half-merged")).weights.elementCounts.keys.contains(.float32) == false)
    }

    static let wrong: [(String, String, String)] = [
        ("\"LORA\"", "\"IA3\"", "peft_type: expected LORA, found \"IA3\""),
        ("\"bias\": \"none\"", "\"bias\": \"all\"", "bias: expected none"),
        (
            "\"use_dora\": false", "\"use_dora\": true",
            "use_dora: expected an adapter of two matrices alone, found true"
        ),
        (
            "\"modules_to_save\": null", "\"modules_to_save\": [\"head\"]",
            "modules_to_save: expected patch_embedding, position_embedding, text_projection, token_embedding, "
                + "visual_projection, found \"head\""
        ),
        ("\"modules_to_save\": null", "\"modules_to_save\": \"token_embedding\"", "modules_to_save: expected a list"),
        ("\"rank_pattern\"", "\"alpha_pattern\": {\"a\": 2}, \"rank_pattern\"", "alpha_pattern: expected"),
        ("\"init_lora_weights\": true", "\"init_lora_weights\": \"pissa\"", "init_lora_weights: expected"),
        ("\"lora_alpha\": 6", "\"lora_alpha\": \"6\"", "lora_alpha: expected a number"),
        ("\"lora_alpha\": 6,", "", "lora_alpha: expected a number, found none"),
        ("{", "[", "expected JSON"),
    ]

    @Test("An adapter of another kind is refused in one line", arguments: wrong)
    func configuration(old: String, new: String, reason: String) throws {
        let path = try written()
        let file = "\(path)/adapter_config.json"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let range = try #require(text.range(of: old))
        try folder.write(text.replacingCharacters(in: range, with: new).utf8, as: "adapter/adapter_config.json")
        let error = #expect(throws: FileError.self) { try AdapterFolder.read(path, for: SmallModel.transformer) }
        let line = error?.description ?? ""
        #expect(line.hasPrefix(file) && line.contains(reason) && !line.contains("\n"), "\(line)")
    }

    @Test("Tensors that are no factors of the model's layers are refused by their names")
    func tensors() throws {
        let path = try written()
        let file = "\(path)/adapter_model.safetensors"
        let good = try Safetensors(opening: file).tensors()
        let name = "base_model.model.text_model.encoder.layers.0.self_attn.q_proj.lora_"
        func refusal(_ change: (inout [String: Tensor]) throws -> Void) throws -> String {
            var tensors = good
            try change(&tensors)
            try Safetensors.write(tensors, to: file)
            let error = #expect(throws: FileError.self) { try AdapterFolder.read(path, for: SmallModel.transformer) }
            return error?.description ?? ""
        }
        #expect(
            try refusal { $0["\(name)B.weight"] = nil }.contains(
                "\(name)B.weight of numbers in the shape [48, 3], found none"))
        #expect(try refusal { $0["\(name)A.weight"] = nil }.contains("\(name)A.weight"))
        #expect(try refusal { $0["\(name)A.weight"] = try Tensor.zeros([3, 47]) }.contains("[3, 48], found [3, 47]"))
        #expect(try refusal { $0["\(name)A.weight"] = try Tensor.zeros([2, 48]) }.contains("[48, 2], found [48, 3]"))
        #expect(try refusal { $0["\(name)A.weight"] = try Tensor.zeros([0, 48]) }.contains("found [0, 48]"))
        #expect(try refusal { $0["\(name)A.weight"] = try Tensor.zeros([]) }.contains("found []"))
        #expect(
            try refusal { $0["\(name)A.weight"] = try Tensor.zeros([3, 48], dtype: .int64) }.contains(
                "found [3, 48] of"))
        #expect(try refusal { $0["\(name)magnitude"] = try Tensor.zeros([1]) }.contains("found \"\(name)magnitude\""))
        #expect(try refusal { $0 = [:] }.contains("expected an adapter's tensors, found none"))
        let embedding = "base_model.model.text_model.embeddings.token_embedding.weight"
        #expect(try refusal { $0[embedding] = try Tensor.zeros([2, 48]) }.contains("found \"\(embedding)\""))
        let layers = try refusal {
            $0["base_model.model.text_model.encoder.layers.2.mlp.fc1.lora_A.weight"] = try Tensor.zeros([3, 48])
        }
        #expect(layers.contains("layers.2"))
    }

    @Test("A module that is named and missing, or of another shape, is refused by its name")
    func modules() throws {
        let path = folder.path("adapter")
        let configuration = SmallModel.transformer
        try AdapterFolder.write(
            changingAdapters(configuration, saving: [.visualProjection]), of: configuration, base: nil, to: path)
        let file = "\(path)/adapter_model.safetensors"
        let name = "base_model.model.visual_projection.weight"
        for (shape, found) in [(nil, "found none"), ([2, 2], "found [2, 2] of float32")] as [([Int]?, String)] {
            var tensors = try Safetensors(opening: file).tensors()
            tensors[name] = try shape.map { try Tensor.zeros($0) }
            try Safetensors.write(tensors, to: file)
            let error = #expect(throws: FileError.self) { try AdapterFolder.read(path, for: configuration) }
            let line = error?.description ?? ""
            #expect(line.hasPrefix(file) && line.contains("\(name) of numbers") && line.hasSuffix(found), "\(line)")
        }
    }

    @Test("A folder without an adapter says what is missing")
    func missing() throws {
        let none = #expect(throws: FileError.self) {
            try AdapterFolder.read(folder.path("no"), for: SmallModel.transformer)
        }
        #expect(none?.code == .notFound && none?.path.hasSuffix("no/adapter_config.json") == true)
        let path = try written()
        try FileManager.default.removeItem(atPath: "\(path)/adapter_model.safetensors")
        let weightless = #expect(throws: FileError.self) { try AdapterFolder.read(path, for: SmallModel.transformer) }
        #expect(weightless?.path.hasSuffix("adapter_model.safetensors") == true)
    }

    @Test("Damaged adapters are read or refused in one line, never more")
    func damage() throws {
        let path = try written()
        var mutation = Mutation(seed: 23)
        let words = ["-1", "0", "null", "1e300", "[]", "{}", "\"x\"", "true", "9223372036854775807"]
        for file in ["adapter_config.json", "adapter_model.safetensors"] {
            let good = try contents(ofFile: "\(path)/\(file)")
            for _ in 0..<FuzzIterations.count(default: 150) {
                let head = good.prefix(3000)
                try folder.write(
                    mutation.mutated(Array(head), words: words) + good.dropFirst(3000), as: "adapter/\(file)")
                do { _ = try AdapterFolder.read(path, for: SmallModel.transformer) } catch {
                    #expect(!"\(error)".contains("\n") && "\(error)".hasPrefix(path), "\(error)")
                }
            }
            try folder.write(good, as: "adapter/\(file)")
        }
    }
}
