import CLIPImaging

/// Images of one size, without a header of their own, in records of one length: MNIST's and CIFAR's.
struct RecordImages: LabelledImages {
    /// A file of records.
    struct Part: Sendable {
        let file: UnpackedFile
        /// Where the pixels of the first record begin, and how far those of the next are from there.
        let start: Int
        let stride: Int
        /// The indices of its images.
        let range: Range<Int>
    }

    /// The pixels of a record: rows of grey, or one after the other the planes of red, green and blue.
    struct Layout: Sendable {
        let width: Int
        let height: Int
        let isColored: Bool

        var byteCount: Int { width * height * (isColored ? 3 : 1) }

        func bitmap(_ bytes: [UInt8]) -> Bitmap {
            guard isColored else { return Bitmap(grey: bytes, width: width, height: height) }
            let plane = width * height
            let pixels = [UInt8](unsafeUninitializedCapacity: 3 * plane) { pixels, count in
                for index in 0..<plane {
                    for channel in 0..<3 {
                        pixels.initializeElement(at: 3 * index + channel, to: bytes[channel * plane + index])
                    }
                }
                count = 3 * plane
            }
            return Bitmap(rgb: pixels, width: width, height: height)
        }
    }

    let name: String
    let synonyms: [[String]]
    private let parts: [Part]
    private let layout: Layout
    private let labels: LabelLists

    init(_ parts: [Part], _ layout: Layout, labels: LabelLists, classes: SetClasses, name: String) {
        (self.parts, self.layout, self.labels) = (parts, layout, labels)
        (synonyms, self.name) = (classes.synonyms, name)
    }

    var classes: [String] { synonyms.map { $0[0] } }
    /// None: a set that is broken anywhere is refused.
    var skipped: BadSamples { BadSamples() }
    var count: Int { labels.count }
    func labels(at index: Int) -> [Int] { labels[index] }

    /// The file and the number of the image in it.
    func name(at index: Int) -> String {
        let part = part(of: index)
        return "\(part.file.path) image \(index - part.range.lowerBound)"
    }

    func image(at index: Int) throws -> StoredImage {
        let part = part(of: index)
        let offset = part.start + (index - part.range.lowerBound) * part.stride
        return .pixels(layout.bitmap(try part.file.bytes(of: Extent(offset: offset, count: layout.byteCount))))
    }

    private func part(of index: Int) -> Part { parts[parts.partitioningIndex { $0.range.lowerBound > index } - 1] }
}

extension UnpackedFile {
    /// Opens a file of records, which must be whole: at most 4 GiB when it is unpacked.
    ///
    /// - Throws: `FileError` where it cannot be opened, ``DatasetError`` for one that is packed and broken.
    convenience init(records path: String) throws {
        try self.init(opening: path, largest: 4 << 30)
        if let fault { throw DatasetError(path, fault) }
    }
}

/// Throws where a label is not that of a class.
func checkLabel(_ label: Int, of classes: Int, _ place: @autoclosure () -> String) throws {
    guard (0..<classes).contains(label) else {
        throw DatasetError(place(), "expected the label of one of \(classes) classes, found \(label)")
    }
}
