/// The 512 bytes before each member of a tar archive, as ustar, GNU's tar and POSIX's pax write them.
struct TarHeader {
    /// What follows the header.
    enum Kind {
        case file
        /// The name of the next member, where it is too long for the header: GNU's way.
        case longName
        /// Attributes of the next member: POSIX's way.
        case attributes
        /// A folder, a link, a device, or whatever else holds no bytes of a sample.
        case other
    }

    static let size = 512

    let kind: Kind
    let name: String
    /// How many bytes follow, without the padding to whole blocks.
    let size: Int
    /// Whether it carries the mark of POSIX's or GNU's archives: one without could be anything whose sum happens to fit.
    let isMarked: Bool

    /// Reads a block of 512 bytes; `nil` where its checksum or its numbers say that it is no header.
    init?(_ block: ArraySlice<UInt8>) {
        guard block.count == Self.size, Self.hasRightSum(block) else { return nil }
        func field(_ range: Range<Int>) -> ArraySlice<UInt8> {
            block[(block.startIndex + range.lowerBound)..<(block.startIndex + range.upperBound)]
        }
        guard let size = Self.number(field(124..<136)), size <= 1 << 50 else { return nil }
        let magic = field(257..<262)
        isMarked = magic.elementsEqual("ustar".utf8)
        let prefix = isMarked && field(262..<263).first == 0 ? Self.text(field(345..<500)) : ""
        let plain = Self.text(field(0..<100))
        name = prefix.isEmpty ? plain : "\(prefix)/\(plain)"
        switch field(156..<157).first ?? 0 {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): kind = plain.hasSuffix("/") ? .other : .file
        case UInt8(ascii: "L"): kind = .longName
        case UInt8(ascii: "x"), UInt8(ascii: "X"): kind = .attributes
        default: kind = .other
        }
        // Links say the size of what they lead to, and nothing follows them.
        let isLink = [UInt8(ascii: "1"), UInt8(ascii: "2")].contains(field(156..<157).first ?? 0)
        self.size = isLink ? 0 : size
    }

    /// The sum of the block's bytes with blanks in the sum's own place; some old writers took the bytes as signed.
    private static func hasRightSum(_ block: ArraySlice<UInt8>) -> Bool {
        let own = (block.startIndex + 148)..<(block.startIndex + 156)
        guard let written = number(block[own]) else { return false }
        var (unsigned, signed) = (0, 0)
        for index in block.indices {
            let byte = own.contains(index) ? 0x20 : block[index]
            unsigned += Int(byte)
            signed += Int(Int8(bitPattern: byte))
        }
        return written == unsigned || written == signed
    }

    /// An octal number between blanks and NULs, or a binary one where the first bit is set: GNU's way for large sizes.
    private static func number(_ field: ArraySlice<UInt8>) -> Int? {
        if field.first == 0x80 {
            var value = 0
            for byte in field.dropFirst() {
                guard value < 1 << 54 else { return nil }
                value = value << 8 | Int(byte)
            }
            return value
        }
        let digits = field.prefix { $0 != 0 }.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed()
        var value = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit), value < 1 << 54 else { return nil }
            value = value << 3 | Int(digit - UInt8(ascii: "0"))
        }
        return value
    }

    /// The text before the first NUL.
    static func text(_ field: ArraySlice<UInt8>) -> String { String(decoding: field.prefix { $0 != 0 }, as: UTF8.self) }
}

/// What a pax header says of the next member: lines of `LENGTH KEY=VALUE`.
struct TarAttributes {
    var path: String?
    var size: Int?

    init() {}

    /// Reads the lines, up to the first that is none.
    init(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while let blank = rest.prefix(20).firstIndex(of: 0x20),
            let length = Int(String(decoding: rest[..<blank], as: UTF8.self)),
            length > blank - rest.startIndex + 1, length <= rest.count
        {
            let line = rest[(blank + 1)..<(rest.startIndex + length - 1)]
            rest = rest.dropFirst(length)
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let value = String(decoding: line[(equals + 1)...], as: UTF8.self)
            switch String(decoding: line[..<equals], as: UTF8.self) {
            case "path": path = value
            case "size": size = Int(value)
            default: break
            }
        }
    }
}
