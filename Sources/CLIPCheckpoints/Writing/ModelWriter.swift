internal import CLIPFiles
internal import CLIPImaging
internal import CLIPModels
internal import CLIPTensor
internal import CLIPTokenization
internal import Foundation

/// The parts of a model on their way into a folder.
struct ModelWriter {
    let configuration: CLIPConfiguration
    let tensors: [SavedTensor]
    let vocabulary: SavedVocabulary
    let preprocessing: ImagePreprocessing
    let path: String
    /// What a configuration says of the weights' type.
    let dtype: DType

    /// The names of all files that a model's folder may hold.
    static let files: Set<String> = [
        "config.json", "model.safetensors", "preprocessor_config.json", "open_clip_config.json",
        "open_clip_model.safetensors",
        "vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json", "tokenizer.json",
        "spiece.model", "tokenizer.model", "added_tokens.json",
    ]

    /// Writes the folder, whole or not at all.
    ///
    /// - Parameters:
    ///   - layout: The layout; nil chooses one that can say all of the model.
    ///   - notes: Further files by their names.
    ///   - head: A classifier whose files are written too.
    func write(
        layout: CheckpointLayout?, notes: [String: [UInt8]] = [:], head: ClassificationHead? = nil
    ) throws {
        let layout = try layout ?? said(CheckpointLayout.holding(configuration, preprocessing))
        let others = head == nil ? Set(notes.keys) : ClassificationHead.files.union(notes.keys)
        try AtomicFolder.write(to: path, replaceable: Self.files.union(others)) { folder in
            switch layout {
            case .weights:
                throw FileError(.unwritable, path: path, LayoutLimit.weightsAlone.reason)
            case .openCLIP: try writeOpenCLIP(in: folder)
            case .huggingFace: try writeHuggingFace(in: folder)
            }
            for (name, bytes) in notes { try folder.write(bytes, as: name) }
            try head?.write(in: folder)
        }
    }

    private func writeHuggingFace(in folder: AtomicFolder) throws {
        if let limit = HuggingFaceConfiguration.limit(configuration) {
            throw FileError(.unwritable, path: path, limit.reason)
        }
        switch configuration.vision {
        // The limit of every one of them.
        case .resNet: break
        case .transformer(let vision): try writeCLIP(vision, in: folder)
        case .sigLIP(let vision): try writeSigLIP(vision, in: folder)
        }
    }

    private func writeCLIP(_ vision: VisionTransformerConfiguration, in folder: AtomicFolder) throws {
        guard case .pairs(let vocabulary) = vocabulary else {
            throw FileError(.unwritable, path: path, LayoutLimit.bytePairs.reason)
        }
        let tokens = HuggingFaceConfiguration.SpecialTokens(
            startOfText: Int(vocabulary.startOfText), endOfText: endOfText(vocabulary))
        let json = HuggingFaceConfiguration.json(configuration, vision, tokens, dtype: dtype)
        let processor = try said(HuggingFacePreprocessing.json(preprocessing, isSigLIP: false))
        try writeWeights(HuggingFaceAdapter(), as: "model.safetensors", in: folder)
        try folder.write(json.indentedText.utf8, as: "config.json")
        try folder.write(processor.indentedText.utf8, as: HuggingFacePreprocessing.file)
        try writeVocabulary(in: folder)
    }

    private func writeSigLIP(_ vision: SigLIPVisionConfiguration, in folder: AtomicFolder) throws {
        let json = HuggingFaceSigLIPConfiguration.json(configuration, vision, dtype: "\(dtype)")
        let processor = try said(HuggingFacePreprocessing.json(preprocessing, isSigLIP: true))
        try writeWeights(HuggingFaceSigLIPAdapter(), as: "model.safetensors", in: folder)
        try folder.write(json.indentedText.utf8, as: "config.json")
        try folder.write(processor.indentedText.utf8, as: HuggingFacePreprocessing.file)
        try writeVocabulary(in: folder)
    }

    private func writeOpenCLIP(in folder: AtomicFolder) throws {
        var members: [JSON.Member] = []
        if case .files(_, let others) = vocabulary { members = others }
        let json: JSON = [
            "model_cfg": try said(OpenCLIPConfiguration.json(configuration, tokenizer: members)),
            "preprocess_cfg": try said(OpenCLIPPreprocessing.json(preprocessing)),
        ]
        let name = "open_clip_model.safetensors"
        if configuration.vision.isSigLIP {
            try writeWeights(OpenCLIPSigLIPAdapter(), as: name, in: folder)
        } else {
            try writeWeights(OpenCLIPAdapter(hasTextPrefix: configuration.needsCustomText), as: name, in: folder)
        }
        try folder.write(json.indentedText.utf8, as: "open_clip_config.json")
        try writeVocabulary(in: folder)
    }

    /// The id at which Hugging Face's tower reads a text's feature. Under OpenAI's rule it is the highest id; where the
    /// vocabulary's end of text is not that, 2 stands for the rule.
    private func endOfText(_ vocabulary: BPEVocabulary) -> Int {
        if let id = configuration.text.endOfText { return id }
        return Int(vocabulary.endOfText) == vocabulary.count - 1 ? Int(vocabulary.endOfText) : 2
    }

    private func said<Value>(_ value: Result<Value, LayoutLimit>) throws -> Value {
        do { return try value.get() } catch { throw FileError(.unwritable, path: path, error.reason) }
    }

    private func writeWeights(_ adapter: some WeightAdapter, as name: String, in folder: AtomicFolder) throws {
        let deferred = try tensors.flatMap { try $0.deferred(adapter) }
        try folder.writing(name) { try Safetensors.write(deferred, to: $0) }
    }

    private func writeVocabulary(in folder: AtomicFolder) throws {
        switch vocabulary {
        case .pairs(let pairs): try write(pairs, in: folder)
        case .files(let files, _):
            for (name, bytes) in files { try folder.write(bytes, as: name) }
        }
    }

    private func write(_ vocabulary: BPEVocabulary, in folder: AtomicFolder) throws {
        let limit = configuration.text.vocabularySize
        guard vocabulary.count <= limit else {
            throw FileError(
                .unwritable, path: path, "expected a vocabulary of at most \(limit) tokens, found \(vocabulary.count)")
        }
        do {
            try vocabulary.save(
                to: URL(filePath: folder.pathOfFile("")), contextLength: configuration.text.contextLength)
        } catch let error as VocabularyError {
            // The error names the file where it is now, which nobody will find there.
            let name = error.file.map { ($0 as NSString).lastPathComponent } ?? "vocab.json"
            throw FileError(
                .unwritable, path: "\(withoutTrailingSlashes(path))/\(name)", "cannot be written: \(error.found)")
        }
    }
}
