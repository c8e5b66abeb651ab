import Foundation

/// Small files of the tests' own, and parts to make bad ones of.
enum SentencePieceFiles {
    static let lowercase = "{\"type\": \"Lowercase\"}"
    static let metaspace = "{\"type\": \"Metaspace\", \"replacement\": \"▁\", \"prepend_scheme\": \"always\"}"
    static let template = """
        {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "</s>"}}],
         "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}}
        """
    static let unigram = """
        {"type": "Unigram", "unk_id": 2, "vocab": [["<pad>", 0], ["</s>", 0], ["<unk>", 0], ["▁", -3], ["a", -4],
         ["b", -4.5]]}
        """
    static let bytePair = """
        {"type": "BPE", "unk_token": "<unk>", "fuse_unk": true, "byte_fallback": true, "vocab": {"<pad>": 0,
         "</s>": 1, "<unk>": 2, "a": 3, "b": 4, "ab": 5, "▁": 6}, "merges": [["a", "b"]]}
        """

    static func unigramJSON(
        normalizer: String = lowercase, preTokenizer: String = metaspace, postProcessor: String = template,
        model: String = unigram,
        added: String = "[{\"id\": 1, \"content\": \"</s>\", \"normalized\": false, \"special\": true}]"
    ) -> String {
        """
        {"version": "1.0", "added_tokens": \(added), "normalizer": \(normalizer), "pre_tokenizer": \(preTokenizer),
         "post_processor": \(postProcessor), "model": \(model)}
        """
    }

    // MARK: Protocol Buffers

    /// A field of a number.
    static func number(_ field: UInt8, _ value: UInt8) -> [UInt8] { [field << 3, value] }

    /// A field of bytes.
    static func bytes(_ field: UInt8, _ content: [UInt8]) -> [UInt8] {
        var (length, size) = (content.count, [UInt8]())
        repeat {
            size.append(UInt8(length & 0x7F) | (length > 0x7F ? 0x80 : 0))
            length >>= 7
        } while length > 0
        return [field << 3 | 2] + size + content
    }

    /// A piece with its score and type, within a model.
    static func piece(_ text: String, _ score: Float, _ type: UInt8) -> [UInt8] {
        let bits = withUnsafeBytes(of: score.bitPattern.littleEndian) { Array($0) }
        return bytes(1, bytes(1, Array(text.utf8)) + [2 << 3 | 5] + bits + number(3, type))
    }

    /// A whole model; `map` is its `precompiled_charsmap`.
    static func model(_ pieces: [[UInt8]] = pieces, map: [UInt8] = [], trainer: [UInt8] = []) -> [UInt8] {
        pieces.flatMap(\.self) + bytes(2, number(3, 1) + [42 << 3 & 0x7F | 0x80, 42 >> 4, 1] + trainer)
            + bytes(3, map.isEmpty ? [] : bytes(2, map))
    }

    static let pieces = [
        piece("<pad>", 0, 3), piece("</s>", 0, 3), piece("<unk>", 0, 2), piece("▁", -3, 1), piece("a", -4, 1),
        piece("b", -4.5, 1),
    ]

    /// A character map of trie units and replacements.
    static func map(_ units: [UInt32], _ replacements: [UInt8], size: UInt32? = nil) -> [UInt8] {
        ([size ?? UInt32(units.count * 4)] + units).flatMap { unit in
            withUnsafeBytes(of: unit.littleEndian) { Array($0) }
        } + replacements
    }

    /// A map that replaces `A` by `a`: the root leads to unit 1 ^ 0x41, a leaf beside it.
    static let lowercaseA: [UInt8] = {
        var units = [UInt32](repeating: 0, count: 256)
        units[0] = 1 << 10
        units[1 ^ 0x41] = UInt32(2) << 10 | 1 << 8 | 0x41
        units[1 ^ 0x41 ^ 2] = 0x8000_0000
        return map(units, [0x61, 0])
    }()
}
