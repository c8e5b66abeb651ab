import CLIPImaging

/// Pairs whose images lie in files, so that they can be copied and checked as they are, with all captions of each.
///
/// A set that conforms gives pairs by drawing one of the captions for each epoch; an index is the same image in all of them.
package protocol StoredPairs: PairDataset {
    /// The image's file.
    func imageBytes(at index: Int) throws -> [UInt8]

    /// Every caption of the image, at least one.
    func allCaptions(at index: Int) throws -> [String]

    /// Whether captions are made, of sentences or of a class: then each is one way to say the same, and those of an image are
    /// no captions of their own.
    var makesCaptions: Bool { get }

    /// What messages call the image beside those of other sources: where it lies.
    func location(at index: Int) -> String
}

extension StoredPairs {
    /// Captions are what is stored.
    package var makesCaptions: Bool { false }

    /// What tells the image from every other one.
    package func location(at index: Int) -> String { imageName(at: index, epoch: 0) }

    /// What messages call the image.
    package func name(at index: Int) -> String { name(at: index, epoch: 0) }

    /// One of the captions, drawn for the epoch.
    func drawnCaption(at index: Int, _ epoch: Int, _ seed: UInt64) throws -> [String] {
        let captions = try allCaptions(at: index)
        guard captions.count > 1 else { return captions }
        var generator = SeededGenerator(sample: index, epoch: epoch, seed: seed)
        return [captions[generator.index(below: captions.count)]]
    }
}

/// The seed of the captions of a run: another sequence than that of a loader with the same seed, which crops the images.
func captionSeed(_ seed: UInt64) -> UInt64 { ~seed }

/// What may be a caption.
enum CaptionText {
    /// A text of more bytes than this is none: 1 MiB.
    static let longest = 1 << 20

    /// The text of a file's bytes.
    /// - Throws: ``DatasetError`` where they are not UTF-8.
    static func decoded(_ bytes: [UInt8], _ name: String) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw DatasetError(name, "expected a caption in UTF-8, found bytes that are none")
        }
        return text
    }

    /// The captions that say something, without blanks at their ends.
    /// - Throws: ``DatasetError`` where there is none.
    static func checked(_ captions: [String], _ name: String) throws -> [String] {
        let texts = captions.compactMap(said)
        guard !texts.isEmpty else { throw DatasetError(name, "expected a caption, found none") }
        return texts
    }

    /// The caption without blanks at its ends; `nil` where nothing is left.
    static func said(_ caption: String) -> String? {
        let scalars = caption.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return nil }
        return String(scalars[first...last])
    }
}

extension RandomAccessCollection where Index == Int {
    /// The first index whose element fulfils the condition, or the end, where all that fulfil it come last.
    func partitioningIndex(where isLater: (Element) throws -> Bool) rethrows -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if try isLater(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
