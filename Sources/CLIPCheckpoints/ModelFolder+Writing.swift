internal import CLIPFiles
public import CLIPImaging
public import CLIPModels
public import CLIPTensor
public import CLIPTokenization
internal import Foundation

extension ModelFolder {
    /// Writes a model as a folder that appears whole or not at all.
    ///
    /// A vision transformer is written in Hugging Face's layout, which `transformers.CLIPModel`, `CLIPProcessor` and
    /// `CLIPTokenizer.from_pretrained` open; a ResNet, which that layout lacks, in open_clip's, which
    /// `open_clip.create_model_and_transforms("local-dir:PATH")` opens. A model folder in the place is replaced; a folder
    /// with anything else in it is not.
    ///
    /// A Hugging Face folder implies how that library rounds the place of the crop and when it converts to RGB
    /// (``ImagePreprocessing/huggingFace(size:conversion:)``), an open_clip folder how open_clip does: train with the one
    /// that the layout implies.
    ///
    /// - Parameters:
    ///   - layout: The layout; nil chooses by the image tower.
    ///   - dtype: The type of the saved weights.
    ///   - notes: Further files for the folder by their names, such as the configuration of the run.
    /// - Throws: `FileError` naming the file that could not be written, or what the layout cannot say.
    public static func write(
        _ model: CLIPModel, vocabulary: BPEVocabulary, preprocessing: ImagePreprocessing, to path: String,
        layout: CheckpointLayout? = nil, dtype: DType = .float32, notes: [String: [UInt8]] = [:]
    ) throws {
        let writer = ModelWriter(
            model: model, vocabulary: vocabulary, preprocessing: preprocessing, path: path, dtype: dtype)
        let names = ModelWriter.files.union(notes.keys)
        try AtomicFolder.write(to: path, replaceable: names) { folder in
            switch (layout, model.configuration.vision) {
            case (.huggingFace, .transformer(let vision)), (nil, .transformer(let vision)):
                try writer.writeHuggingFace(vision, in: folder)
            case (.huggingFace, .resNet):
                throw FileError(.unwritable, path: path, "a Hugging Face folder cannot hold a ResNet tower")
            case (.openCLIP, _), (nil, .resNet): try writer.writeOpenCLIP(in: folder)
            }
            for (name, bytes) in notes { try folder.write(bytes, as: name) }
        }
    }
}

/// The parts of a model on their way into a folder.
private struct ModelWriter {
    let model: CLIPModel
    let vocabulary: BPEVocabulary
    let preprocessing: ImagePreprocessing
    let path: String
    let dtype: DType

    /// The names of all files that a model's folder may hold.
    static let files: Set<String> = [
        "config.json", "model.safetensors", "preprocessor_config.json", "open_clip_config.json",
        "open_clip_model.safetensors",
        "vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json",
    ]

    func writeHuggingFace(_ vision: VisionTransformerConfiguration, in folder: AtomicFolder) throws {
        let tokens = HuggingFaceConfiguration.SpecialTokens(
            startOfText: Int(vocabulary.startOfText), endOfText: endOfText)
        let configuration = HuggingFaceConfiguration.json(model.configuration, vision, tokens, dtype: dtype)
        let processor = try said(HuggingFacePreprocessing.json(preprocessing))
        try writeWeights(HuggingFaceAdapter(), as: "model.safetensors", in: folder)
        try folder.write(configuration.indentedText.utf8, as: "config.json")
        try folder.write(processor.indentedText.utf8, as: HuggingFacePreprocessing.file)
        try writeVocabulary(in: folder)
    }

    func writeOpenCLIP(in folder: AtomicFolder) throws {
        let configuration: JSON = [
            "model_cfg": OpenCLIPConfiguration.json(model.configuration),
            "preprocess_cfg": try said(OpenCLIPPreprocessing.json(preprocessing)),
        ]
        try writeWeights(OpenCLIPAdapter(), as: "open_clip_model.safetensors", in: folder)
        try folder.write(configuration.indentedText.utf8, as: "open_clip_config.json")
        try writeVocabulary(in: folder)
    }

    /// The id at which Hugging Face's tower reads a text's feature. Under OpenAI's rule it is the highest id; where the
    /// vocabulary's end of text is not that, 2 stands for the rule.
    private var endOfText: Int {
        if let id = model.configuration.text.endOfText { return id }
        return Int(vocabulary.endOfText) == vocabulary.count - 1 ? Int(vocabulary.endOfText) : 2
    }

    private func said(_ json: Result<JSON, LayoutLimit>) throws -> JSON {
        do { return try json.get() } catch { throw FileError(.unwritable, path: path, error.reason) }
    }

    private func writeWeights(_ adapter: some WeightAdapter, as name: String, in folder: AtomicFolder) throws {
        var tensors: [String: Tensor] = [:]
        for entry in model.parameters + model.buffers {
            // A count of batches is an integer wherever it is read.
            let type = entry.name.hasSuffix("num_batches_tracked") ? .int64 : dtype
            let saved = try entry.tensor.detached().cast(to: type)
            for (name, tensor) in try adapter.place(of: entry.name).parted(saved) { tensors[name] = tensor }
        }
        try folder.writing(name) { try Safetensors.write(tensors, to: $0) }
    }

    private func writeVocabulary(in folder: AtomicFolder) throws {
        guard vocabulary.count <= model.configuration.text.vocabularySize else {
            throw FileError(
                .unwritable, path: path,
                "expected a vocabulary of at most \(model.configuration.text.vocabularySize) tokens, found \(vocabulary.count)"
            )
        }
        do {
            try vocabulary.save(
                to: URL(filePath: folder.pathOfFile("")), contextLength: model.configuration.text.contextLength)
        } catch let error as VocabularyError {
            // The error names the file where it is now, which nobody will find there.
            let name = error.file.map { ($0 as NSString).lastPathComponent } ?? "vocab.json"
            throw FileError(
                .unwritable, path: "\(withoutTrailingSlashes(path))/\(name)", "cannot be written: \(error.found)")
        }
    }
}
