internal import CLIPFiles
public import CLIPImaging
public import CLIPModels
public import CLIPTensor
public import CLIPTokenization
internal import Foundation

extension ModelFolder {
    /// Writes a model as a folder that appears whole or not at all.
    ///
    /// A model is written in Hugging Face's layout, which `transformers.CLIPModel` (or `SiglipModel`), `CLIPProcessor` and
    /// `CLIPTokenizer.from_pretrained` open; what that layout cannot say, such as a ResNet, a layer scale or the mean of the
    /// patches, in open_clip's, which `open_clip.create_model_and_transforms("local-dir:PATH")` opens. A model folder in the
    /// place is replaced; a folder with anything else in it is not.
    ///
    /// A Hugging Face folder implies how that library rounds the place of the crop and when it converts to RGB
    /// (``ImagePreprocessing/huggingFace(size:conversion:)``), an open_clip folder how open_clip does: train with the one
    /// that the layout implies.
    ///
    /// - Parameters:
    ///   - layout: The layout; nil chooses one that can say all of the model.
    ///   - dtype: The type of the saved weights.
    ///   - notes: Further files for the folder by their names, such as the configuration of the run.
    /// - Throws: `FileError` naming the file that could not be written, or what the layout cannot say.
    public static func write(
        _ model: CLIPModel, vocabulary: BPEVocabulary, preprocessing: ImagePreprocessing, to path: String,
        layout: CheckpointLayout? = nil, dtype: DType = .float32, notes: [String: [UInt8]] = [:]
    ) throws {
        try write(
            model, .pairs(vocabulary), preprocessing: preprocessing, to: path, layout: layout, dtype: dtype,
            notes: notes)
    }

    /// The same with any vocabulary that a model's folder may have, and the files of a classifier beside the model's.
    package static func write(
        _ model: CLIPModel, _ vocabulary: SavedVocabulary, preprocessing: ImagePreprocessing, to path: String,
        layout: CheckpointLayout? = nil, dtype: DType = .float32, notes: [String: [UInt8]] = [:],
        head: ClassificationHead? = nil
    ) throws {
        let writer = ModelWriter(
            configuration: model.configuration, tensors: SavedTensor.all(of: model, dtype: dtype),
            vocabulary: vocabulary, preprocessing: preprocessing, path: path, dtype: dtype)
        try writer.write(layout: layout, notes: notes, head: head)
    }
}

extension ModelFolder {
    /// The names of all files of a model's folder, which a new model may replace.
    package static var replaceableFiles: Set<String> { ModelWriter.files.union([calibrationFile]) }

    /// The file of classes and a calibration that was fitted for the model, which a new model does not inherit.
    package static var calibrationFile: String { "calibration.json" }
}
