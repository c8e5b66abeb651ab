import CLIPData
import CLIPImaging

/// Stored pairs as a run is measured on them: each different image once and in order, with all of its captions. Of a source
/// that makes captions of sentences, a sample has one of them.
struct ValidationPairs: PairDataset {
    private let parts: [any StoredPairs]
    private let images: [Image]

    /// An image, where it comes first.
    private struct Image: Sendable {
        let part: Int
        let index: Int
        /// None where they cannot be read, which the reading of the pair then tells.
        var captions: [String]
    }

    /// How many samples' captions are read before a look whether the run goes on.
    private static let stretch = 4096

    /// The pairs of one source, or of several one after the other. Throws `CancellationError` where the task is cancelled.
    init(_ parts: [any StoredPairs]) throws {
        self.parts = parts
        var images: [Image] = []
        var numbers: [String: Int] = [:]
        for (number, part) in parts.enumerated() {
            for start in stride(from: 0, to: part.count, by: Self.stretch) {
                try Task.checkCancellation()
                let samples = parallelMap(min(Self.stretch, part.count - start)) { offset in
                    let index = start + offset
                    return (name: part.imageName(at: index, epoch: 0), captions: Self.captions(of: part, at: index))
                }
                for (offset, sample) in samples.enumerated() {
                    if !sample.captions.isEmpty, let known = numbers[sample.name] {
                        images[known].captions += sample.captions
                        continue
                    }
                    if !sample.captions.isEmpty { numbers[sample.name] = images.count }
                    images.append(Image(part: number, index: start + offset, captions: sample.captions))
                }
            }
        }
        self.images = images
    }

    private static func captions(of part: any StoredPairs, at index: Int) -> [String] {
        (try? part.makesCaptions ? part.captions(at: index, epoch: 0) : part.allCaptions(at: index)) ?? []
    }

    /// The number of different images.
    var count: Int { images.count }

    /// What was passed over when the sources were opened.
    var skipped: BadSamples {
        parts.reduce(into: BadSamples()) { $0.add($1.skipped) }
    }

    /// All captions of an image.
    func captions(at index: Int) -> [String] { images[index].captions }

    /// The image beside the first of its captions.
    func pairs(at index: Int, epoch: Int) throws -> [Pair] {
        let image = images[index]
        let pairs = try parts[image.part].pairs(at: image.index, epoch: 0)
        guard let caption = image.captions.first else {
            throw DatasetError(name(at: index, epoch: 0), "expected a caption when the run began, found none")
        }
        return pairs.map { Pair(image: $0.image, caption: caption) }
    }

    func checkPresence(at index: Int, epoch: Int) throws {
        let image = images[index]
        try parts[image.part].checkPresence(at: image.index, epoch: 0)
    }

    /// What the image's own source calls it, or where it lies if there are several sources.
    func name(at index: Int, epoch: Int) -> String {
        let image = images[index]
        let part = parts[image.part]
        return parts.count == 1 ? part.name(at: image.index) : part.location(at: image.index)
    }

    func imageName(at index: Int, epoch: Int) -> String {
        let image = images[index]
        return parts[image.part].imageName(at: image.index, epoch: 0)
    }

    func identity(at index: Int, epoch: Int) -> SampleIdentity {
        let image = images[index]
        return parts[image.part].identity(at: image.index, epoch: 0).inPart(image.part)
    }

    /// The columns of the table, where there is one and nothing else.
    var columns: [String] { table?.columns ?? [] }

    /// The cells of the first row of an image by column name.
    func row(at index: Int) -> [String: String] { table?.row(at: images[index].index) ?? [:] }

    private var table: TablePairs? { parts.count == 1 ? parts[0] as? TablePairs : nil }
}
