import CLIPCheckpoints
import CLIPData
import CLIPImaging
import CLIPModels
import CLIPTensor
import CLIPTokenization

/// A teacher that fits a run: it reads the batches that the model reads.
struct TeacherPlan {
    private let folder: ModelFolder
    private let precision: Precision

    /// Opens the model at `path`. Throws where it would read other pixels or other tokens than the model that learns, whose
    /// tokenizer this is.
    init(
        _ path: String, for architecture: CLIPConfiguration, _ learner: SavedTokenizer, captions: any PairDataset,
        precision: Precision
    ) throws {
        folder = try ModelFolder(opening: path)
        self.precision = precision
        let (found, expected) = (folder.configuration.vision.imageSize, architecture.vision.imageSize)
        guard found == expected else {
            throw TrainingError(
                "distillation.teacher", "expected a model of images of \(expected) pixels, found \(found)")
        }
        let (context, length) = (folder.configuration.text.contextLength, architecture.text.contextLength)
        // Where padding counts, it has to reach as far as the teacher is used to.
        guard isPaddedAlways ? context == length : context >= length else {
            let more = isPaddedAlways ? "" : " or more"
            throw TrainingError(
                "distillation.teacher", "expected a context of \(length) tokens\(more), found \(context)")
        }
        guard Self.agree(try folder.tokenizerAndVocabulary(), learner, on: captions) else {
            throw TrainingError(
                "distillation.teacher", "expected the vocabulary of the model that learns, found another")
        }
    }

    /// Whether the teacher's texts count with their padding.
    var isPaddedAlways: Bool { folder.configuration.text.isPaddedAlways }

    /// How many samples' captions are looked at.
    private static let comparedSamples = 1000

    /// Whether both are of one vocabulary. Files of one may differ, by what they say beside it or by their kind: of these the
    /// ids decide.
    private static func agree(_ teacher: SavedTokenizer, _ learner: SavedTokenizer, on captions: any PairDataset)
        -> Bool
    {
        guard case .files = teacher.vocabulary, case .files = learner.vocabulary else {
            return teacher.vocabulary == learner.vocabulary
        }
        let (one, other) = (teacher.tokenizer, learner.tokenizer)
        guard one.vocabularySize == other.vocabularySize, one.paddingToken == other.paddingToken,
            one.paddingSide == other.paddingSide
        else { return false }
        return (0..<min(comparedSamples, captions.count)).allSatisfy { index in
            let texts = (try? captions.captions(at: index, epoch: 0)) ?? []
            return texts.allSatisfy { agree(one.encode($0), other.encode($0)) }
        }
    }

    /// Whether the ids are the same, as far as both contexts have them.
    private static func agree(_ one: TokenizedText, _ other: TokenizedText) -> Bool {
        guard one.isTruncated || other.isTruncated else { return one.ids == other.ids }
        let shared = min(one.ids.count, other.ids.count) - 1
        return one.ids.prefix(shared) == other.ids.prefix(shared)
    }

    /// The teacher with its weights.
    func opened(on device: Device) throws -> Teacher {
        try Teacher(
            folder.model(device: device), mean: folder.preprocessing.mean, std: folder.preprocessing.std,
            precision: precision)
    }
}
