internal import CLIPFiles
internal import Foundation

/// A line of a log that belongs to a step of the run.
protocol StepLine: Codable {
    var step: Int { get }
}

extension MetricsLine: StepLine {}

/// Appends lines of JSON to a file.
final class StepLog<Line: StepLine> {
    private let file: AppendedFile
    private let encoder: JSONEncoder

    /// Opens the file; lines of steps after `step`, which a resumed run takes again, are cut off. With nil, nothing of an
    /// older file stays.
    init(_ path: String, keepingStepsUpTo step: Int?) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.encoder = encoder
        let kept = step.map { step in Self.read(path).filter { $0.step <= step } } ?? []
        try AtomicFile.write(kept.flatMap { try encoder.encode($0) + Data("\n".utf8) }, to: path)
        file = try AppendedFile(path: path)
    }

    func append(_ line: Line) throws { try file.write(encoder.encode(line) + Data("\n".utf8)) }

    /// The lines of a file; those that are broken, such as the last one of a run that was killed, are left out.
    static func read(_ path: String) -> [Line] {
        guard let bytes = try? contents(ofFile: path, limit: 1 << 30) else { return [] }
        let decoder = JSONDecoder()
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap {
            try? decoder.decode(Line.self, from: Data($0))
        }
    }
}

extension RunFolder {
    /// The metrics of the run so far, in the order of its steps.
    public func readMetrics() -> [MetricsLine] { StepLog<MetricsLine>.read(metrics) }

    /// What was measured on the validation set so far; the first of a run that began with a model is of step 0.
    public func readValidations() -> [ValidationResult] { StepLog<ValidationResult>.read(validation) }

    /// What the doctor found so far.
    public func readFindings() -> [Finding] { StepLog<Finding>.read(findings) }
}
