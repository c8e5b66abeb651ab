/// Paths of images with their captions, millions of them in little memory: the bytes of all texts one after the other.
struct CaptionedFiles: Sendable {
    /// What was passed over while the list was made.
    var skipped = BadSamples()
    /// What the list has in the place of captions.
    var kind = Kind.captions

    enum Kind {
        case captions
        /// Nothing: captions are in text files beside the images.
        case beside
        /// Cells that captions are made of.
        case cells(CaptionSource)
    }

    /// Whether captions are made of what the list has.
    var isOfCells: Bool { if case .cells = kind { true } else { false } }

    private var text: [UInt8] = []
    /// The end of each text.
    private var ends: [Int] = []
    /// For each image, the number of its path among the texts; its captions follow.
    private var firsts: [Int] = []

    /// The number of images.
    var count: Int { firsts.count }

    mutating func append(path: String, captions: [String]) {
        firsts.append(ends.count)
        for part in [path] + captions {
            text.append(contentsOf: part.utf8)
            ends.append(text.count)
        }
    }

    /// Adds an image, or counts it as passed over where it has no path or no caption.
    mutating func append(path: String?, captions: [String], name: @autoclosure () -> String) {
        let said = captions.compactMap(CaptionText.said)
        if let path, !path.isEmpty, !said.isEmpty {
            append(path: path, captions: said)
        } else {
            let lacks = path?.isEmpty == false ? "a caption" : "an image's path"
            skipped.add(BadSample(name: name(), reason: "expected \(lacks), found none"))
        }
    }

    /// Adds an image with the cells of its captions, or counts it as passed over where no caption can be made of them.
    mutating func append(path: String?, cells: [String], _ source: CaptionSource, name: @autoclosure () -> String) {
        if let path, !path.isEmpty, source.isApplicable(to: cells) {
            append(path: path, captions: cells)
        } else {
            let reason =
                path?.isEmpty == false ? "nothing to make a caption of" : "expected an image's path, found none"
            skipped.add(BadSample(name: name(), reason: reason))
        }
    }

    /// The images of another list behind these.
    mutating func append(_ other: CaptionedFiles) {
        let (texts, bytes) = (ends.count, text.count)
        firsts += other.firsts.map { $0 + texts }
        ends += other.ends.map { $0 + bytes }
        text += other.text
        skipped.add(other.skipped)
    }

    /// The path of an image.
    func path(at index: Int) -> String { part(firsts[index]) }

    /// The captions of an image, or the cells that they are made of.
    func captions(at index: Int) -> [String] {
        let end = index + 1 < count ? firsts[index + 1] : ends.count
        return ((firsts[index] + 1)..<end).map(part)
    }

    private func part(_ number: Int) -> String {
        String(decoding: text[(number > 0 ? ends[number - 1] : 0)..<ends[number]], as: UTF8.self)
    }
}
