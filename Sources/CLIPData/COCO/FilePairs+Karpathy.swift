internal import CLIPFiles
public import Foundation

/// A part of Karpathy's division of COCO, Flickr30k or Flickr8k, on which captions and retrieval are compared (Karpathy and
/// Fei-Fei, 2015, arXiv:1412.2306). What trains on COCO usually takes ``train`` and ``restval``, 113,287 images.
public enum KarpathySplit: String, Codable, CaseIterable, Sendable {
    /// To train on: 82,783 images of COCO, 29,000 of Flickr30k.
    case train
    /// What COCO's validation set has beyond ``val`` and ``test``: 30,504 images.
    case restval
    /// To choose by: 5000 images of COCO, 1014 of Flickr30k.
    case val
    /// To report on: 5000 images of COCO, 1000 of Flickr30k.
    case test
}

extension FilePairs {
    /// Reads splits of Karpathy's `dataset_coco.json`, `dataset_flickr30k.json` or `dataset_flickr8k.json`: `images` with
    /// `filename`, its folder `filepath` where there are several, `split` and `sentences`, whose `raw` are the captions. One
    /// is drawn for each epoch. Images that are broken are passed over and counted in ``skipped``.
    ///
    /// - Parameters:
    ///   - splits: Whose images are taken, in the order of the file.
    ///   - seed: What captions are drawn by, with the epoch and the image.
    /// - Throws: `FileError` where there is no such file or it is no JSON, ``DatasetError`` where it has no images of a split.
    public init(
        karpathy file: URL, splits: Set<KarpathySplit> = [.train], options: Options = Options(), seed: UInt64 = 0
    ) throws {
        let budget = SourceBudget(cacheBytes: options.images.cacheBytes)
        try self.init(karpathy: file, splits: splits, options: options, seed: seed, budget: budget)
    }

    init(
        karpathy file: URL, splits: Set<KarpathySplit>, options: Options, seed: UInt64, budget: SourceBudget
    ) throws {
        try self.init(
            karpathy: JSON(annotations: file.path), at: file, splits: splits, options: options, seed: seed,
            budget: budget)
    }

    /// Reads splits of Karpathy's out of the JSON of a file.
    init(
        karpathy json: JSON, at file: URL, splits: Set<KarpathySplit>, options: Options, seed: UInt64 = 0,
        budget: SourceBudget? = nil
    ) throws {
        let budget = budget ?? SourceBudget(cacheBytes: options.images.cacheBytes)
        let list = try KarpathyImages(json, file: file.path, splits: splits).list
        try self.init(
            list, in: file.deletingLastPathComponent(), name: file.path, options: options, seed: seed, budget: budget)
    }
}

/// The images of some splits with their captions, in the order of the file.
private struct KarpathyImages {
    private(set) var list = CaptionedFiles()

    init(_ file: JSON, file path: String, splits: Set<KarpathySplit>) throws {
        guard let images = file["images"]?.array else {
            throw DatasetError(path, "expected Karpathy's splits: an object with the list images")
        }
        var counts: [KarpathySplit: Int] = [:]
        for (number, image) in images.enumerated() {
            let name = Self.path(of: image) ?? "\((path as NSString).lastPathComponent) image \(number)"
            guard let split = image["split"]?.string.flatMap(KarpathySplit.init) else {
                let found = image["split"]?.string?.quoted() ?? "none"
                list.skipped.add(
                    BadSample(
                        name: name, reason: "expected a split, \(Self.names(KarpathySplit.allCases)), found \(found)"))
                continue
            }
            counts[split, default: 0] += 1
            if splits.contains(split) { add(image, name) }
        }
        let missing = KarpathySplit.allCases.filter { splits.contains($0) && counts[$0] == nil }
        guard missing.isEmpty || counts.isEmpty else {
            let found = KarpathySplit.allCases.filter { counts[$0] != nil }
            throw DatasetError(path, "expected images of \(Self.names(missing)), found those of \(Self.names(found))")
        }
    }

    private mutating func add(_ image: JSON, _ name: String) {
        let captions = image["sentences"]?.array?.compactMap { $0["raw"]?.string } ?? []
        list.append(path: Self.path(of: image), captions: captions, name: name)
    }

    private static func path(of image: JSON) -> String? {
        guard let file = image["filename"]?.string, !file.isEmpty else { return nil }
        guard let folder = image["filepath"]?.string, !folder.isEmpty else { return file }
        return "\(folder)/\(file)"
    }

    private static func names(_ splits: [KarpathySplit]) -> String { splits.map(\.rawValue).joined(separator: ", ") }
}
