import CLIP
import CLIPData
internal import CLIPEvaluation
import CLIPImaging
internal import Foundation

/// Some captions of the validation set and the images that they find, for a person to look at.
struct RetrievalGrid: Codable, Sendable, Hashable {
    /// The steps taken before.
    var step: Int
    /// The number of images that each caption chose among.
    var images: Int
    var queries: [Query]

    /// A caption.
    struct Query: Codable, Sendable, Hashable {
        var caption: String
        /// The place of its best true match, from 1.
        var place: Int
        /// A true match.
        var own: Thumbnail
        /// The first images, the nearest first.
        var found: [Found]
    }

    /// An image that was found.
    struct Found: Codable, Sendable, Hashable {
        var image: Thumbnail
        var cosine: Double
        var isRight: Bool
    }

    /// A small picture.
    struct Thumbnail: Codable, Sendable, Hashable {
        var name: String
        var width: Int
        var height: Int
        /// A PNG file in base 64.
        var png: String
    }
}

/// Makes grids, always of the same captions, so that one can be compared with the next.
struct RetrievalGridMaker {
    private static let queries = 10
    private static let shown = 5
    /// The longer side of a thumbnail.
    static let side = 96

    private let pairs: ValidationPairs
    private var thumbnails: [Int: RetrievalGrid.Thumbnail] = [:]

    init(_ pairs: ValidationPairs) { self.pairs = pairs }

    mutating func grid(_ set: EmbeddedSet, step: Int) throws -> RetrievalGrid {
        let count = min(Self.queries, set.texts.count)
        let chosen = (0..<count).map { $0 * set.texts.count / count }
        let queries = try chosen.map { text in
            let similarities = try SimilarityMatrix(
                Embeddings(width: set.texts.width, values: Array(set.texts[text])), set.images)
            let matches = set.matches.ofTexts[text]
            let found = try similarities.top(Self.shown, of: 0).map { image in
                RetrievalGrid.Found(
                    image: try thumbnail(set.indices[image]), cosine: Self.finite(similarities[0, image]),
                    isRight: matches.contains(image))
            }
            return RetrievalGrid.Query(
                caption: set.captions[text], place: (similarities.rank(of: matches, in: 0) ?? 0) + 1,
                own: try thumbnail(set.indices[matches.min() ?? 0]), found: found)
        }
        return RetrievalGrid(step: step, images: set.images.count, queries: queries)
    }

    private static func finite(_ cosine: Float) -> Double { cosine.isFinite ? Double(cosine) : 0 }

    private mutating func thumbnail(_ index: Int) throws -> RetrievalGrid.Thumbnail {
        if let known = thumbnails[index] { return known }
        // It was read before; where it is gone by now, a blank is better than the end of the run.
        let image = (try? pairs.pairs(at: index, epoch: 0).first?.image.rgb()) ?? .blank
        let longest = max(image.width, image.height)
        func scaled(_ length: Int) -> Int { max(1, min(length, length * Self.side / longest)) }
        let small =
            longest > Self.side ? image.resized(width: scaled(image.width), height: scaled(image.height)) : image
        let made = RetrievalGrid.Thumbnail(
            name: pairs.name(at: index, epoch: 0), width: small.width, height: small.height,
            png: try small.pngData(compression: 9, name: pairs.name(at: index, epoch: 0)).base64EncodedString())
        thumbnails[index] = made
        return made
    }
}

extension Bitmap {
    fileprivate static let blank = Bitmap(rgb: [128, 128, 128], width: 1, height: 1)
}

extension RetrievalGrid.Thumbnail {
    /// The picture, decoded.
    func bitmap() throws -> Bitmap {
        try Bitmap(decoding: Data(base64Encoded: png) ?? Data(), name: name).rgb()
    }
}
