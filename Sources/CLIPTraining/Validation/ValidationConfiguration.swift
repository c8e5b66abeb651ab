internal import CLIP
internal import Foundation

/// What a run is measured on while it goes on.
public struct ValidationConfiguration: Codable, Sendable, Hashable {
    /// The pairs: any source that `data` has but emoji scenes. Where an image has several captions, all of them count.
    /// `cache_megabytes` is the memory that the pixels may take between evaluations; a larger set is read anew each time.
    public var data: DataConfiguration
    /// Columns of the table whose values are classes to be told without training, each with the prompts whose embeddings
    /// are averaged: `type: ["a photo of a {}"]`.
    public var classes: [String: [String]] = [:]
    /// Steps between evaluations; one is made at the end too. 0 makes that one only.
    public var every = 500
    /// Images, or texts, that go through a tower at once, and pairs of different images among which the loss chooses; the
    /// run's where it is left out.
    public var batchSize: Int?
    /// The metric whose best value is kept in mind, by its name in `validation.jsonl`. A run that goes on with another one,
    /// or another set, begins anew with its best.
    public var best = ValidationMetrics.meanRecall

    /// A validation that still lacks its data.
    public init() {
        data = DataConfiguration()
        data.cacheMegabytes = 512
    }

    private enum CodingKeys: String, CodingKey {
        case data, classes, every
        case batchSize = "batch_size"
        case best
    }
}

extension ValidationConfiguration {
    /// Throws where a value means nothing, before any file is opened.
    func validate() throws {
        try data.validateMeasured(at: "validation.data")
        try check(
            classes.isEmpty || data.table != nil,
            "validation.classes", "expected validation.data.table, whose columns they are")
        guard (0...TrainingConfiguration.largestCount).contains(every) else {
            throw TrainingError(
                "validation.every", "expected 0 to \(TrainingConfiguration.largestCount), found \(every)")
        }
        guard (2...1 << 20).contains(batchSize ?? 2) else {
            throw TrainingError("validation.batch_size", "expected 2 to \(1 << 20), found \(batchSize ?? 0)")
        }
        for (column, templates) in classes {
            guard !templates.isEmpty else {
                throw TrainingError(
                    "validation.classes.\(column)", "expected a list of prompts, such as [\"a photo of a {}\"]")
            }
            _ = try parsed(templates, of: column)
        }
        let known = ValidationMetrics.names(classes: classes.keys.sorted())
        guard known.contains(best) else {
            throw TrainingError("validation.best", "expected one of \(known.joined(separator: ", ")), found \(best)")
        }
    }

    /// Tells the set and the way it is measured from others: two results with the same one can be compared.
    func fingerprint(batchSize: Int) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var measured = self
        (measured.every, measured.best, measured.batchSize) = (0, "", batchSize)
        measured.data.cacheMegabytes = 0
        return String(CRC32C.checksum(Array(try encoder.encode(measured))), radix: 16)
    }

    /// The prompts of a column.
    func parsed(_ templates: [String], of column: String) throws -> [PromptTemplate] {
        do {
            return try templates.map { try PromptTemplate(parsing: $0) }
        } catch {
            throw TrainingError("validation.classes.\(column)", "\(error)")
        }
    }
}
