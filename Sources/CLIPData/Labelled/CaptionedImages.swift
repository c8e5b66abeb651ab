/// The images of another set, each once and with all of its captions: what retrieval is measured on.
///
/// Where an image stands several times in a list, its captions come together; an image without a caption that can be read is
/// passed over and counted in ``skipped``. All captions are read when the set is opened.
struct CaptionedImages: StoredPairs {
    let skipped: BadSamples
    private let base: any StoredPairs
    /// The indices of an image in the base set, for one image after the other.
    private let indices: [Int]
    /// The end of each image's.
    private let ends: [Int]

    /// How many samples' captions are read before they are put together.
    private static let stretch = 4096

    /// - Parameter name: What an error calls the set.
    /// - Throws: ``DatasetError`` where no image has a caption.
    init(_ base: any StoredPairs, name: String) throws {
        var (skipped, groups, numbers) = (base.skipped, [[Int]](), [String: Int]())
        for start in stride(from: 0, to: base.count, by: Self.stretch) {
            let samples = parallelMap(min(Self.stretch, base.count - start)) { offset in
                let index = start + offset
                return (image: base.imageName(at: index, epoch: 0), fault: Self.fault(of: base, at: index))
            }
            for (offset, sample) in samples.enumerated() {
                if let fault = sample.fault {
                    skipped.add(fault)
                } else if let known = numbers[sample.image] {
                    groups[known].append(start + offset)
                } else {
                    numbers[sample.image] = groups.count
                    groups.append([start + offset])
                }
            }
        }
        guard !groups.isEmpty else {
            let first = skipped.first.first.map { "; the first: \($0)" } ?? ""
            throw DatasetError(name, "expected images with captions, found none (\(skipped.count) without\(first))")
        }
        (self.base, self.skipped, indices) = (base, skipped, groups.flatMap { $0 })
        ends = groups.reduce(into: []) { $0.append(($0.last ?? 0) + $1.count) }
    }

    /// Why a sample has no caption.
    private static func fault(of base: any StoredPairs, at index: Int) -> BadSample? {
        do {
            return try base.allCaptions(at: index).isEmpty
                ? BadSample(name: base.name(at: index), reason: "expected a caption, found none") : nil
        } catch {
            return BadSample(name: base.name(at: index), reason: "\(error)")
        }
    }

    var count: Int { ends.count }
    var makesCaptions: Bool { base.makesCaptions }

    private func first(_ index: Int) -> Int { indices[index > 0 ? ends[index - 1] : 0] }

    func allCaptions(at index: Int) throws -> [String] {
        try indices[(index > 0 ? ends[index - 1] : 0)..<ends[index]].flatMap { try base.allCaptions(at: $0) }
    }

    func imageBytes(at index: Int) throws -> [UInt8] { try base.imageBytes(at: first(index)) }

    /// The image beside the first of its captions.
    func pairs(at index: Int, epoch: Int) throws -> [Pair] {
        let captions = try captions(at: index, epoch: epoch)
        return try base.pairs(at: first(index), epoch: epoch).map { Pair(image: $0.image, caption: captions[0]) }
    }

    func captions(at index: Int, epoch: Int) throws -> [String] { [try allCaptions(at: index)[0]] }

    func checkPresence(at index: Int, epoch: Int) throws { try base.checkPresence(at: first(index), epoch: epoch) }

    func name(at index: Int, epoch: Int) -> String { base.name(at: first(index), epoch: epoch) }

    func imageName(at index: Int, epoch: Int) -> String { base.imageName(at: first(index), epoch: epoch) }

    func location(at index: Int) -> String { base.location(at: first(index)) }
}
