public import CLIPData

/// What is trained on: a table of images and captions, or emoji scenes.
public struct DataConfiguration: Codable, Sendable, Hashable {
    /// A TSV or CSV file; paths in it are relative to its folder.
    public var table: String?
    /// What separates the columns of the table; by default a comma in `.csv` files and a tab in others.
    public var separator: String?
    /// The column with the images' paths.
    public var imageColumn = "filepath"
    /// The column with the captions.
    public var captionColumn = "title"
    /// Captions to draw from in place of the column: `{title}`, `a photo of {colour} {type}`, each with a weight.
    public var captions: [CaptionTemplate] = []
    /// For a column, words that stand for its values in captions.
    public var words: [String: [String: String]] = [:]
    /// Whether captions are made of the cells in lower case.
    public var lowercase = false
    /// The folder that paths are relative to, in place of the table's.
    public var imageFolder: String?
    /// The length that the shorter side of each image gets before the random crop; by default an eighth more than the
    /// model's input where a cache is kept.
    public var shortestEdge: Int?
    /// Megabytes of decoded images to keep in memory; 0 decodes in every epoch.
    public var cacheMegabytes = 0
    /// Scenes drawn from emoji, in place of a table.
    public var emoji: EmojiConfiguration?

    /// Emoji scenes: the stages of the run.
    public struct EmojiConfiguration: Codable, Sendable, Hashable {
        public var stages: [EmojiPairs.Stage]
        /// The number of pairs after which the scenes' stage is looked at anew.
        public var epochPairs = 4096

        /// Scenes in stages.
        public init(stages: [EmojiPairs.Stage]) { self.stages = stages }

        private enum CodingKeys: String, CodingKey {
            case stages
            case epochPairs = "epoch_pairs"
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(stages: try container.decode([EmojiPairs.Stage].self, forKey: .stages))
            epochPairs = try container.decodeIfPresent(Int.self, forKey: .epochPairs) ?? epochPairs
        }
    }

    /// Nothing yet.
    public init() {}

    private enum CodingKeys: String, CodingKey {
        case table, separator
        case imageColumn = "image_column"
        case captionColumn = "caption_column"
        case captions, words, lowercase
        case imageFolder = "image_folder"
        case shortestEdge = "shortest_edge"
        case cacheMegabytes = "cache_megabytes"
        case emoji
    }
}
