internal import CLIPFiles
package import CLIPImaging
package import CLIPModels

extension CheckpointLayout {
    /// The layout of a folder that a model is written in: Hugging Face's where it can say all of the model, else
    /// open_clip's. The failure says why neither can.
    package static func holding(
        _ configuration: CLIPConfiguration, _ preprocessing: ImagePreprocessing, _ vocabulary: SavedVocabulary? = nil
    ) -> Result<CheckpointLayout, LayoutLimit> {
        guard let limit = CheckpointLayout.huggingFace.limit(configuration, preprocessing, vocabulary) else {
            return .success(.huggingFace)
        }
        guard let other = openCLIPLimit(configuration, preprocessing) else { return .success(.openCLIP) }
        return .failure(LayoutLimit("\(limit.reason), and \(other.reason)"))
    }

    /// Why a folder of this layout cannot hold a model with a vocabulary, where that is known; nil where it can.
    package func limit(
        _ configuration: CLIPConfiguration, _ preprocessing: ImagePreprocessing, _ vocabulary: SavedVocabulary?
    ) -> LayoutLimit? {
        switch self {
        case .weights: .weightsAlone
        case .openCLIP: Self.openCLIPLimit(configuration, preprocessing)
        case .huggingFace: Self.huggingFaceLimit(configuration, preprocessing, vocabulary)
        }
    }

    private static func huggingFaceLimit(
        _ configuration: CLIPConfiguration, _ preprocessing: ImagePreprocessing, _ vocabulary: SavedVocabulary?
    ) -> LayoutLimit? {
        if let limit = HuggingFaceConfiguration.limit(configuration) { return limit }
        if case .files = vocabulary, !configuration.vision.isSigLIP { return .bytePairs }
        return HuggingFacePreprocessing.json(preprocessing, isSigLIP: configuration.vision.isSigLIP).limit
    }

    private static func openCLIPLimit(
        _ configuration: CLIPConfiguration, _ preprocessing: ImagePreprocessing
    ) -> LayoutLimit? {
        OpenCLIPConfiguration.json(configuration).limit ?? OpenCLIPPreprocessing.json(preprocessing).limit
    }
}

extension ImagePreprocessing {
    /// The preprocessing as a folder of a layout gives it back: no file says how the place of the crop is rounded and when
    /// an image becomes RGB, the layout implies it.
    package func implied(by layout: CheckpointLayout) -> ImagePreprocessing {
        var preprocessing = self
        let isHuggingFace = layout == .huggingFace
        preprocessing.cropRounding = isHuggingFace ? .down : .halfToEven
        preprocessing.conversion = isHuggingFace ? .firstOverWhite : .last
        return preprocessing
    }
}

/// What a layout cannot express.
package struct LayoutLimit: Error {
    package let reason: String
    init(_ reason: String) { self.reason = reason }

    static let weightsAlone = LayoutLimit("expected the layout of a folder to write, found weights alone")
    static let bytePairs = LayoutLimit(
        "a Hugging Face folder of CLIP has a vocabulary of byte pairs; this model has another")
}

extension Result where Failure == LayoutLimit {
    fileprivate var limit: LayoutLimit? {
        if case .failure(let limit) = self { limit } else { nil }
    }
}
