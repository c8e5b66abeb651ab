package import CLIPFiles
internal import CLIPImaging
package import CLIPModels

/// What the files of a model say that it is.
struct CheckpointDescription {
    let configuration: CLIPConfiguration
    /// What the architecture was read from.
    let source: String
    let adapter: any WeightAdapter
    let preprocessing: ImagePreprocessing
    let preprocessingFile: String?

    init(_ files: CheckpointFiles, _ weights: WeightFiles, _ options: ModelFolder.Options) throws {
        if let file = files.configuration, options.architecture != nil {
            throw FileError(.badData, path: file, "expected no --architecture where this file says it, found one")
        }
        switch (files.layout, files.configuration) {
        case (.huggingFace, let file?): self = try Self.huggingFace(files, file)
        case (.openCLIP, let file?): self = try Self.openCLIP(file, weights)
        default:
            let lone = LoneWeights(weights: weights, path: files.weights, architecture: options.architecture)
            self = try Self.weights(lone.recognise())
        }
    }

    private init(
        _ configuration: CLIPConfiguration, _ source: String, _ adapter: any WeightAdapter,
        _ preprocessing: (ImagePreprocessing, file: String?)
    ) {
        (self.configuration, self.source, self.adapter) = (configuration, source, adapter)
        (self.preprocessing, preprocessingFile) = preprocessing
    }

    private static func huggingFace(_ files: CheckpointFiles, _ file: String) throws -> Self {
        let configuration = try CLIPConfiguration(reading: Fields(file: file), layout: .huggingFace)
        let adapter: any WeightAdapter =
            configuration.vision.isSigLIP ? HuggingFaceSigLIPAdapter() : HuggingFaceAdapter()
        return Self(configuration, file, adapter, try preprocessing(files, configuration.vision))
    }

    private static func preprocessing(
        _ files: CheckpointFiles, _ vision: VisionConfiguration
    ) throws -> (ImagePreprocessing, file: String?) {
        func read(_ fields: Fields) throws -> ImagePreprocessing {
            try HuggingFacePreprocessing.read(fields, imageSize: vision.imageSize, isSigLIP: vision.isSigLIP)
        }
        if let file = files.existing(HuggingFacePreprocessing.file) { return (try read(Fields(file: file)), file) }
        // Newer versions of the library keep all processors in one file.
        if let file = files.existing("processor_config.json"),
            let fields = try Fields(file: file).fields("image_processor")
        {
            return (try read(fields), file)
        }
        guard !vision.isSigLIP else {
            // SigLIP's two generations differ in the filter.
            throw FileError(
                .badData, path: files.folder, "expected SigLIP's \(HuggingFacePreprocessing.file), found none")
        }
        return (.huggingFace(size: vision.imageSize), nil)
    }

    private static func openCLIP(_ file: String, _ weights: WeightFiles) throws -> Self {
        let root = try Fields(file: file)
        let configuration = try CLIPConfiguration(reading: root, layout: .openCLIP)
        let isSigLIP = configuration.vision.isSigLIP
        guard root["preprocess_cfg"] != nil || !isSigLIP else {
            throw root.refused("preprocess_cfg", "what is done to SigLIP's images", "none")
        }
        let hasTextPrefix = weights.entry("text.token_embedding.weight") != nil
        let adapter: any WeightAdapter =
            isSigLIP ? OpenCLIPSigLIPAdapter() : OpenCLIPAdapter(hasTextPrefix: hasTextPrefix)
        let preprocessing = try OpenCLIPPreprocessing.read(root, imageSize: configuration.vision.imageSize)
        return Self(configuration, file, adapter, (preprocessing, root["preprocess_cfg"] == nil ? nil : file))
    }

    private static func weights(_ found: LoneWeights.Recognition) -> Self {
        Self(
            found.configuration, found.source, found.adapter,
            (.openAI(size: found.configuration.vision.imageSize), nil))
    }
}

extension CLIPConfiguration {
    /// The architecture that a configuration file's text describes; errors name `path`.
    package init(parsing json: JSON, path: String, layout: CheckpointLayout) throws {
        try self.init(reading: Fields(json, path: path), layout: layout)
    }

    fileprivate init(reading root: Fields, layout: CheckpointLayout) throws {
        switch layout {
        case .huggingFace: self = try HuggingFaceConfiguration.read(root)
        case .openCLIP: self = try OpenCLIPConfiguration(root).model
        case .weights: throw root.refused("layout", "one that has a configuration", "weights alone")
        }
    }
}
