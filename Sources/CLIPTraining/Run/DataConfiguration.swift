public import CLIPData

/// What is trained on: exactly one source of images and captions, a mixture of several, or emoji scenes.
public struct DataConfiguration: Codable, Sendable, Hashable {
    /// A TSV or CSV file; paths in it are relative to its folder.
    public var table: String?
    /// A file with a JSON object on each line; paths in it are relative to its folder.
    public var jsonl: String?
    /// A folder of images: Hugging Face's imagefolder with `metadata.csv` or `metadata.jsonl`, images with `.txt` files of the
    /// same names, or folders of images that are named after their classes.
    public var folder: String?
    /// A JSON file of COCO's captions; names in it are relative to its folder.
    public var coco: String?
    /// A JSON file of Karpathy's splits, `dataset_coco.json` for example; names in it are relative to its folder.
    public var karpathy: String?
    /// The splits that are taken of it; `train` where nothing is given.
    public var splits: [KarpathySplit]?
    /// Shards in webdataset's layout, such as `data/{00000..00099}.tar`; several patterns are joined by `::`.
    public var shards: String?
    /// For each pattern between `::`, how often an epoch has its samples; once where nothing is given.
    public var shardWeights: [Double]?
    /// How many shards are mixed at a time.
    public var mixedShards = LoaderOptions().mixedBlocks
    /// Several sources, each with a weight: how often an epoch has its samples.
    public var mixture: [Part]?
    /// What separates the columns of the table; by default a comma in `.csv` files and a tab in others.
    public var separator: String?
    /// The column or the key with the images' paths: `filepath` in a table, `image` in JSON lines, `file_name` in a folder's
    /// metadata where nothing is given.
    public var imageColumn: String?
    /// The column or the key with the captions: `title` in a table, `caption` in JSON lines, `text` in a folder's metadata
    /// where nothing is given.
    public var captionColumn: String?
    /// Captions to draw from in place of the column: `{title}`, `a photo of {colour} {type}`, each with a weight. The names
    /// are those of a table's columns, of keys of JSON lines, or `label`, the class of a folder.
    public var captions: [CaptionTemplate] = []
    /// For a column, words that stand for its values in captions.
    public var words: [String: [String: String]] = [:]
    /// Whether captions are made of the cells in lower case.
    public var lowercase = false
    /// The folder that paths are relative to, in place of the table's or the list's.
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

    /// A source of a mixture.
    public struct Part: Codable, Sendable, Hashable {
        /// How often an epoch has each sample of the source: a part of them where it is below 1.
        public var weight: Double
        /// The source, and how it is read.
        public var source: DataConfiguration

        /// A source whose samples an epoch has once.
        init(_ source: DataConfiguration) { (weight, self.source) = (1, source) }

        private enum CodingKeys: CodingKey { case weight }

        public init(from decoder: any Decoder) throws {
            weight =
                try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(Double.self, forKey: .weight) ?? 1
            source = try DataConfiguration(from: decoder)
        }

        public func encode(to encoder: any Encoder) throws {
            try source.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(weight, forKey: .weight)
        }
    }

    /// Nothing yet.
    public init() {}

    /// Reads what is given; the rest has its default.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ value: inout Value, _ key: CodingKeys) throws {
            value = try container.decodeIfPresent(Value.self, forKey: key) ?? value
        }
        func readOptional<Value: Decodable>(_ value: inout Value?, _ key: CodingKeys) throws {
            value = try container.decodeIfPresent(Value.self, forKey: key)
        }
        try readOptional(&table, .table)
        try readOptional(&jsonl, .jsonl)
        try readOptional(&folder, .folder)
        try readOptional(&coco, .coco)
        try readOptional(&karpathy, .karpathy)
        try readOptional(&splits, .splits)
        try readOptional(&shards, .shards)
        try readOptional(&shardWeights, .shardWeights)
        try read(&mixedShards, .mixedShards)
        try readOptional(&mixture, .mixture)
        try readOptional(&separator, .separator)
        try readOptional(&imageColumn, .imageColumn)
        try readOptional(&captionColumn, .captionColumn)
        try read(&captions, .captions)
        try read(&words, .words)
        try read(&lowercase, .lowercase)
        try readOptional(&imageFolder, .imageFolder)
        try readOptional(&shortestEdge, .shortestEdge)
        try read(&cacheMegabytes, .cacheMegabytes)
        try readOptional(&emoji, .emoji)
    }

    private enum CodingKeys: String, CodingKey {
        case table, jsonl, folder, coco, karpathy, splits, shards
        case shardWeights = "shard_weights"
        case mixedShards = "mixed_shards"
        case mixture, separator
        case imageColumn = "image_column"
        case captionColumn = "caption_column"
        case captions, words, lowercase
        case imageFolder = "image_folder"
        case shortestEdge = "shortest_edge"
        case cacheMegabytes = "cache_megabytes"
        case emoji
    }
}
