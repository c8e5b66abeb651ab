/// The way of the class `SiglipTokenizer` of the library transformers: it finds special tokens, cleans what lies between
/// them as SigLIP's training did, and encodes that behind a marker which it takes off again.
struct SiglipCleaning: Sendable {
    private let segmenter: ModelSegmenter
    private let specials: AddedTokens
    private let lowercases: Bool
    /// The name of the unknown token, set in front so that white space at the start of a text stays.
    private let marker: [UInt8]
    private let markerLength: Int

    init(_ segmenter: ModelSegmenter, specials: [AddedTokens.Token], unknown: String, lowercases: Bool) {
        self.segmenter = segmenter
        self.specials = AddedTokens(specials, normalizers: [])
        self.lowercases = lowercases
        marker = Array(unknown.utf8)
        markerLength = segmenter.ids(of: marker).count
    }

    /// The ids of a text.
    func ids(of text: String) -> [Int32] {
        let shown = "▁" + String(codePoints: text.unicodeScalars.map { $0 == "▁" ? 0x20 : $0.value })
        let bytes = Array(shown.utf8)
        var ids: [Int32] = []
        for (place, part) in specials.parts(of: bytes, isNormalized: false).enumerated() {
            switch part {
            case .token(let id):
                // The mark of a word's beginning before a special token means nothing.
                if place == 1, ids.count == 1, ids.first == segmenter.trie.id(of: "▁") { ids = [] }
                ids.append(id)
            case .text(let range): ids.append(contentsOf: encode(bytes[range]))
            }
        }
        return ids
    }

    private func encode(_ part: ArraySlice<UInt8>) -> ArraySlice<Int32> {
        let cleaned = clean(String(decoding: part, as: UTF8.self).unicodeScalars.map(\.value))
        let ids = segmenter.ids(of: marker + Array(String(codePoints: cleaned).utf8))
        return ids.count >= markerLength ? ids[markerLength...] : ids[...]
    }

    private func clean(_ text: [UInt32]) -> [UInt32] {
        let letters = lowercases ? Lowercasing.lowercased(text) : text
        return TextCanonicalization.collapsed(TextCanonicalization.withoutPunctuation(letters))
    }
}
