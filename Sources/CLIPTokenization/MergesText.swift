/// The text form of merges: a line for each, two tokens separated by a space, in the order of their ranks.
enum MergesText {
    /// The first line of a file that this module writes, the same as Hugging Face's.
    private static let header = "#version: 0.2"

    /// The merges of a file's lines.
    ///
    /// - Parameters:
    ///   - hasHeader: Whether the first line is a heading whatever it says; else only one that begins with `#version`.
    ///   - limit: The number of merges after which the rest of the file is not read.
    static func parse(
        _ bytes: some Collection<UInt8>, hasHeader: Bool = false, limit: Int = .max
    ) throws -> [BPEVocabulary.Merge] {
        var merges: [BPEVocabulary.Merge] = []
        for (number, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if merges.count == limit { break }
            let parts = line.split { $0 == 0x20 || $0 == 0x0D }
            if parts.isEmpty || number == 0 && (hasHeader || line.starts(with: "#version".utf8)) { continue }
            guard parts.count == 2, let left = String(validating: parts[0], as: UTF8.self),
                let right = String(validating: parts[1], as: UTF8.self)
            else {
                throw VocabularyError(
                    expected: "two tokens of UTF-8 in line \(number + 1)",
                    found: "\"\(String(decoding: line.prefix(60), as: UTF8.self))\"")
            }
            merges.append(BPEVocabulary.Merge(left: left, right: right))
        }
        return merges
    }

    /// The content of a `merges.txt`.
    static func text(_ merges: [BPEVocabulary.Merge]) -> String {
        var text = header + "\n"
        for merge in merges { text += "\(merge.left) \(merge.right)\n" }
        return text
    }
}
