/// The classes of the library transformers that read the files of these models. Some of them keep only parts of a
/// `tokenizer.json` and put their own in place of the rest.
enum TokenizerClass: Sendable {
    /// Reads `spiece.model`, cleans the text itself.
    case siglip
    /// Its own normalizer (in small letters), pre-tokenizer and unknown token; the rest from the file.
    case siglip2
    /// As `siglip2`, with the letters as they are.
    case gemma
    /// The file's character map, its own pre-tokenizer and end.
    case t5
    /// The file as it is.
    case generic

    /// The class that transformers chooses from what `tokenizer_config.json` names and what model `config.json` is of.
    init(named name: String?, modelType: String?) {
        if modelType == "siglip2" {
            self = .siglip2
            return
        }
        let fallback = modelType == "siglip" ? "SiglipTokenizer" : nil
        let name = name ?? fallback ?? ""
        switch name.hasSuffix("Fast") ? String(name.dropLast(4)) : name {
        case "SiglipTokenizer": self = .siglip
        case "Siglip2Tokenizer": self = .siglip2
        case "GemmaTokenizer": self = .gemma
        case "T5Tokenizer": self = .t5
        default: self = .generic
        }
    }

    /// Where the class pads if no file says it.
    var paddingSide: PaddingSide { self == .gemma || self == .siglip2 ? .left : .right }

    /// The normalisers that the class uses where the file has these.
    func normalizers(_ file: [TextNormalizer]) -> [TextNormalizer] {
        let spaces = TextNormalizer.replace(.text([0x20]), by: [0x2581])
        switch self {
        case .siglip2: return [.lowercase, spaces]
        case .gemma: return [spaces]
        case .t5: return Array(file.filter { if case .precompiled = $0 { true } else { false } }.prefix(1))
        case .siglip, .generic: return file
        }
    }

    /// The pre-tokenizers that the class uses where the file has these.
    func preTokenizers(_ file: [PreTokenizer]) -> [PreTokenizer] {
        switch self {
        case .siglip2, .gemma: [.split([0x20], .mergedWithPrevious)]
        case .t5: [.whitespaceSplit, .metaspace(replacement: Array("▁".utf8), prepends: true, splits: true)]
        case .siglip, .generic: file
        }
    }
}
