internal import CLIPFiles

/// A shard whose members have been found: what its samples are, and where their parts lie.
final class OpenShard: Sendable {
    let path: String
    /// The samples in the order of the archive; some may lack an image or a caption.
    let samples: [ShardSample]
    /// What is broken in the archive.
    let faults: TarScanner.Faults
    private let file: UnpackedFile

    /// Opens and looks through a shard. One that is broken has the samples that can be reached.
    ///
    /// - Throws: `FileError` where the file cannot be read at all.
    init(opening path: String) throws {
        self.path = path
        file = try UnpackedFile(opening: path)
        var scanner = TarScanner(file)
        var samples: [ShardSample] = []
        var suffixes: Set<String> = []
        while let member = try scanner.next() {
            guard let part = ShardMember(name: member.name) else { continue }
            // As open_clip: what occurs twice begins another sample.
            if samples.last?.key != part.key || suffixes.contains(part.suffix) {
                samples.append(ShardSample(key: part.key))
                suffixes = []
            }
            suffixes.insert(part.suffix)
            samples[samples.count - 1].add(part.suffix, member.extent)
        }
        var faults = scanner.faults
        if let fault = file.fault { faults = TarScanner.Faults(count: faults.count + 1, first: fault) }
        (self.samples, self.faults) = (samples, faults)
    }

    /// The bytes of a sample's image.
    func image(of sample: ShardSample) throws -> [UInt8] {
        guard let extent = sample.image else {
            throw DatasetError(
                "\(path)/\(sample.name)",
                "expected an image (\(ShardSample.imageSuffixes.joined(separator: ", "))), found none")
        }
        return try file.bytes(of: extent)
    }

    /// The bytes of a part of a sample that is no image, such as its label.
    func bytes(of part: Extent, of sample: ShardSample) throws -> [UInt8] {
        guard part.count <= CaptionText.longest else {
            throw DatasetError(
                "\(path)/\(sample.key)", "expected a label of at most \(CaptionText.longest) bytes, found \(part.count)"
            )
        }
        return try file.bytes(of: part)
    }

    /// The captions of a sample: the list `captions` of its JSON, its text, or `caption` of its JSON.
    func captions(of sample: ShardSample) throws -> [String] {
        let attributes = try sample.attributes.flatMap { try json(at: $0) }
        if let list = attributes?["captions"]?.array?.compactMap(\.string), !list.isEmpty { return list }
        if let text = sample.text {
            guard text.count <= CaptionText.longest else {
                throw DatasetError(
                    "\(path)/\(sample.key).txt",
                    "expected a caption of at most \(CaptionText.longest) bytes, found \(text.count)")
            }
            return [String(decoding: try file.bytes(of: text), as: UTF8.self)]
        }
        return attributes?["caption"]?.string.map { [$0] } ?? []
    }

    /// The JSON of a sample; `nil` where it is none that is read here, such as one with NaN: a text may stand beside it.
    private func json(at extent: Extent) throws -> JSON? {
        guard extent.count <= CaptionText.longest else { return nil }
        let bytes = try file.bytes(of: extent)
        return bytes.withUnsafeBytes { try? JSON(parsing: $0) }
    }
}
