import CLIPData
import CLIPImaging

/// Stored pairs as a run is measured on them: each image with each of its captions, once and in order. Of a table whose
/// captions are made of sentences, a row has one of them.
struct ValidationPairs: PairDataset {
    private let parts: [any StoredPairs]
    private let places: [Place]

    private struct Place: Sendable {
        let part: Int
        let index: Int
        /// Nil where the sample has none, which its reading then tells.
        let caption: String?
    }

    /// The pairs of one source, or of several one after the other.
    init(_ parts: [any StoredPairs]) {
        self.parts = parts
        places = parts.enumerated().flatMap { number, part in
            (0..<part.count).flatMap { index -> [Place] in
                let captions = try? Self.captions(of: part, at: index)
                guard let captions, !captions.isEmpty else { return [Place(part: number, index: index, caption: nil)] }
                return captions.map { Place(part: number, index: index, caption: $0) }
            }
        }
    }

    private static func captions(of part: any StoredPairs, at index: Int) throws -> [String] {
        try part is TablePairs ? part.captions(at: index, epoch: 0) : part.allCaptions(at: index)
    }

    var count: Int { places.count }

    /// What was passed over when the sources were opened.
    var skipped: BadSamples {
        parts.reduce(into: BadSamples()) { $0.add($1.skipped) }
    }

    func pairs(at index: Int, epoch: Int) throws -> [Pair] {
        let place = places[index]
        return try parts[place.part].pairs(at: place.index, epoch: 0).map { pair in
            Pair(image: pair.image, caption: place.caption ?? pair.caption)
        }
    }

    func captions(at index: Int, epoch: Int) throws -> [String] {
        let place = places[index]
        return try place.caption.map { [$0] } ?? parts[place.part].captions(at: place.index, epoch: 0)
    }

    func checkPresence(at index: Int, epoch: Int) throws {
        let place = places[index]
        try parts[place.part].checkPresence(at: place.index, epoch: 0)
    }

    /// What the image's own source calls it, or where it lies if there are several sources.
    func name(at index: Int, epoch: Int) -> String {
        let place = places[index]
        return parts.count == 1
            ? parts[0].name(at: place.index, epoch: 0) : imageName(at: index, epoch: 0)
    }

    func imageName(at index: Int, epoch: Int) -> String {
        let place = places[index]
        return parts[place.part].imageName(at: place.index, epoch: 0)
    }

    /// The image's: its captions are no samples of their own.
    func identity(at index: Int, epoch: Int) -> SampleIdentity {
        let place = places[index]
        return parts[place.part].identity(at: place.index, epoch: 0).inPart(place.part)
    }

    /// The columns of the table, where there is one and nothing else.
    var columns: [String] { table?.columns ?? [] }

    /// The cells of a pair's row by column name.
    func row(at index: Int) -> [String: String] { table?.row(at: places[index].index) ?? [:] }

    private var table: TablePairs? { parts.count == 1 ? parts[0] as? TablePairs : nil }
}
