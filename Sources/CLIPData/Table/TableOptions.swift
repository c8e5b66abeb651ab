public import Foundation

/// How a table is read as pairs. The defaults are those of open_clip's CSV files.
public struct TableOptions: Sendable, Hashable {
    /// What separates the cells of a row: one ASCII character.
    public var separator: Character = "\t"
    /// The column with the images' paths.
    public var imageKey = "filepath"
    /// The column with the captions, used where `captions` is empty.
    public var captionKey = "title"
    /// What captions are drawn from, anew in each epoch: `{title}`, `a photo of {colour} {type} for {gender}`. A template
    /// is left out for rows that have nothing in one of its columns.
    public var captions: [CaptionTemplate] = []
    /// For a column, the words that stand for its values in captions: `["gender": ["Unisex": "everyone", "NA": ""]]`.
    public var words: [String: [String: String]] = [:]
    /// Whether captions are made of the cells in lower case. CLIP's tokenizer makes no difference of it.
    public var lowercases = false
    /// The folder that the paths are relative to, the table's own if `nil`.
    public var imageFolder: URL?
    /// How images are kept.
    public var images = ImageStoreOptions()

    /// The defaults, to be changed one by one.
    public init() {}

    /// How a list of another kind is read, as far as a table is read the same way.
    package init(_ list: FilePairs.Options) {
        imageKey = list.imageKey ?? imageKey
        captionKey = list.captionKey ?? captionKey
        (captions, words, lowercases) = (list.captions, list.words, list.lowercases)
        imageFolder = list.imageFolder
        images = list.images
    }

    /// What separates the cells of a file where nobody says it: commas in `.csv`, tabs elsewhere.
    package static func usualSeparator(of file: String) -> Character {
        file.lowercased().hasSuffix(".csv") ? "," : "\t"
    }

    /// The separator as a byte.
    /// - Throws: ``DatasetError`` for one that cannot separate cells.
    func separatorByte(_ file: String) throws -> UInt8 {
        guard let byte = separator.asciiValue, !"\"\r\n".contains(separator), byte != 0 else {
            throw DatasetError(file, "expected a separator of one ASCII character, found \"\(separator)\"")
        }
        return byte
    }
}

/// How images from files are brought to a handy size and kept in memory.
public struct ImageStoreOptions: Sendable, Hashable {
    /// The length that the shorter side of each image gets, as 8-bit RGB, before it is cropped at random; images that are
    /// smaller stay as they are. `nil` leaves images as they come.
    public var shortestEdge: Int?
    /// How many bytes of images are kept in memory, so that they are decoded once and not in every epoch. 0 keeps none.
    /// What a data set gives does not depend on it.
    public var cacheBytes = 0

    /// The defaults, to be changed one by one.
    public init() {}
}
