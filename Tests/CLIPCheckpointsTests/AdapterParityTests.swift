import CLIPCheckpoints
import CLIPModels
import CLIPTensor
import CLIPTestSupport
import CLIPTokenization
import Foundation
import Testing

/// Compares with PEFT over transformers. All numbers are 32 bits wide: embeddings of length 1 agree to 1e-5.
@Suite("Adapters of PEFT", .serialized, .enabled(if: PythonReference.isPresent, "\(PythonReference.reason)"))
struct AdapterParityTests {
    private let folder: TemporaryFolder
    private let configuration = SmallModel.transformer

    init() throws { folder = try TemporaryFolder() }

    @Test("PEFT opens our adapters and we open PEFT's, each with the other's embeddings")
    func bothWays() throws {
        let base = try SmallModel.write(configuration, in: folder, as: "base")
        try AdapterFolder.write(changingAdapters(configuration), of: configuration, base: base, to: folder.path("ours"))
        let text = try changingAdapters(configuration).elements.filter { $0.layer.tower == .text }
        try AdapterFolder.write(
            LowRankAdapters(text), of: configuration, base: base, to: folder.path("ours-text"))
        try AdapterFolder.write(
            changingAdapters(configuration, saving: SavedModule.allCases), of: configuration, base: base,
            to: folder.path("ours-modules"))
        let tokens = try ModelFolder(opening: base).bytePairTokenizer().batch(["a dog", "hello dog", "hello"]).ids
        let inputs = try ["pixels": SmallModel.pixels(configuration), "tokens": Tensor(tokens, shape: [3, 16])]
        try Safetensors.write(inputs, to: folder.path("inputs.safetensors"))
        try PythonReference.run("adapters.py", [folder.url.path])
        var greatest = 0.0
        for name in [
            "ours", "ours-text", "ours-modules", "peft", "peft-ranks", "peft-stabilised", "peft-modules",
        ] {
            var options = ModelFolder.Options()
            options.adapter = folder.path(name)
            let model = try ModelFolder(opening: base, options: options).model()
            let expected = try Safetensors(opening: folder.path("\(name).safetensors"))
            let images = try distance(
                model.embedImages(#require(inputs["pixels"])), expected.tensor("images"))
            let texts = try distance(model.embedTexts(#require(inputs["tokens"])), expected.tensor("texts"))
            #expect(images < 1e-5 && texts < 1e-5, "\(name): \(images) \(texts)")
            greatest = max(greatest, images, texts)
            #expect(try distance(expected.tensor("texts"), expected.tensor("plain_texts")) > 1e-3)
        }
        print("adapters: embeddings apart by \(greatest)")
    }
}
