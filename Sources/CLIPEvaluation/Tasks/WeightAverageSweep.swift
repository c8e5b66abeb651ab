public import CLIP
internal import CLIPCheckpoints

/// The averages of the weights of a model before and after fine-tuning, θ = (1 − α)·θ₀ + α·θ₁, each held against a
/// validation set (Wortsman et al. 2022, "WiSE-FT"). Each average is made when it is asked for.
public struct WeightAverageSweep: Sendable {
    /// What the images are asked.
    public enum Question: Sendable {
        /// Which of the labels an image has, without training; `truths` are the positions of the right ones.
        case classes(labels: [String], truths: [Int], templates: [PromptTemplate])
        /// Which image belongs to a caption, and which caption to an image; equal captions match one another.
        case captions([String])
    }

    /// How an average did.
    public struct Score: Sendable {
        /// The share of the fine-tuned model.
        public let alpha: Double
        /// The accuracy, or the mean of the recalls at the first place in both directions: from 0 to 1.
        public let value: Double
        /// The images that could not be read and do not count.
        public let failures: [ImageFailure]
    }

    private let start: String
    private let model: String
    private let images: [ImageSource]
    private let question: Question
    private let options: CLIPEncoder.Options

    /// A sweep from one model to another of the same architecture.
    public init(
        start: String, model: String, images: [ImageSource], question: Question,
        options: CLIPEncoder.Options = .init()
    ) {
        (self.start, self.model, self.images) = (start, model, images)
        (self.question, self.options) = (question, options)
    }

    /// Averages the weights and asks the validation set. Only one average is in memory at a time.
    ///
    /// Throws what opening the models throws.
    public func score(alpha: Double) async throws -> Score {
        var options = options
        options.average = ModelFolder.Average(model: model, share: alpha)
        let clip = try await CLIPEncoder(model: start, options: options)
        var (rows, kept, failures) = (Embeddings(width: clip.width), [Int](), [ImageFailure]())
        try await clip.embed(images: images) { batch in
            rows.append(batch.embeddings)
            kept += batch.positions
            failures += batch.failures
        }
        guard !kept.isEmpty else { return Score(alpha: alpha, value: 0, failures: failures) }
        return Score(alpha: alpha, value: try await value(rows, kept, clip), failures: failures)
    }

    private func value(_ rows: Embeddings, _ kept: [Int], _ clip: CLIPEncoder) async throws -> Double {
        switch question {
        case .classes(let labels, let truths, let templates):
            let classifier = try await clip.classifier(labels: labels, templates: templates)
            return Accuracy(try SimilarityMatrix(rows, classifier.weights), truths: kept.map { truths[$0] }).top(1)
        case .captions(let captions):
            let captions = kept.map { captions[$0] }
            let places = Dictionary(grouping: captions.indices, by: { captions[$0] })
            let matches = captions.map { Set(places[$0] ?? []) }
            let texts = try await clip.embed(texts: captions)
            return
                (try Retrieval(rows, texts, matches: matches).recall(at: 1)
                + Retrieval(texts, rows, matches: matches).recall(at: 1)) / 2
        }
    }
}

extension [WeightAverageSweep.Score] {
    /// The best score; of equal ones that nearest to the start, which forgets least. Nil of none.
    public var best: WeightAverageSweep.Score? {
        self.min { ($1.value, $0.alpha) < ($0.value, $1.alpha) }
    }
}
