import Foundation

/// Several data sets as one, each as often as its weight says: with 2, an epoch has each of its samples twice; with 0.5, half
/// of them, and the next epoch the other half.
///
/// ```swift
/// let pairs = try MixedPairs([(photographs, weight: 1), (drawings, weight: 2.5)])
/// ```
///
/// open_clip's upsampling factors mean the same, but draw with replacement.
public struct MixedPairs: PairDataset {
    /// The number of indices in an epoch.
    public let count: Int
    private let parts: [any PairDataset]
    private let copies: [Int]
    private let segments: [Segment]

    /// A run of indices that stands for samples of one part: a block of it, or all of it.
    private struct Segment: Sendable {
        let range: Range<Int>
        let part: Int
        /// Which of the part's copies in an epoch it belongs to.
        let copy: Int
        let source: Range<Int>
        let isBlock: Bool
    }

    /// No weight is larger.
    public static let largestWeight = 1000.0

    /// - Throws: ``DatasetError`` for weights that mean nothing, or parts that give groups of different sizes.
    public init(_ weighted: [(dataset: any PairDataset, weight: Double)]) throws {
        parts = weighted.map(\.dataset)
        copies = weighted.map { Int($0.weight.clamped.rounded(.up)) }
        guard Set(parts.map(\.groupSize)).count == 1 else {
            throw DatasetError("mixture", "expected data sets with groups of one size")
        }
        var segments: [Segment] = []
        for (part, (dataset, weight)) in weighted.enumerated() {
            guard weight > 0, weight <= Self.largestWeight else {
                throw DatasetError(
                    "mixture", "expected a weight above 0 and up to \(Self.largestWeight), found \(weight)")
            }
            let isSharded = !dataset.blocks.isEmpty
            let sources = isSharded ? dataset.blocks : [0..<dataset.count]
            for copy in 0..<copies[part] {
                let share = min(1, weight - Double(copy))
                var owed = 0.0
                for source in sources {
                    // What rounding leaves is carried to the next block, so that the whole has its share.
                    owed += share * Double(source.count)
                    let taken = min(source.count, max(0, Int(owed.rounded())))
                    owed -= Double(taken)
                    let start = segments.last?.range.upperBound ?? 0
                    let (end, overflows) = start.addingReportingOverflow(taken)
                    guard !overflows, end < 1 << 48 else {
                        throw DatasetError("mixture", "expected fewer samples in an epoch")
                    }
                    guard taken > 0 else { continue }
                    segments.append(
                        Segment(range: start..<end, part: part, copy: copy, source: source, isBlock: isSharded))
                }
            }
        }
        guard let last = segments.last else { throw DatasetError("mixture", "expected samples, found none") }
        self.segments = segments
        count = last.range.upperBound
    }

    public var groupSize: Int { parts.first?.groupSize ?? 1 }

    /// What was passed over when the parts were opened.
    public var skipped: BadSamples { parts.reduce(into: BadSamples()) { $0.add($1.skipped) } }

    /// The blocks of the parts that have any.
    public var blocks: [Range<Int>] { segments.filter(\.isBlock).map(\.range) }

    /// As many as the part allows that allows the fewest.
    public var openBlocks: Int { parts.filter { !$0.blocks.isEmpty }.map(\.openBlocks).min() ?? 0 }

    public func openBlock(at index: Int) {
        let place = place(of: index, 0)
        place.dataset.openBlock(at: place.index)
    }

    public func pairs(at index: Int, epoch: Int) throws -> [Pair] {
        let place = place(of: index, epoch)
        return try place.dataset.pairs(at: place.index, epoch: place.epoch)
    }

    public func captions(at index: Int, epoch: Int) throws -> [String] {
        let place = place(of: index, epoch)
        return try place.dataset.captions(at: place.index, epoch: place.epoch)
    }

    public func checkPresence(at index: Int, epoch: Int) throws {
        let place = place(of: index, epoch)
        try place.dataset.checkPresence(at: place.index, epoch: place.epoch)
    }

    /// Where the sample's image lies: parts may have other samples of the same name.
    public func name(at index: Int, epoch: Int) -> String {
        let place = place(of: index, epoch)
        guard let stored = place.dataset as? any StoredPairs else { return imageName(at: index, epoch: epoch) }
        return stored.location(at: place.index)
    }

    /// Where the image's file lies, the same for all parts that have it; what a part draws has the part's number before it.
    public func imageName(at index: Int, epoch: Int) -> String {
        let place = place(of: index, epoch)
        let name = place.dataset.imageName(at: place.index, epoch: place.epoch)
        return place.dataset is any StoredPairs ? name : "part \(place.part), \(name)"
    }

    public func identity(at index: Int, epoch: Int) -> SampleIdentity {
        let place = place(of: index, epoch)
        return place.dataset.identity(at: place.index, epoch: place.epoch).inPart(place.part)
    }

    /// Where the sample of an index comes from.
    private struct Place {
        let part: Int
        let dataset: any PairDataset
        let index: Int
        let epoch: Int
    }

    /// Each copy of a part has epochs of its own, so that captions are drawn anew.
    private func place(of index: Int, _ epoch: Int) -> Place {
        let segment = segments[segments.partitioningIndex { $0.range.lowerBound > index } - 1]
        let (taken, source) = (segment.range.count, segment.source)
        // Where an epoch takes a part of the samples, the next goes on behind it.
        let offset = taken == source.count ? 0 : epoch % source.count * taken % source.count
        let position = (offset + index - segment.range.lowerBound) % source.count
        return Place(
            part: segment.part, dataset: parts[segment.part], index: source.lowerBound + position,
            epoch: epoch * copies[segment.part] + segment.copy)
    }
}

extension Double {
    /// The weight where it means something, else 0.
    fileprivate var clamped: Double { self > 0 && self <= MixedPairs.largestWeight ? self : 0 }
}
