import CLIPData
import CLIPImaging
import CLIPModels
import CLIPTokenization
internal import Foundation

/// The images that a run is measured on, with their captions. Where their pixels fit into the budget they are decoded once.
final class ValidationSet {
    let pairs: ValidationPairs
    /// What was passed over when the source was opened, and what could not be read in the last pass.
    private(set) var bad: BadSamples
    private let plan: TrainingPlan
    /// Images, or texts, that go through a tower at once.
    let batchSize: Int
    private let options: LoaderOptions
    private let budget: Int
    private var kept: [Batch]?

    /// Opens the source and reads a batch, so that a run whose validation cannot be made ends before it begins; the others
    /// are read when they are asked for.
    init(_ configuration: ValidationConfiguration, _ plan: TrainingPlan) throws {
        pairs = try ValidationPairs(configuration.data.openMeasured())
        bad = pairs.skipped
        batchSize = configuration.batchSize ?? plan.configuration.batchSize
        var options = LoaderOptions()
        options.batchSize = batchSize
        options.shuffles = false
        options.dropsLast = false
        options.epochs = 1
        options.threads = max(plan.configuration.loaderThreads, ProcessInfo.processInfo.activeProcessorCount)
        self.options = options
        self.plan = plan
        budget = configuration.data.cacheMegabytes << 20
        for column in configuration.classes.keys where !pairs.columns.contains(column) {
            throw TrainingError(
                "validation.classes",
                "expected columns of \(configuration.data.table ?? "a table"), found \(column); it has "
                    + pairs.columns.prefix(20).joined(separator: ", "))
        }
        try checkFirstBatch()
    }

    private func checkFirstBatch() throws {
        let loader = try loader()
        defer { loader.stop() }
        do {
            _ = try loader.next()
        } catch let error as DatasetError {
            throw TrainingError("validation.data", "\(error)")
        }
    }

    private func loader() throws -> BatchLoader {
        try BatchLoader(
            pairs, images: .preprocessed(plan.preprocessing), tokenizer: plan.tokenizer, options: options)
    }

    /// Calls `body` with the batches of images, in the order of the source.
    func read(_ body: (Batch) throws -> Void) throws {
        if let kept {
            for batch in kept { try body(batch) }
            return
        }
        let loader = try loader()
        defer { loader.stop() }
        var (batches, bytes): ([Batch], Int) = ([], 0)
        while let batch = try loader.next() {
            bytes += batch.pixels.count
            if bytes <= budget { batches.append(batch) } else { batches = [] }
            try body(batch)
        }
        bad = pairs.skipped
        bad.add(loader.report.bad)
        if bytes <= budget { kept = batches }
    }
}
