/// Paths of images with their captions, millions of them in little memory: the bytes of all texts one after the other.
struct CaptionedFiles: Sendable {
    /// What was passed over while the list was made.
    var skipped = BadSamples()
    /// Whether the captions are in text files beside the images, and not in the list.
    var captionsLieBeside = false

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

    /// The images of another list behind these.
    mutating func append(_ other: CaptionedFiles) {
        let (texts, bytes) = (ends.count, text.count)
        firsts += other.firsts.map { $0 + texts }
        ends += other.ends.map { $0 + bytes }
        text += other.text
        skipped.add(other.skipped)
    }

    func path(at index: Int) -> String { part(firsts[index]) }

    func captions(at index: Int) -> [String] {
        let end = index + 1 < count ? firsts[index + 1] : ends.count
        return ((firsts[index] + 1)..<end).map(part)
    }

    private func part(_ number: Int) -> String {
        String(decoding: text[(number > 0 ? ends[number - 1] : 0)..<ends[number]], as: UTF8.self)
    }
}
