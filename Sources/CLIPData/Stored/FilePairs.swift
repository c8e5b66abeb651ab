internal import CLIPFiles
import CLIPImaging
public import Foundation

/// Pairs of image files and captions that a list of any kind names: JSON lines, COCO's annotations, a folder.
///
/// The list is read whole when the set is opened; images are read when they are asked for, so that a missing file is found
/// by the loader. Where an image has several captions, one is drawn for each epoch.
public struct FilePairs: StoredPairs {
    /// What of the list was passed over.
    public let skipped: BadSamples

    private let list: CaptionedFiles
    private let places: ImagePlaces
    private let images: ImageStore
    private let seed: UInt64

    /// How a list is read.
    public struct Options: Sendable, Hashable {
        /// The key of the images' paths; what is usual in lists of the kind, if `nil`.
        public var imageKey: String?
        /// The key of the captions likewise: a text, or a list of texts.
        public var captionKey: String?
        /// What captions are drawn from in place of the key, anew in each epoch: `a photo of {colour} {type}` with keys of
        /// JSON lines, columns of a folder's metadata, or `{label}`, the class, in a folder of folders named after classes.
        public var captions: [CaptionTemplate] = []
        /// For a key, the words that stand for its values in these captions.
        public var words: [String: [String: String]] = [:]
        /// Whether these captions are made of values in lower case.
        public var lowercases = false
        /// The folder that paths are relative to, the list's own if `nil`.
        public var imageFolder: URL?
        /// How images are kept.
        public var images = ImageStoreOptions()

        /// The defaults, to be changed one by one.
        public init() {}
    }

    /// - Throws: ``DatasetError`` where nothing is left of the list, or it has no values for templates of captions.
    init(
        _ list: CaptionedFiles, in folder: URL, name: String, options: Options, seed: UInt64, budget: SourceBudget
    ) throws {
        guard list.count > 0 else {
            let first = list.skipped.first.first.map { "; the first: \($0)" } ?? ""
            throw DatasetError(
                name, "expected images with captions, found none (\(list.skipped.count) without\(first))")
        }
        if !options.captions.isEmpty, !list.isOfCells {
            throw DatasetError(name, "expected no templates of captions, which the list has whole")
        }
        (self.list, places, skipped) = (list, ImagePlaces(folder: (options.imageFolder ?? folder).path), list.skipped)
        images = ImageStore(count: list.count, shortestEdge: options.images.shortestEdge, budget: budget.images)
        self.seed = captionSeed(seed)
    }

    /// The number of images.
    public var count: Int { list.count }

    /// The pair of an image, its caption drawn for the epoch.
    public func pairs(at index: Int, epoch: Int) throws -> [Pair] {
        let captions = try captions(at: index, epoch: epoch)
        let name = name(at: index)
        let image = try images.image(at: index) { try Bitmap(file: places.path(of: name), name: name) }
        return captions.map { Pair(image: image, caption: $0) }
    }

    /// The caption of an image, drawn for the epoch.
    public func captions(at index: Int, epoch: Int) throws -> [String] {
        guard case .cells(let source) = list.kind else { return try drawnCaption(at: index, epoch, seed) }
        var generator = SeededGenerator(sample: index, epoch: epoch, seed: seed)
        return [try source.caption(for: list.captions(at: index), of: name(at: index), using: &generator)]
    }

    /// Throws where the folder that the image is relative to is gone.
    public func checkPresence(at index: Int, epoch: Int) throws { try places.checkPresence(of: name(at: index)) }

    /// The path of the image, as the list has it.
    public func name(at index: Int, epoch: Int) -> String { list.path(at: index) }

    /// The path of the image with its folder.
    public func imageName(at index: Int, epoch: Int) -> String { places.path(of: list.path(at: index)) }

    package func imageBytes(at index: Int) throws -> [UInt8] {
        let name = name(at: index)
        return try storedImage(places.path(of: name), name: name)
    }

    package func allCaptions(at index: Int) throws -> [String] {
        switch list.kind {
        case .captions: return list.captions(at: index)
        case .cells(let source):
            return try CaptionText.checked(source.all(for: list.captions(at: index)), name(at: index))
        case .beside: return try captionBeside(index)
        }
    }

    package var makesCaptions: Bool { list.isOfCells }

    private func captionBeside(_ index: Int) throws -> [String] {
        let file = "\((places.path(of: name(at: index)) as NSString).deletingPathExtension).txt"
        let text = try contents(ofFile: file, limit: CaptionText.longest)
        return try CaptionText.checked([CaptionText.decoded(text, file)], file)
    }
}

/// The bytes of an image's file, whose size is checked first; errors call it `name`.
func storedImage(_ path: String, name: String) throws -> [UInt8] {
    do {
        return try contents(ofFile: path, limit: DecodingLimits.default.maximumBytes)
    } catch var error as FileError {
        error.path = name
        throw error
    }
}
