import CLIPCheckpoints
import CLIPImaging
import CLIPModels
import CLIPTensor

/// A teacher that fits a run: it reads the batches that the model reads.
struct TeacherPlan {
    private let folder: ModelFolder
    private let precision: Precision

    /// Opens the model at `path`. Throws where it would read other pixels or other tokens than the model that learns.
    init(
        _ path: String, for architecture: CLIPConfiguration, _ vocabulary: SavedVocabulary, precision: Precision
    ) throws {
        folder = try ModelFolder(opening: path)
        self.precision = precision
        let (found, expected) = (folder.configuration.vision.imageSize, architecture.vision.imageSize)
        guard found == expected else {
            throw TrainingError(
                "distillation.teacher: expected a model of images of \(expected) pixels, found \(found)")
        }
        let (context, length) = (folder.configuration.text.contextLength, architecture.text.contextLength)
        guard context >= length else {
            throw TrainingError(
                "distillation.teacher: expected a context of \(length) tokens or more, found \(context)")
        }
        guard try folder.savedVocabulary() == vocabulary else {
            throw TrainingError("distillation.teacher: expected the vocabulary of the model that learns, found another")
        }
    }

    /// The teacher with its weights.
    func opened(on device: Device) throws -> Teacher {
        try Teacher(
            folder.model(device: device), mean: folder.preprocessing.mean, std: folder.preprocessing.std,
            precision: precision)
    }
}
