import CLIPImaging

/// What looks at many samples showed, the same whatever the order in which they are added.
struct DataFindings: Sendable {
    private struct Bad {
        var count = 0
        var first: [(index: Int, sample: BadSample)] = []
    }

    private var widths: [Int32] = []
    private var heights: [Int32] = []
    private var bytes = 0
    private var formats: [ImageFormat: Int] = [:]
    private var modes: [PixelMode: Int] = [:]
    private var images: [Occurrence] = []
    private var captions: [Occurrence] = []
    private var tokens: DataReport.TokenLengths?
    private var bad: [String: Bad] = [:]
    private var thumbnails: [(index: Int, thumbnail: DataReport.Thumbnail)] = []

    init(context: Int?) {
        tokens = context.map { DataReport.TokenLengths(context: $0, counts: Array(repeating: 0, count: $0 + 1)) }
    }

    mutating func add(_ finding: SampleFinding, at index: Int) {
        widths.append(Int32(finding.width))
        heights.append(Int32(finding.height))
        bytes += finding.bytes
        formats[finding.format, default: 0] += 1
        modes[finding.mode, default: 0] += 1
        images.append(Occurrence(hash: finding.imageHash, index: index))
        captions += finding.captionHashes.enumerated().map { Occurrence(hash: $1, index: index, part: Int32($0)) }
        for length in finding.lengths { tokens?.counts[length] += 1 }
        tokens?.cut += finding.cut
        if let thumbnail = finding.thumbnail { thumbnails.append((index, thumbnail)) }
    }

    mutating func add(_ sample: BadSample, _ reason: String, at index: Int) {
        bad[reason, default: Bad()].count += 1
        bad[reason, default: Bad()].first.append((index, sample))
        keepFirst(reason)
    }

    mutating func add(_ other: DataFindings) {
        widths += other.widths
        heights += other.heights
        bytes += other.bytes
        formats.merge(other.formats, uniquingKeysWith: +)
        modes.merge(other.modes, uniquingKeysWith: +)
        images += other.images
        captions += other.captions
        thumbnails += other.thumbnails
        if let theirs = other.tokens, let mine = tokens {
            tokens?.counts = zip(mine.counts, theirs.counts).map(+)
            tokens?.cut += theirs.cut
        }
        for (reason, others) in other.bad {
            bad[reason, default: Bad()].count += others.count
            bad[reason, default: Bad()].first += others.first
            keepFirst(reason)
        }
    }

    private mutating func keepFirst(_ reason: String) {
        guard var kept = bad[reason], kept.first.count > BadSamples.named else { return }
        kept.first.sort { $0.index < $1.index }
        kept.first.removeLast(kept.first.count - BadSamples.named)
        bad[reason] = kept
    }

    /// The report on the samples; images of the largest groups of duplicates are read again.
    func report(on pairs: any StoredPairs, named source: String) -> DataReport {
        var report = DataReport()
        report.source = source
        (report.samples, report.readable, report.captions) = (pairs.count, widths.count, captions.count)
        report.skipped = pairs.skipped
        report.unreadable = bad.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map { reason, found in
            (reason, BadSamples(count: found.count, first: found.first.sorted { $0.index < $1.index }.map(\.sample)))
        }
        report.duplicateImages = Occurrence.duplicates(in: images) { group in
            (group.map { pairs.name(at: $0.index) }, Self.thumbnail(pairs, group[0].index))
        }
        report.duplicateCaptions = Occurrence.duplicates(in: captions) { group in
            let captions = try? pairs.allCaptions(at: group[0].index)
            return ([captions?[safely: Int(group[0].part)] ?? ""], nil)
        }
        report.tokens = tokens
        (report.widths, report.heights) = (DataReport.Spread(widths), DataReport.Spread(heights))
        report.shorterSides = DataReport.Spread(zip(widths, heights).map(min))
        (report.formats, report.modes, report.bytes) = (formats, modes, bytes)
        report.contactSheet = thumbnails.sorted { $0.index < $1.index }.map(\.thumbnail)
        return report
    }

    private static func thumbnail(_ pairs: any StoredPairs, _ index: Int) -> DataReport.Thumbnail? {
        try? SampleFinding(pairs, at: index, tokenizer: nil, isShown: true).thumbnail
    }
}

/// Where something occurs.
struct Occurrence: Sendable {
    let hash: Int
    let index: Int
    /// Which of the sample's captions it is.
    var part: Int32 = 0

    private static let shownGroups = 12
    private static let shownMembers = 8

    /// The groups of more than one occurrence; `describe` is asked about the first members of the largest.
    static func duplicates(
        in occurrences: [Occurrence],
        _ describe: (ArraySlice<Occurrence>) -> (names: [String], thumbnail: DataReport.Thumbnail?)
    ) -> DataReport.Duplicates {
        let sorted = occurrences.sorted { ($0.hash, $0.index, $0.part) < ($1.hash, $1.index, $1.part) }
        var groups: [ArraySlice<Occurrence>] = []
        var start = 0
        for end in 1..<max(sorted.count + 1, 1) where end == sorted.count || sorted[end].hash != sorted[start].hash {
            if end - start > 1 { groups.append(sorted[start..<end]) }
            start = end
        }
        var duplicates = DataReport.Duplicates()
        duplicates.groups = groups.count
        duplicates.superfluous = groups.reduce(0) { $0 + $1.count - 1 }
        groups.sort { ($1.count, $0.first?.index ?? 0) < ($0.count, $1.first?.index ?? 0) }
        duplicates.largest = groups.prefix(shownGroups).map { group in
            let (names, thumbnail) = describe(ArraySlice(Array(group.prefix(shownMembers))))
            return (names, group.count, thumbnail)
        }
        return duplicates
    }
}

extension Array {
    fileprivate subscript(safely index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
