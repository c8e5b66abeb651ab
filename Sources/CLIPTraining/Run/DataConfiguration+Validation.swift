import CLIPData

extension DataConfiguration {
    /// The keys that name a source, of which one is given.
    static let sourceKeys = "table, jsonl, folder, coco, karpathy, shards, mixture and emoji"

    /// Throws where a value means nothing or two do not fit together, before any file is opened.
    func validate() throws {
        guard names.count == 1 else {
            let found = names.isEmpty ? "none" : names.joined(separator: " and ")
            throw TrainingError("data: expected exactly one of the keys \(Self.sourceKeys), found \(found)")
        }
        try check("data.shortest_edge", shortestEdge ?? 1, 1...1 << 14)
        try check("data.cache_megabytes", cacheMegabytes, 0...1 << 24)
        try check("data.mixed_shards", mixedShards, 1...1 << 20)
        try validateMeaning(at: "data")
        if let emoji { try check("data.emoji.epoch_pairs", emoji.epochPairs, 1...TrainingConfiguration.largestCount) }
        if let shardWeights {
            for weight in shardWeights { try checkWeight(weight, at: "data.shard_weights") }
        }
        try mixture.map(Self.validate)
    }

    /// The keys that are given of those that name a source.
    private var names: [String] {
        let keys: [(String, Bool)] = [
            ("table", table != nil), ("jsonl", jsonl != nil), ("folder", folder != nil), ("coco", coco != nil),
            ("karpathy", karpathy != nil), ("shards", shards != nil), ("mixture", mixture != nil),
            ("emoji", emoji != nil),
        ]
        return keys.filter(\.1).map(\.0)
    }

    private static func validate(_ mixture: [Part]) throws {
        try check(!mixture.isEmpty, "data.mixture: expected a list of sources, found an empty one")
        for (index, part) in mixture.enumerated() {
            let place = "data.mixture[\(index)]"
            let names = part.source.names
            try check(
                names.count == 1 && part.source.mixture == nil && part.source.emoji == nil,
                "\(place): expected exactly one of the keys table, jsonl, folder, coco, karpathy and shards")
            let plain = DataConfiguration()
            try check(
                part.source.shardWeights == nil && part.source.mixedShards == plain.mixedShards
                    && part.source.cacheMegabytes == plain.cacheMegabytes && part.source.shortestEdge == nil,
                "\(place): expected shard_weights, mixed_shards, cache_megabytes and shortest_edge to stand outside")
            try checkWeight(part.weight, at: "\(place).weight")
            try part.source.validateMeaning(at: place)
        }
    }

    /// Throws where a key stands beside a source that has no use for it.
    private func validateMeaning(at place: String) throws {
        let isList = table != nil || jsonl != nil || folder != nil
        try check(table != nil || separator == nil, "\(place).separator: expected a table beside it")
        try check(isList || captions.isEmpty, "\(place).captions: expected a table, jsonl or a folder beside them")
        try check(
            table != nil || !captions.isEmpty || (words.isEmpty && !lowercase),
            "\(place): expected a table or captions for words and lowercase")
        try check(
            shards != nil || shardWeights == nil, "\(place).shard_weights: expected shards that they belong to")
        try check(karpathy != nil || splits == nil, "\(place).splits: expected karpathy that they belong to")
        if let splits { try check(!splits.isEmpty, "\(place).splits: expected at least one") }
        try check(
            isList || (imageColumn == nil && captionColumn == nil),
            "\(place): expected a table, jsonl or a folder for image_column and caption_column")
        try check(
            isList || coco != nil || karpathy != nil || imageFolder == nil,
            "\(place): expected a list of paths for image_folder")
    }
}

private func checkWeight(_ weight: Double, at place: String) throws {
    guard weight > 0, weight <= MixedPairs.largestWeight else {
        throw TrainingError(
            "\(place): expected a number above 0 and up to \(Int(MixedPairs.largestWeight)), found \(weight)")
    }
}
