/// Records of fields with a separator between them, as CSV (RFC 4180) and TSV files have them, read as pandas reads them:
/// a field that begins with a quote ends with the next single one and may hold separators, line breaks and doubled
/// quotes; a quote elsewhere is a character like another; lines end with LF, CRLF or CR; lines of spaces are no records.
struct DelimitedText: Sendable {
    let bytes: [UInt8]
    let separator: UInt8

    /// A record longer than this is broken: 1 MiB.
    static let longestRecord = 1 << 20

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    /// A record as it lies in the file.
    struct Record: Sendable {
        /// Its bytes, without the line's end.
        var bytes: Range<Int>
        /// Where the next record begins.
        var next: Int
        var fieldCount: Int
        /// How many lines it takes.
        var lines = 1
        /// Why it cannot be read.
        var fault: String?
    }

    /// The record that begins at `start`, which lies before the end.
    func record(at start: Int) -> Record {
        guard let record = quotedRecord(at: start) else {
            var line = plainLine(at: start)
            line.fault = "a quote that is not closed"
            return line
        }
        return checked(record)
    }

    /// The record with its quoted fields, or `nil` where a quote is not closed before the limit.
    private func quotedRecord(at start: Int) -> Record? {
        var (index, fieldCount, lines) = (start, 1, 1)
        var (isQuoted, beginsField) = (false, true)
        while index < bytes.count {
            let byte = bytes[index]
            if isQuoted {
                if byte == Self.lineFeed { lines += 1 }
                if byte == Self.quote {
                    if index + 1 < bytes.count, bytes[index + 1] == Self.quote { index += 1 } else { isQuoted = false }
                }
                if index - start > Self.longestRecord { return nil }
            } else if byte == separator {
                fieldCount += 1
                beginsField = true
                index += 1
                continue
            } else if byte == Self.lineFeed || byte == Self.carriageReturn {
                break
            } else if byte == Self.quote && beginsField {
                isQuoted = true
            }
            beginsField = false
            index += 1
        }
        return isQuoted
            ? nil : Record(bytes: start..<index, next: afterLineEnd(index), fieldCount: fieldCount, lines: lines)
    }

    private func plainLine(at start: Int) -> Record {
        let end = bytes[start...].firstIndex { $0 == Self.lineFeed || $0 == Self.carriageReturn } ?? bytes.count
        return Record(bytes: start..<end, next: afterLineEnd(end), fieldCount: 1)
    }

    private func afterLineEnd(_ end: Int) -> Int {
        guard end < bytes.count else { return end }
        let isPair = bytes[end] == Self.carriageReturn && end + 1 < bytes.count && bytes[end + 1] == Self.lineFeed
        return end + (isPair ? 2 : 1)
    }

    private func checked(_ record: Record) -> Record {
        var record = record
        let content = bytes[record.bytes]
        if content.count > Self.longestRecord {
            record.fault = "\(content.count) bytes in one record, expected at most \(Self.longestRecord)"
        } else if content.contains(0) {
            record.fault = "a NUL byte"
        } else if content.contains(where: { $0 >= 0x80 }), String(validating: content, as: UTF8.self) == nil {
            record.fault = "text that is not UTF-8"
        }
        return record
    }

    /// Whether a record has nothing in it.
    func isBlank(_ record: Record) -> Bool { bytes[record.bytes].allSatisfy { $0 == UInt8(ascii: " ") } }

    /// The fields of a record, without their quotes.
    func fields(of record: Range<Int>) -> [String] {
        var fields: [String] = []
        var field: [UInt8] = []
        var (isQuoted, beginsField) = (false, true)
        var index = record.lowerBound
        while index < record.upperBound {
            let byte = bytes[index]
            index += 1
            if byte == Self.quote && (isQuoted || beginsField) {
                let isDoubled = isQuoted && index < record.upperBound && bytes[index] == Self.quote
                if isDoubled {
                    field.append(byte)
                    index += 1
                } else {
                    isQuoted.toggle()
                }
                beginsField = false
            } else if byte == separator && !isQuoted {
                fields.append(String(decoding: field, as: UTF8.self))
                field.removeAll(keepingCapacity: true)
                beginsField = true
            } else {
                field.append(byte)
                beginsField = false
            }
        }
        fields.append(String(decoding: field, as: UTF8.self))
        return fields
    }
}
