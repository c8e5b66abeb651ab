import CLIPCheckpoints
import CLIPFiles
import CLIPImaging
import CLIPModels
import CLIPTensor
import CLIPTestSupport
import CLIPTokenization
import Foundation
import Testing

@Suite("Model folders")
struct ModelFolderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    static let cases: [(CLIPConfiguration, CheckpointLayout?, CheckpointLayout)] = [
        (SmallModel.transformer, nil, .huggingFace), (SmallModel.transformer, .openCLIP, .openCLIP),
        (SmallModel.resNet, nil, .openCLIP), (SmallModel.sigLIP, nil, .huggingFace),
        // What Hugging Face's layout lacks.
        (SmallModel.transformer { tower, _ in tower.layerScale = 1e-5 }, nil, .openCLIP),
        (SmallModel.transformer { tower, _ in tower.pooling = .average }, nil, .openCLIP),
        (SmallModel.transformer { tower, _ in tower.hasNormBefore = false }, nil, .openCLIP),
        (SmallModel.transformer { _, text in text.isCausal = false }, nil, .openCLIP),
        (SmallModel.transformer { _, text in text.projection = .biased }, nil, .openCLIP),
    ]

    @Test("What was written is read again, to the bit", arguments: cases)
    func roundTrip(configuration: CLIPConfiguration, wanted: CheckpointLayout?, layout: CheckpointLayout) throws {
        let model = try SmallModel.make(configuration)
        let path = try SmallModel.write(model, in: folder, layout: wanted)
        let opened = try ModelFolder(opening: path)
        #expect(opened.layout == layout)
        #expect(opened.configuration.vision == configuration.vision)
        #expect(opened.configuration.activation == configuration.activation)
        #expect(try opened.bytePairTokenizer().decode(opened.tokenizer().encode("Hello dog").ids) == "hello dog")
        let read = try opened.model()
        #expect(read.parameters.map(\.name) == model.parameters.map(\.name))
        for (one, other) in zip(model.parameters + model.buffers, read.parameters + read.buffers) {
            #expect(try distance(one.tensor, other.tensor) == 0, "\(one.name)")
        }
        let pixels = try SmallModel.pixels(configuration)
        #expect(try distance(model.embedImages(pixels), read.embedImages(pixels)) < 1e-6)
    }

    @Test("A model that no layout can hold is refused with both reasons, and nothing is written")
    func unwritable() throws {
        var causal = SmallModel.sigLIP
        causal.text.isCausal = true
        let one = SmallModel.transformer { tower, text in (tower.activation, text.activation) = (.gelu, .quickGELU) }
        for (configuration, reason) in [(causal, "published image towers alone"), (one, "quick_gelu")] {
            let error = #expect(throws: FileError.self) { try SmallModel.write(configuration, in: folder) }
            #expect(error?.description.contains("a Hugging Face folder of ") == true)
            #expect(error?.description.contains(", and an open_clip folder ") == true)
            #expect(error?.description.contains(reason) == true)
        }
        #expect(try folder.names() == [])
    }

    @Test("What a layout implies of the preprocessing is what its folder is read with")
    func impliedPreprocessing() throws {
        for layout in [CheckpointLayout.huggingFace, .openCLIP] {
            let path = try SmallModel.write(SmallModel.transformer, in: folder, as: layout.rawValue, layout: layout)
            let expected = ImagePreprocessing.openAI(size: 32).implied(by: layout)
            let found = try ModelFolder(opening: path).preprocessing
            #expect(found.cropRounding == expected.cropRounding && found.conversion == expected.conversion)
        }
    }

    @Test("A model is opened by its folder, its configuration or its weights; a folder with both layouts by the file")
    func names() throws {
        let path = try SmallModel.write(SmallModel.transformer, in: folder)
        for name in ["", "/", "/config.json", "/model.safetensors"] {
            #expect(try ModelFolder(opening: path + name).layout == .huggingFace)
        }
        let other = try SmallModel.write(SmallModel.resNet, in: folder, as: "other")
        for name in ["open_clip_config.json", "open_clip_model.safetensors"] {
            try FileManager.default.copyItem(atPath: "\(other)/\(name)", toPath: "\(path)/\(name)")
        }
        #expect(try ModelFolder(opening: path).layout == .huggingFace)
        #expect(try ModelFolder(opening: "\(path)/open_clip_model.safetensors").layout == .openCLIP)
    }

    @Test("Half precision is saved where it is asked for, and read as 32 bits")
    func halfPrecision() throws {
        let path = folder.path("half")
        let model = try SmallModel.make(SmallModel.resNet)
        try ModelFolder.write(
            model, vocabulary: SmallModel.vocabulary, preprocessing: .openAI(size: 64), to: path, dtype: .float16)
        let opened = try ModelFolder(opening: path)
        #expect(opened.inspection().dtypes.keys.sorted() == ["float16", "int64"])
        #expect(try opened.model().parameters.allSatisfy { $0.tensor.dtype == .float32 })
        #expect(try opened.model(dtype: nil).parameters.allSatisfy { $0.tensor.dtype == .float16 })
    }

    @Test("Training in place changes neither the file nor what is read next")
    func mappedWeights() throws {
        let path = try SmallModel.write(SmallModel.transformer, in: folder, layout: .openCLIP)
        let before = try contents(ofFile: "\(path)/open_clip_model.safetensors")
        for parameter in try ModelFolder(opening: path).model().parameters {
            _ = try Operator("aten::zero_")(.tensor(parameter.tensor))
        }
        #expect(try contents(ofFile: "\(path)/open_clip_model.safetensors") == before)
    }

    @Test("A model folder is replaced whole; one with other files, and a ResNet in Hugging Face's layout, are refused")
    func replacing() throws {
        let path = try SmallModel.write(SmallModel.transformer, in: folder)
        _ = try SmallModel.write(SmallModel.resNet, in: folder)
        #expect(try ModelFolder(opening: path).layout == .openCLIP)
        #expect(!FileManager.default.fileExists(atPath: "\(path)/config.json"))
        try folder.write("mine".utf8, as: "model/notes.txt")
        #expect(throws: FileError.self) { try SmallModel.write(SmallModel.transformer, in: folder) }
        #expect(throws: FileError.self) {
            try SmallModel.write(SmallModel.resNet, in: folder, as: "new", layout: .huggingFace)
        }
        #expect(try folder.names() == ["model"])
    }

    @Test("Notes are written beside the model and may be replaced with it")
    func notes() throws {
        let model = try SmallModel.make(SmallModel.transformer)
        for text in ["one", "two"] {
            try ModelFolder.write(
                model, vocabulary: SmallModel.vocabulary, preprocessing: .openAI(size: 32), to: folder.path("m"),
                notes: ["run.json": Array(text.utf8)])
        }
        #expect(try contents(ofFile: folder.path("m/run.json")) == Array("two".utf8))
    }

    @Test("A full disk leaves the old model", .enabled(if: TinyDisk.isPermitted, "\(TinyDisk.reason)"))
    func fullDisk() throws {
        let disk = try TinyDisk(kilobytes: 900)
        let model = try SmallModel.make(SmallModel.transformer)
        let path = try SmallModel.write(model, in: disk.folder)
        let error = #expect(throws: FileError.self) {
            try SmallModel.write(SmallModel.transformer, in: disk.folder)
        }
        #expect(error?.description.contains("No space left on device") == true, "\(error?.description ?? "")")
        #expect(error?.description.hasPrefix("\(path)/") == true)
        let read = try ModelFolder(opening: path).model()
        #expect(try distance(model.parameters[0].tensor, read.parameters[0].tensor) == 0)
        #expect(try disk.folder.names() == ["model"])
    }
}
