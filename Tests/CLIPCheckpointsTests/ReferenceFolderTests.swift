import CLIPCheckpoints
import CLIPImaging
import CLIPModels
import CLIPTensor
import CLIPTestSupport
import CLIPTokenization
import Foundation
import Testing

/// Compares with transformers and open_clip. All numbers are 32 bits wide: embeddings of length 1 agree to 1e-5.
@Suite(
    "Model folders of the reference libraries", .serialized,
    .enabled(if: PythonReference.isPresent, "\(PythonReference.reason)"))
struct ReferenceFolderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("Folders that transformers and open_clip wrote give their embeddings")
    func reading() throws {
        try PythonReference.run("checkpoints.py", ["make", folder.path("models")])
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("models")).sorted()
        #expect(names.count == 19)
        for name in names {
            let path = folder.path("models/\(name)")
            var options = ModelFolder.Options()
            if name == "oc-resized" { options.imageSize = 56 }
            let file = ["pt-archive": "/model.pt", "pt-run": "/checkpoints/epoch_3.pt"]
            let opened = try ModelFolder(
                opening: path + (file[name.replacing("-quick", with: "")] ?? ""), options: options)
            let model = try opened.model()
            let image = try model.embedImages(NumpyFile.read("\(path)/pixels.npy"))
            let text = try model.embedTexts(NumpyFile.read("\(path)/tokens.npy"))
            #expect(try distance(image, NumpyFile.read("\(path)/image.npy")) < 1e-5, "\(name)")
            #expect(try distance(text, NumpyFile.read("\(path)/text.npy")) < 1e-5, "\(name)")
            #expect(opened.weights.paths.count > 1 || name != "hf-shards")
        }
        let resNet = try ModelFolder(opening: folder.path("models/oc-resnet"))
        #expect(resNet.preprocessing.resizeMode == .squash && resNet.preprocessing.mean == [0.5, 0.5, 0.5])
    }

    @Test("OpenAI's archive keeps the bytes of every tensor through Hugging Face's layout and open_clip's")
    func archive() throws {
        try PythonReference.run("checkpoints.py", ["make", folder.path("models")])
        let source = folder.path("models/pt-archive")
        try SmallModel.vocabulary.save(to: URL(filePath: source), contextLength: 16)
        let (hf, native) = (folder.path("hf"), folder.path("open_clip"))
        try ModelFolder(opening: "\(source)/model.pt").convert(to: hf, layout: .huggingFace)
        try ModelFolder(opening: hf).convert(to: native, layout: .openCLIP)
        let archive = try TorchFile(opening: "\(source)/model.pt")
        let written = try Safetensors(opening: "\(native)/open_clip_model.safetensors")
        #expect(archive.entries.contains { $0.dtype == .float16 } && archive.entries.contains { $0.dtype == .float32 })
        // The sizes of the inputs and the causal mask are no weights.
        #expect(archive.names.count == written.names.count + 4)
        for name in written.names {
            let (old, new) = (try #require(try archive.tensor(name)), try written.tensor(name))
            #expect(old.dtype == new.dtype && old.shape == new.shape, "\(name)")
            #expect(try old.withBytes { Data($0) } == new.withBytes { Data($0) }, "\(name)")
        }
        #expect(try ModelFolder(opening: native).configuration.activation == .quickGELU)
    }

    static let cases: [(CLIPConfiguration, CheckpointLayout)] = [
        (SmallModel.transformer, .huggingFace), (SmallModel.transformer, .openCLIP), (SmallModel.resNet, .openCLIP),
    ]

    private struct Said: Decodable {
        var ids: [Int32]
        var length: Int
    }

    @Test("Folders that were written here open there unchanged: embeddings, tokens and pixels", arguments: cases)
    func writing(configuration: CLIPConfiguration, layout: CheckpointLayout) throws {
        let path = try SmallModel.write(configuration, in: folder, layout: layout)
        let opened = try ModelFolder(opening: path)
        let (model, tokenizer) = (try opened.model(), try opened.tokenizer())
        let (ids, _) = tokenizer.batch(["Hello, a dog!", "dog", "a text that is cut because it is too long"])
        let tokens = try Tensor(ids, shape: [3, 16])
        let pixels = try SmallModel.pixels(configuration)
        try NumpyFile.write(tokens, to: folder.path("tokens.npy"))
        try NumpyFile.write(pixels, to: folder.path("pixels.npy"))
        let output = try PythonReference.run("checkpoints.py", ["open", layout.rawValue, path, folder.url.path])
        #expect(try distance(model.embedImages(pixels), NumpyFile.read(folder.path("image.npy"))) < 1e-5)
        #expect(try distance(model.embedTexts(tokens), NumpyFile.read(folder.path("text.npy"))) < 1e-5)
        let said = try JSONDecoder().decode(Said.self, from: Data(output.utf8))
        let ours = tokenizer.encode("Hello, a dog!").ids
        #expect(Array(said.ids.prefix(ours.count)) == ours && said.length == 16)
        let seen = try NumpyFile.read(folder.path("preprocessed.npy")).elements(as: Float.self)
        let expected = opened.preprocessing(Self.testImage)
        #expect(seen.count == expected.count)
        #expect(zip(seen, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    /// The image that the script makes.
    private static var testImage: Bitmap {
        var samples: [UInt8] = []
        for row in 0..<75 {
            for column in 0..<100 {
                samples.append(UInt8(row * 3 % 256))
                samples.append(UInt8(column * 2 % 256))
                samples.append(UInt8((row + column) % 256))
            }
        }
        return Bitmap(rgb: samples, width: 100, height: 75)
    }
}
