/// What webdataset makes of a member's name: the key of its sample, and what it is of it.
package struct ShardMember: Hashable {
    /// The path up to the first dot of its last part: adjacent members with the same key are a sample.
    package let key: String
    /// What follows that dot, in small letters.
    package let suffix: String

    /// `nil` for a name that belongs to no sample: one without a dot, one that begins with a dot, one of the archive's own
    /// such as `__meta__`.
    package init?(name: String) {
        let bytes = name.utf8
        let last = bytes.lastIndex(of: UInt8(ascii: "/")).map(bytes.index(after:)) ?? bytes.startIndex
        guard let dot = bytes[last...].firstIndex(of: UInt8(ascii: ".")), dot > last, !Self.isArchivesOwn(name) else {
            return nil
        }
        key = String(name[..<dot])
        suffix = name[bytes.index(after: dot)...].lowercased()
    }

    private static func isArchivesOwn(_ name: String) -> Bool {
        let first = name.utf8.prefix { $0 != UInt8(ascii: "/") }
        return first.count >= 4 && first.starts(with: "__".utf8) && first.suffix(2).elementsEqual("__".utf8)
    }
}

/// Where the parts of a sample lie in its shard.
struct ShardSample: Sendable, Hashable {
    let key: String
    var image: Extent?
    var imageSuffix = ""
    var text: Extent?
    var attributes: Extent?
    /// Its class as a number.
    var label: Extent?
    /// Its classes as a vector of zeros and ones.
    var labels: Extent?

    /// The suffixes of images, the first of them that a sample has counts: as open_clip reads shards.
    static let imageSuffixes = ["jpg", "png", "jpeg", "webp"]

    init(key: String) { self.key = key }

    /// What the sample's image is called in messages.
    var name: String { image == nil ? key : "\(key).\(imageSuffix)" }

    mutating func add(_ suffix: String, _ extent: Extent) {
        switch suffix {
        case "txt": text = extent
        case "json": attributes = extent
        case "cls": label = extent
        case "npy": labels = extent
        default:
            guard let rank = Self.imageSuffixes.firstIndex(of: suffix) else { return }
            let known = image == nil ? .max : Self.imageSuffixes.firstIndex(of: imageSuffix) ?? .max
            if rank < known { (image, imageSuffix) = (extent, suffix) }
        }
    }
}
