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
    private let encoder = JSONLines.encoder()

    /// Opens the file of a new run, of which nothing stays, or of one that goes on after a step: lines of later ones, which
    /// it takes again, are cut off.
    ///
    /// - Parameter onEarlier: Given the lines that stay.
    /// - Throws: `FileError` for a file of a run that goes on that is there and cannot be read.
    init(_ path: String, keepingStepsUpTo step: Int?, onEarlier: ([Line]) -> Void) throws {
        let encoder = encoder
        let kept = try step.map { step in try JSONLines.read(Line.self, path).filter { $0.step <= step } } ?? []
        try AtomicFile.write(kept.flatMap { try encoder.encode($0) + Data("\n".utf8) }, to: path)
        file = try AppendedFile(path: path)
        onEarlier(kept)
    }

    func append(_ line: Line) throws { try file.write(encoder.encode(line) + Data("\n".utf8)) }
}

/// Files with a JSON object on each line.
enum JSONLines {
    /// A file of more bytes is no log of a run.
    private static let largest = 1 << 30

    static func encoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// The lines of a file, none where it is not there; those that are broken, such as the last one of a run that was killed,
    /// are left out.
    ///
    /// - Throws: `FileError` for a file that is there and cannot be read, so that nothing takes its place.
    static func read<Line: Decodable>(_: Line.Type, _ path: String) throws -> [Line] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        let decoder = JSONDecoder()
        return try contents(ofFile: path, limit: largest).split(separator: UInt8(ascii: "\n")).compactMap {
            try? decoder.decode(Line.self, from: Data($0))
        }
    }
}

extension RunFolder {
    /// The metrics of the run so far, in the order of its steps. Throws `FileError` for a file that cannot be read.
    public func readMetrics() throws -> [MetricsLine] { try JSONLines.read(MetricsLine.self, metrics) }

    /// What was measured on the validation set so far; the first of a run that began with a model is of step 0. Throws
    /// `FileError` for a file that cannot be read.
    public func readValidations() throws -> [ValidationResult] { try JSONLines.read(ValidationResult.self, validation) }

    /// What the doctor found so far. Throws `FileError` for a file that cannot be read.
    public func readFindings() throws -> [Finding] { try JSONLines.read(Finding.self, findings) }
}
