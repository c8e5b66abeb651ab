public import Foundation

/// The tokenizer of SigLIP and SigLIP 2: SentencePiece's unigram model or byte-pair encoding with byte fallback.
///
/// It gives the ids of the libraries transformers, tokenizers and sentencepiece for the files of a model's folder. A row
/// is always padded to the whole context, and the tower reads its feature at the last position.
///
/// ```swift
/// let tokenizer = try SentencePieceTokenizer(folder: modelFolder, contextLength: 64)
/// let (ids, truncated) = tokenizer.batch(captions)     // row-major [captions.count, 64]
/// ```
public struct SentencePieceTokenizer: Tokenizer {
    /// The context of all published SigLIP models.
    public static let defaultContextLength = 64

    /// The number of positions of the text tower, the end token included.
    public let contextLength: Int
    /// The number of ids.
    public let vocabularySize: Int
    /// The id that fills a row.
    public let paddingToken: Int32
    /// Where a row is filled.
    public let paddingSide: PaddingSide
    /// What is done to a text first.
    public let canonicalization: TextCanonicalization
    /// The files that the tokenizer was read from: copied as they are into another folder they make the same one there.
    public let files: [URL]

    let segmentation: Segmentation
    private let start: [Int32]
    private let end: [Int32]
    /// Whether a text that ends with the end token by itself gets no second one.
    private let avoidsSecondEnd: Bool

    /// How texts become ids.
    enum Segmentation: Sendable {
        case model(ModelSegmenter)
        case siglip(SiglipCleaning)
        case pieces(PieceSegmenter)
    }

    /// What goes around a text's ids.
    struct Frame: Sendable {
        var start: [Int32] = []
        var end: [Int32] = []
        var avoidsSecondEnd = false
        var padding: Int32
        var paddingSide = PaddingSide.right
    }

    /// A tokenizer over a SentencePiece model: what the library sentencepiece gives, with the end token behind.
    ///
    /// - Parameters:
    ///   - model: The model. Its end token ends every text if it has one; rows are filled with its padding token, else
    ///     the end token, else 0.
    ///   - contextLength: The positions of the text tower; at least 2.
    public init(
        model: SentencePieceModel, contextLength: Int = defaultContextLength,
        canonicalization: TextCanonicalization = .none
    ) {
        let end = model.endID.map { [$0] } ?? []
        self.init(
            .model(ModelSegmenter(model)), count: model.pieces.count, contextLength: contextLength,
            frame: Frame(end: end, padding: model.paddingID ?? model.endID ?? 0), canonicalization: canonicalization,
            files: [])
    }

    init(
        _ segmentation: Segmentation, count: Int, contextLength: Int, frame: Frame,
        canonicalization: TextCanonicalization, files: [URL]
    ) {
        precondition(
            contextLength > frame.start.count + frame.end.count, "a context holds a token beside start and end")
        self.segmentation = segmentation
        self.contextLength = contextLength
        self.canonicalization = canonicalization
        self.files = files
        vocabularySize = count
        (start, end, avoidsSecondEnd) = (frame.start, frame.end, frame.avoidsSecondEnd)
        (paddingToken, paddingSide) = (frame.padding, frame.paddingSide)
    }

    /// The ids of a text; its tail is cut where it does not fit, and the end token stays last.
    public func encode(_ text: String) -> TokenizedText {
        let tokens = tokens(of: text)
        let room = contextLength - start.count - end.count
        var ids = start + tokens.prefix(room)
        if !avoidsSecondEnd || ids.last != end.first { ids += end }
        return TokenizedText(text: text, ids: ids, isTruncated: tokens.count > room)
    }

    /// Every token of a text, without start, end and limit.
    public func tokens(of text: String) -> [Int32] {
        let text = canonicalization(text)
        return switch segmentation {
        case .model(let segmenter): segmenter.ids(of: Array(text.utf8))
        case .siglip(let cleaning): cleaning.ids(of: text)
        case .pieces(let segmenter): segmenter.ids(of: Array(text.utf8))
        }
    }
}
