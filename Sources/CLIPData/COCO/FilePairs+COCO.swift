internal import CLIPFiles
public import Foundation

extension FilePairs {
    /// Reads COCO's captions: a JSON file with `images` (`id`, `file_name`) and `annotations` (`image_id`, `caption`). An
    /// image has all its captions, of which one is drawn for each epoch. What is broken, and images without a caption, are
    /// passed over and counted in ``skipped``.
    ///
    /// - Parameter seed: What captions are drawn by, with the epoch and the image.
    /// - Throws: `FileError` where there is no such file or it is no JSON, ``DatasetError`` where it has no images with
    ///   captions.
    public init(coco file: URL, options: Options = Options(), seed: UInt64 = 0) throws {
        let budget = SourceBudget(cacheBytes: options.images.cacheBytes)
        try self.init(coco: file, options: options, seed: seed, budget: budget)
    }

    init(coco file: URL, options: Options, seed: UInt64, budget: SourceBudget) throws {
        try self.init(coco: JSON(annotations: file.path), at: file, options: options, seed: seed, budget: budget)
    }

    /// Reads COCO's captions out of the JSON of a file.
    init(coco json: JSON, at file: URL, options: Options, seed: UInt64 = 0, budget: SourceBudget? = nil) throws {
        let budget = budget ?? SourceBudget(cacheBytes: options.images.cacheBytes)
        let list = try COCOCaptions(json, file: file.path).list
        try self.init(
            list, in: file.deletingLastPathComponent(), name: file.path, options: options, seed: seed, budget: budget)
    }
}

/// The images of a COCO file with their captions, in the order of the images.
private struct COCOCaptions {
    private(set) var list = CaptionedFiles()
    private let name: String

    init(_ file: JSON, file path: String) throws {
        name = (path as NSString).lastPathComponent
        guard let images = file["images"]?.array, let annotations = file["annotations"]?.array else {
            throw DatasetError(path, "expected COCO's captions: an object with the lists images and annotations")
        }
        var captions = group(annotations)
        for (number, image) in images.enumerated() {
            let path = image["file_name"]?.string
            // An identity that comes twice finds nothing left.
            let said = image["id"].flatMap { captions.removeValue(forKey: $0) } ?? []
            list.append(path: path, captions: said, name: path ?? "\(name) image \(number)")
        }
        for (identity, texts) in captions.sorted(by: { $0.key.compactText < $1.key.compactText }) {
            let reason =
                "expected an image with the id \(identity.compactText) for its \(texts.count) captions, found none"
            list.skipped.add(BadSample(name: name, reason: reason))
        }
    }

    /// The captions by the identity of their image: a number, or a text in files of others' making.
    private mutating func group(_ annotations: [JSON]) -> [JSON: [String]] {
        var captions: [JSON: [String]] = [:]
        for (number, annotation) in annotations.enumerated() {
            if let image = annotation["image_id"], let caption = annotation["caption"]?.string {
                captions[image, default: []].append(caption)
            } else {
                list.skipped.add(
                    BadSample(
                        name: "\(name) annotation \(number)", reason: "expected an image_id and a caption, found none"))
            }
        }
        return captions
    }
}
