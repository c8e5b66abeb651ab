import CLIPData
internal import CLIPFiles

extension DataConfiguration {
    /// The keys that name a source, of which one is given.
    static let sourceKeys = "table, jsonl, folder, coco, karpathy, shards, mixture and emoji"

    /// Throws where a value means nothing or two do not fit together, before any file is opened.
    func validate(at place: String = "data") throws {
        guard names.count == 1 else {
            let found = names.isEmpty ? "none" : names.joined(separator: " and ")
            throw TrainingError(place, "expected exactly one of the keys \(Self.sourceKeys), found \(found)")
        }
        try check("\(place).shortest_edge", shortestEdge ?? 1, 1...1 << 14)
        try check("\(place).cache_megabytes", cacheMegabytes, 0...1 << 24)
        try check("\(place).mixed_shards", mixedShards, 1...1 << 20)
        try validateMeaning(at: place)
        try check(
            readsShards || mixedShards == DataConfiguration().mixedShards,
            "\(place).mixed_shards", "expected none where nothing is read from shards")
        try emoji?.validate(at: "\(place).emoji")
        if let shards, let shardWeights {
            let count = ShardPairs.parts(of: shards).count
            try check(
                shardWeights.count == count, "\(place).shard_weights",
                "expected a weight for each of the \(count) patterns between ::, found \(shardWeights.count)")
            for (index, weight) in shardWeights.enumerated() {
                try checkWeight(weight, at: "\(place).shard_weights[\(index)]")
            }
        }
        if let mixture { try Self.validate(mixture, at: "\(place).mixture") }
    }

    /// Throws where a value means nothing to data that a run is measured on: each pair counts once, in the order of the
    /// source, its image as the model sees it.
    func validateMeasured(at place: String) throws {
        try check(emoji == nil, place, "expected a source of files, found emoji")
        try validate(at: place)
        try check(
            shortestEdge == nil,
            "\(place).shortest_edge", "expected none, since images are measured as the model sees them")
        try check(
            mixedShards == DataConfiguration().mixedShards,
            "\(place).mixed_shards", "expected none, since nothing is shuffled")
        try check(shardWeights == nil, "\(place).shard_weights", "expected none, since each pair counts once")
        for (index, part) in (mixture ?? []).enumerated() where part.weight != 1 {
            throw TrainingError("\(place).mixture[\(index)].weight", "expected none, since each pair counts once")
        }
    }

    private var readsShards: Bool { shards != nil || mixture?.contains { $0.source.shards != nil } ?? false }

    /// The keys that are given of those that name a source.
    private var names: [String] {
        let keys: [(String, Bool)] = [
            ("table", table != nil), ("jsonl", jsonl != nil), ("folder", folder != nil), ("coco", coco != nil),
            ("karpathy", karpathy != nil), ("shards", shards != nil), ("mixture", mixture != nil),
            ("emoji", emoji != nil),
        ]
        return keys.filter(\.1).map(\.0)
    }

    private static func validate(_ mixture: [Part], at list: String) throws {
        try check(!mixture.isEmpty, list, "expected a list of sources, found an empty one")
        for (index, part) in mixture.enumerated() {
            let place = "\(list)[\(index)]"
            let names = part.source.names
            try check(
                names.count == 1 && part.source.mixture == nil && part.source.emoji == nil,
                place, "expected exactly one of the keys table, jsonl, folder, coco, karpathy and shards")
            let plain = DataConfiguration()
            try check(
                part.source.shardWeights == nil && part.source.mixedShards == plain.mixedShards
                    && part.source.cacheMegabytes == plain.cacheMegabytes && part.source.shortestEdge == nil,
                place, "expected shard_weights, mixed_shards, cache_megabytes and shortest_edge to stand outside")
            try checkWeight(part.weight, at: "\(place).weight")
            try part.source.validateMeaning(at: place)
        }
    }

    /// Throws where a key stands beside a source that has no use for it.
    private func validateMeaning(at place: String) throws {
        let isList = table != nil || jsonl != nil || folder != nil
        try check(table != nil || separator == nil, "\(place).separator", "expected a table beside it")
        if let separator {
            try check(
                separator.count == 1, "\(place).separator", "expected one character, found \(separator.quoted())")
        }
        try check(isList || captions.isEmpty, "\(place).captions", "expected a table, jsonl or a folder beside them")
        try check(
            captions.isEmpty || captionColumn == nil,
            "\(place).caption_column", "expected none beside captions, which take its place")
        let hasClasses = folder != nil && captionColumn == ImageFolder.classColumn
        try check(
            table != nil || hasClasses || !captions.isEmpty || (words.isEmpty && !lowercase),
            place, "expected a table or captions for words and lowercase, or a folder with caption_column: label")
        try check(
            shards != nil || shardWeights == nil, "\(place).shard_weights", "expected shards that they belong to")
        try check(karpathy != nil || splits == nil, "\(place).splits", "expected karpathy that they belong to")
        if let splits {
            try check(
                !splits.isEmpty && Set(splits).count == splits.count, "\(place).splits",
                "expected each split once, at least one")
        }
        try check(
            isList || (imageColumn == nil && captionColumn == nil),
            place, "expected a table, jsonl or a folder for image_column and caption_column")
        try check(
            isList || coco != nil || karpathy != nil || imageFolder == nil,
            place, "expected a list of paths for image_folder")
    }
}

extension DataConfiguration.EmojiConfiguration {
    fileprivate func validate(at place: String) throws {
        try check("\(place).epoch_pairs", epochPairs, 1...TrainingConfiguration.largestCount)
        try check(!stages.isEmpty, "\(place).stages", "expected at least one stage, found none")
        for (index, stage) in stages.enumerated() {
            let shares = [
                ("until", stage.until), ("single_kind", stage.singleKind), ("twins", stage.twins),
                ("places_first", stage.placesFirst ?? 0),
            ]
            for (name, share) in shares {
                try check(
                    (0...1).contains(share), "\(place).stages[\(index)].\(name)",
                    "expected a share from 0 to 1, found \(share)")
            }
        }
    }
}

private func checkWeight(_ weight: Double, at place: String) throws {
    guard weight > 0, weight <= MixedPairs.largestWeight else {
        throw TrainingError(
            place, "expected a number above 0 and up to \(Int(MixedPairs.largestWeight)), found \(weight)")
    }
}
