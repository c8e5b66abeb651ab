internal import CLIP
internal import CLIPData
internal import CLIPEvaluation
internal import CLIPFiles
internal import CLIPImaging
internal import Foundation

/// One call of `clip eval`: models that are opened once, what was found, and what could not be read.
///
/// What each task asks and shows is in an extension of its own.
struct EvaluationSession {
    let models: EvaluatedModels
    let data: EvaluatedData
    let output: EvaluationOutput
    var report = EvaluationReport()
    let worker = TensorWorker()
    private var opened: [String: OpenedModel] = [:]
    private var failures: [String: any Error] = [:]
    private var inputs = 0

    /// A model and where its features come from.
    struct OpenedModel {
        let clip: CLIPEncoder
        let features: FeatureExtractor
    }

    init(_ models: EvaluatedModels, _ data: EvaluatedData, _ output: EvaluationOutput) {
        (self.models, self.data, self.output) = (models, data, output)
    }

    /// The seed of everything that is drawn.
    var seed: UInt64 { models.global.seed ?? 0 }

    /// The samples that intervals are computed on.
    var bootstrap: Bootstrap { Bootstrap(resamples: output.resamples, seed: seed) }

    /// A model by the name that the user gave it; opened when it is first asked for.
    mutating func open(_ name: String) async throws -> OpenedModel {
        if let known = opened[name] { return known }
        let clip = try await models.encoder(name)
        let model = OpenedModel(clip: clip, features: try await FeatureExtractor(clip, cache: output.cacheFolder))
        opened[name] = model
        return model
    }

    /// Says what of a set is passed over.
    mutating func tell(_ skipped: BadSamples, of path: String) {
        guard let first = skipped.first.first else { return }
        let line = "\(skipped.count) entries are left out; the first: \(first)"
        Console.report("\(path): \(line)")
        report.note("\(path): \(line)")
    }

    /// Names images that could not be read, each once, and counts them.
    mutating func fail(_ failed: [ImageFailure], of count: Int, above bar: ProgressBar) {
        inputs = max(inputs, count)
        for failure in failed where failures.updateValue(failure.reason, forKey: failure.name) == nil {
            bar.note("clip: \(failure), and does not count")
        }
        bar.finish()
        if !failures.isEmpty { report.note("\(failures.count) images could not be read and do not count") }
    }

    /// Says that images are of classes that are not asked for.
    mutating func tell(strangers: Int, _ what: String) {
        if strangers > 0 { tell("\(strangers) images \(what), and do not count") }
    }

    /// Says what is not to be overlooked, here and in the report.
    mutating func tell(_ line: String) {
        Console.report(line)
        report.note(line)
    }

    /// Writes and prints what was found.
    ///
    /// - Throws: The status of images that could not be read, which were named before.
    func finish(title: String) throws {
        if let folder = output.output {
            try report.write(to: folder, title: title)
            Console.report("\(folder)/report.html: all figures, with examples")
        }
        try EvaluationPrinter(report).print(asJSON: output.json)
        guard !failures.isEmpty else { return }
        let isAllMissing = failures.values.allSatisfy { ExitStatus(for: $0) == .noInput }
        throw CommandFailure(failures.count >= inputs && isAllMissing ? .noInput : .badData)
    }
}

extension LabelledImages {
    /// The pixels of an image.
    func bitmap(at index: Int) throws -> Bitmap { try image(at: index).bitmap(named: name(at: index)) }
}
