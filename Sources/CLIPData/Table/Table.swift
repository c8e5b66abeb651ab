internal import CLIPFiles
import Foundation

/// A file of rows with named columns. The file's bytes are kept as they are, and a row is split when it is asked for.
struct Table: Sendable {
    let file: URL
    /// The names in the first record.
    let columns: [String]
    /// The lines that were passed over.
    private(set) var skipped = BadSamples()
    /// Where each row lies in the file.
    private var rows: [Range<Int>] = []
    private let text: DelimitedText

    /// No table is read that is larger: 8 GiB.
    static let largestFile = 8 << 30

    /// Where the first row begins, and the number of its line.
    private let firstRow: (start: Int, line: Int)

    /// Reads a file and its column names; ``readRows(fault:)`` finds the rows.
    init(contentsOf file: URL, separator: UInt8) throws {
        self.file = file
        text = DelimitedText(bytes: try Self.bytes(of: file), separator: separator)
        var (start, line) = (text.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0, 1)
        while start < text.bytes.count {
            let record = text.record(at: start)
            (start, line) = (record.next, line + record.lines)
            if text.isBlank(record) { continue }
            if let reason = record.fault {
                throw DatasetError(file.path, "expected a line of column names, found \(reason)")
            }
            columns = text.fields(of: record.bytes)
            firstRow = (start, line)
            return
        }
        throw DatasetError(file.path, "expected a line of column names, found nothing")
    }

    /// Finds the rows. Those that are broken are passed over, as are those for which `fault` has a reason.
    mutating func readRows(fault: (_ cells: [String]) -> String?) {
        var (start, line) = firstRow
        while start < text.bytes.count {
            let record = text.record(at: start)
            defer { (start, line) = (record.next, line + record.lines) }
            if text.isBlank(record) { continue }
            if let reason = self.fault(of: record) ?? fault(text.fields(of: record.bytes)) {
                skipped.add(BadSample(name: "\(file.lastPathComponent) line \(line)", reason: reason))
            } else {
                rows.append(record.bytes)
            }
        }
    }

    private func fault(of record: DelimitedText.Record) -> String? {
        if let fault = record.fault { return fault }
        if record.fieldCount == columns.count { return nil }
        return "expected \(columns.count) columns, found \(record.fieldCount)"
    }

    /// The number of rows.
    var count: Int { rows.count }

    /// The cells of a row, as many as there are columns.
    func cells(at row: Int) -> [String] { text.fields(of: rows[row]) }

    private static func bytes(of file: URL) throws -> [UInt8] {
        func failure(_ found: String) -> DatasetError {
            DatasetError(file.path, "expected a table of text, found \(found)")
        }
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: file.resolvingSymlinksInPath().path)
        else { throw FileError(.notFound, path: file.path, "expected a table of text, found no such file") }
        switch attributes[.type] as? FileAttributeType {
        case .typeRegular?: break
        case .typeDirectory?: throw failure("a folder")
        default: throw failure("no plain file")
        }
        let size = (attributes[.size] as? NSNumber)?.intValue ?? 0
        guard size <= largestFile else { throw failure("\(size) bytes, more than \(largestFile)") }
        guard let data = try? Data(contentsOf: file) else { throw failure("a file that cannot be read") }
        let start = [UInt8](data.prefix(2))
        if start == [0xFF, 0xFE] || start == [0xFE, 0xFF] { throw failure("UTF-16, not UTF-8") }
        return [UInt8](data)
    }
}
