package import CLIPImaging

/// What a look through a whole data set showed.
package struct DataReport: Sendable {
    /// What the source is called.
    package var source = ""
    /// Samples in the set.
    package var samples = 0
    /// Samples whose image can be decoded and that have a caption.
    package var readable = 0
    /// Captions of all readable samples.
    package var captions = 0
    /// What was passed over when the set was opened.
    package var skipped = BadSamples()
    /// The samples that cannot be read, by reason, the commonest first.
    package var unreadable: [(reason: String, samples: BadSamples)] = []
    /// Images whose files are the same.
    package var duplicateImages = Duplicates()
    /// Captions that are the same, of one image or of several.
    package var duplicateCaptions = Duplicates()
    /// How long captions are, where there was a tokenizer.
    package var tokens: TokenLengths?
    /// The images' columns.
    package var widths = Spread([])
    /// The images' rows.
    package var heights = Spread([])
    /// The shorter sides.
    package var shorterSides = Spread([])
    /// How many images there are of each format.
    package var formats: [ImageFormat: Int] = [:]
    /// How many images there are of each mode.
    package var modes: [PixelMode: Int] = [:]
    /// The size of all images' files.
    package var bytes = 0
    /// Some of the samples, evenly spread over the set.
    package var contactSheet: [Thumbnail] = []

    /// The formats with their numbers of images, the commonest first.
    package var formatCounts: [(name: String, count: Int)] { Self.commonest(formats) }

    /// The modes likewise.
    package var modeCounts: [(name: String, count: Int)] { Self.commonest(modes) }

    /// Those that are equally common come in the order of their names.
    private static func commonest<Kind: RawRepresentable<String>>(_ counts: [Kind: Int]) -> [(name: String, count: Int)]
    {
        counts.map { (name: $0.rawValue, count: $1) }.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    }

    /// Whether something cannot be used.
    package var hasBadSamples: Bool { !unreadable.isEmpty || skipped.count > 0 }

    /// Things that occur more than once.
    package struct Duplicates: Sendable {
        /// Things that occur more than once, each counted once.
        package var groups = 0
        /// How many there would be fewer if each occurred once.
        package var superfluous = 0
        /// The largest groups: what some of the members are called, and how many there are.
        package var largest: [(names: [String], count: Int, thumbnail: Thumbnail?)] = []
    }

    /// Lengths of captions in tokens, start and end included, cut at the context.
    package struct TokenLengths: Sendable {
        /// The length at which captions are cut.
        package let context: Int
        /// How many captions have each length, from 0 to the context.
        package var counts: [Int]
        /// How many captions are longer than the context.
        package var cut = 0

        package init(context: Int, counts: [Int]) { (self.context, self.counts) = (context, counts) }
    }

    /// A small picture of a sample.
    package struct Thumbnail: Sendable {
        package let name: String
        package let caption: String
        /// The size of the image itself.
        package let width: Int
        package let height: Int
        package let picture: Bitmap
    }

    /// How numbers are spread.
    package struct Spread: Sendable {
        /// The numbers in rising order.
        package let sorted: [Int32]

        package init(_ numbers: [Int32]) { sorted = numbers.sorted() }

        /// The smallest of the numbers that a share of them does not exceed; 0 without numbers.
        package func quantile(_ share: Double) -> Int {
            sorted.isEmpty ? 0 : Int(sorted[nearestRank(share, of: sorted.count)])
        }
    }
}

extension DataReport.TokenLengths {
    /// The smallest of the lengths that a share of the captions does not exceed; 0 without captions.
    package func quantile(_ share: Double) -> Int {
        var rest = nearestRank(share, of: counts.reduce(0, +))
        for (length, count) in counts.enumerated() {
            if rest < count { return length }
            rest -= count
        }
        return 0
    }
}

/// The place, from 0, of a quantile among so many numbers in rising order.
private func nearestRank(_ share: Double, of count: Int) -> Int {
    max(0, Int((share * Double(count)).rounded(.up)) - 1)
}
