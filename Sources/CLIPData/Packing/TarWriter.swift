internal import CLIPFiles

/// Writes a tar archive in POSIX's ustar format, the same bytes for the same members.
struct TarWriter {
    private let file: AtomicFile

    init(_ file: AtomicFile) { self.file = file }

    /// How many bytes a member of the size takes.
    static func space(for count: Int) -> Int { TarHeader.size + paddedSize(count) }

    /// Appends a regular file. The name has at most 100 bytes of ASCII.
    func append(_ name: String, _ bytes: [UInt8]) throws {
        try file.write(Self.header(name, count: bytes.count))
        try file.write(bytes)
        try file.write([UInt8](repeating: 0, count: Self.paddedSize(bytes.count) - bytes.count))
    }

    /// Ends the archive.
    func finish() throws { try file.write([UInt8](repeating: 0, count: 2 * TarHeader.size)) }

    private static func paddedSize(_ count: Int) -> Int {
        (count + TarHeader.size - 1) / TarHeader.size * TarHeader.size
    }

    private static func header(_ name: String, count: Int) -> [UInt8] {
        precondition(name.utf8.count <= 100 && count < 1 << 33, "a member that ustar can hold")
        var block = [UInt8](repeating: 0, count: TarHeader.size)
        func put(_ text: String, at offset: Int) {
            block.replaceSubrange(offset..<(offset + text.utf8.count), with: Array(text.utf8))
        }
        put(name, at: 0)
        put("0000644", at: 100)
        put("0000000", at: 108)
        put("0000000", at: 116)
        put(octal(count, digits: 11), at: 124)
        put("00000000000", at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar", at: 257)
        put("00", at: 263)
        put(octal(block.reduce(0) { $0 + Int($1) }, digits: 6) + "\0 ", at: 148)
        return block
    }

    private static func octal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
