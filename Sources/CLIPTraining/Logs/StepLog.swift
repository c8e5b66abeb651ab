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

    /// Begins the file anew with the lines that stay of a run that goes on; none of a new one.
    init(_ path: String, after earlier: [Line]) throws {
        let encoder = encoder
        try AtomicFile.write(to: path) { file in
            for line in earlier { try file.write(encoder.encode(line) + Data("\n".utf8)) }
        }
        file = try AppendedFile(path: path)
    }

    func append(_ line: Line) throws { try file.write(encoder.encode(line) + Data("\n".utf8)) }
}

/// Files with a JSON object on each line.
enum JSONLines {
    static func encoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// The lines of a file, none where it is not there. The last one is left out where it is torn, as a run leaves it that
    /// is killed while it writes.
    ///
    /// - Throws: `FileError` for a file that is there and cannot be read, and for a line that is broken.
    static func read<Line: Decodable>(_: Line.Type, _ path: String) throws -> [Line] {
        try read(path) { number, text, isTorn in
            if isTorn { return }
            throw FileError(
                .badData, path: path,
                "line \(number): expected a line as a run writes it, found \(String(decoding: text.prefix(200), as: UTF8.self).quoted())"
            )
        }
    }

    /// The same without the lines that are broken: what there is to show of a file.
    ///
    /// - Parameter onNotice: Told in a line of those that are broken, where there are any.
    static func readable<Line: Decodable>(
        _: Line.Type, _ path: String, onNotice: (String) -> Void = { _ in }
    ) throws -> [Line] {
        var broken: [Int] = []
        let lines: [Line] = try read(path) { number, _, _ in broken.append(number) }
        if let first = broken.first {
            onNotice(
                "warning: \(path): \(broken.count) of \(lines.count + broken.count) lines cannot be read and are left out, "
                    + "the first of them line \(first)")
        }
        return lines
    }

    private static func read<Line: Decodable>(
        _ path: String, onBroken: (_ number: Int, _ text: Slice<UnsafeRawBufferPointer>, _ isTorn: Bool) throws -> Void
    ) throws -> [Line] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        // Mapped, whatever its size: lines are read one after the other.
        let file = try MappedFile(path: path)
        let decoder = JSONDecoder()
        var lines: [Line] = []
        var (rest, number) = (UnsafeRawBufferPointer(file.bytes)[...], 0)
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            let text = rest[..<(end ?? rest.endIndex)]
            rest = rest[(end.map { $0 + 1 } ?? rest.endIndex)...]
            number += 1
            if text.count <= longestLine, let line = try? decoder.decode(Line.self, from: Data(text)) {
                lines.append(line)
            } else if !text.isEmpty {
                try onBroken(number, text, end == nil)
            }
        }
        withExtendedLifetime(file) {}
        return lines
    }

    /// A longer line is broken.
    private static let longestLine = 64 << 20
}

extension RunFolder {
    /// The metrics of the run so far, in the order of its steps, without lines that are broken. Throws `FileError` for a file
    /// that cannot be read.
    public func readMetrics() throws -> [MetricsLine] { try JSONLines.readable(MetricsLine.self, metrics) }

    /// What was measured on the validation set so far, without lines that are broken; the first of a run that began with a
    /// model is of step 0. Throws `FileError` for a file that cannot be read.
    public func readValidations() throws -> [ValidationResult] {
        try JSONLines.readable(ValidationResult.self, validation)
    }

    /// What the doctor found so far, without lines that are broken. Throws `FileError` for a file that cannot be read.
    public func readFindings() throws -> [Finding] { try JSONLines.readable(Finding.self, findings) }
}
