import CLIPData
internal import CLIPFiles
internal import Foundation

extension TrainingConfiguration {
    /// What a run reads.
    struct OpenedData {
        /// The pairs to train on.
        let pairs: any PairDataset
        /// How many steps the run has.
        let steps: Int
        /// The captions that a vocabulary is learned from.
        let captions: any PairDataset
    }

    /// How many indices of two emoji scenes a vocabulary is learned from.
    private static let emojiVocabularyScenes = 20_000

    /// Opens the data for images of the size.
    func openData(imageSize: Int) throws -> OpenedData {
        if let emoji = data.emoji { return try openScenes(emoji, imageSize: imageSize) }
        var data = data
        // A classifier is taught the class in the caption's place.
        if let head { data.captionColumn = head.classColumn }
        let opened = try data.open(imageSize: imageSize, seed: seed)
        let steps = try stepCount(perEpoch: max(1, opened.count / batchSize))
        return OpenedData(pairs: opened, steps: steps, captions: opened)
    }

    private func openScenes(_ emoji: DataConfiguration.EmojiConfiguration, imageSize: Int) throws -> OpenedData {
        let perEpoch = max(1, emoji.epochPairs / batchSize)
        let steps = try stepCount(perEpoch: perEpoch)
        let scenes = EmojiScenes(try EmojiCatalogue(), split: .training, seed: seed, imageSize: imageSize)
        let count = perEpoch * batchSize / 2
        let epochs = (steps + perEpoch - 1) / perEpoch
        let pairs = try EmojiPairs(scenes, count: count, epochs: epochs, stages: emoji.stages)
        // Early stages have few kinds; the vocabulary is for those of the last.
        let captions = try EmojiPairs(
            scenes, count: Self.emojiVocabularyScenes, epochs: 1, stages: emoji.stages.suffix(1))
        return OpenedData(pairs: pairs, steps: steps, captions: captions)
    }

    private func stepCount(perEpoch: Int) throws -> Int {
        if let steps { return steps }
        let (count, overflows) = (epochs ?? 0).multipliedReportingOverflow(by: perEpoch)
        guard !overflows, count <= Self.largestCount else {
            throw TrainingError("epochs", "expected a run of at most \(Self.largestCount) steps, found more")
        }
        return count
    }
}

extension DataConfiguration {
    /// Opens the sources of what a run is measured on, whose images are seen as the model will see them later. They share a
    /// budget.
    func openMeasured() throws -> [any StoredPairs] {
        let budget = SourceBudget(cacheBytes: 0, mixedShards: mixedShards)
        return try (mixture?.map(\.source) ?? [self]).map {
            try $0.source(images: ImageStoreOptions()).open(seed: 0, budget: budget)
        }
    }

    /// Opens whatever the pairs come from.
    fileprivate func open(imageSize: Int, seed: UInt64) throws -> any PairDataset {
        let images = images(size: imageSize)
        if let parts = try parts(images) {
            let budget = SourceBudget(cacheBytes: images.cacheBytes, mixedShards: mixedShards)
            return try MixedPairs.open(parts, seed: seed, budget: budget)
        }
        return try source(images: images).open(seed: seed)
    }

    /// The sources of a mixture with their weights; `nil` where there is one source.
    private func parts(_ images: ImageStoreOptions) throws -> [(source: PairSource, weight: Double)]? {
        if let shards, let shardWeights {
            return try ShardPairs.parts(of: shards, weights: shardWeights, options: shardOptions(images))
        }
        return try mixture?.map { (try $0.source.source(images: images), $0.weight) }
    }

    private func images(size: Int) -> ImageStoreOptions {
        var images = ImageStoreOptions()
        images.shortestEdge = shortestEdge ?? (cacheMegabytes > 0 ? size + size / 8 : nil)
        images.cacheBytes = cacheMegabytes << 20
        return images
    }

    /// The one source that is named.
    private func source(images: ImageStoreOptions) throws -> PairSource {
        let options = fileOptions(images)
        if let table { return .table(table, tableOptions(table, images)) }
        if let jsonl { return .jsonLines(jsonl, options) }
        if let folder { return .folder(folder, options) }
        if let coco { return .coco(coco, options) }
        if let karpathy { return .karpathy(karpathy, Set(splits ?? [.train]), options) }
        if let shards { return .shards(shards, shardOptions(images)) }
        throw TrainingError("data", "expected one of the keys \(Self.sourceKeys)")
    }

    private func fileOptions(_ images: ImageStoreOptions) -> FilePairs.Options {
        var options = FilePairs.Options()
        options.imageKey = imageColumn
        options.captionKey = captionColumn
        (options.captions, options.words, options.lowercases) = (captions, words, lowercase)
        options.imageFolder = imageFolder.map { URL(filePath: $0) }
        options.images = images
        return options
    }

    private func shardOptions(_ images: ImageStoreOptions) -> ShardPairs.Options {
        var options = ShardPairs.Options()
        options.mixedShards = mixedShards
        options.images = images
        return options
    }

    /// How a table is read, and its images kept.
    func tableOptions(_ table: String, _ images: ImageStoreOptions = ImageStoreOptions()) -> TableOptions {
        var options = TableOptions(fileOptions(images))
        options.separator = separator?.first ?? TableOptions.usualSeparator(of: table)
        return options
    }
}
