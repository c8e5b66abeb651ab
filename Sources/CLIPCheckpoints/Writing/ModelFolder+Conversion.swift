internal import CLIPFiles
internal import CLIPModels
internal import CLIPTensor
internal import CLIPTokenization

extension ModelFolder {
    /// Writes the model as a folder of another layout. But for the changes that the options ask for, each tensor keeps its
    /// type and its bytes, so that to and fro gives what was there.
    ///
    /// One tensor is in memory at a time. The folder appears whole or not at all.
    ///
    /// - Throws: `FileError` naming what could not be read or written, or what the layout cannot say.
    public func convert(to path: String, layout: CheckpointLayout) throws {
        let writer = ModelWriter(
            configuration: configuration, tensors: try savedTensors(), vocabulary: try savedVocabulary(),
            preprocessing: preprocessing, path: path, dtype: savedType)
        try writer.write(layout: layout)
    }

    /// The type of most elements.
    private var savedType: DType {
        if changes.widens { return .float32 }
        let counts = weights.elementCounts.filter(\.key.isFloatingPoint)
        return counts.max { $0.value < $1.value }?.key ?? .float32
    }
}
