/// Which of a repository's files a model needs: its descriptions, its vocabulary, and one set of weights.
package enum ModelFiles {
    /// The descriptions and vocabularies that are taken where a repository has them.
    package static let small = [
        "config.json", "open_clip_config.json", "preprocessor_config.json", "processor_config.json", "vocab.json",
        "merges.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "spiece.model", "tokenizer.model", "bpe_simple_vocab_16e6.txt.gz",
    ]

    /// The files to take, out of all in the repository; nil where there are no weights among them.
    ///
    /// Safetensors are preferred to pickles, one file to shards, and open_clip's name to Hugging Face's where the
    /// description in its layout is there.
    ///
    /// - Parameter present: Files that are in the cache. Of sets that serve equally, one that is wholly present is taken.
    package static func chosen(from names: some Sequence<String>, present: Set<String> = []) -> [String]? {
        let names = Set(names)
        guard let weights = weights(among: names, present) else { return nil }
        return small.filter(names.contains) + weights
    }

    /// Whether files that were chosen are a model: a description and weights, or OpenAI's one file that needs none.
    static func isModel(_ files: [String]) -> Bool {
        files.contains("config.json") || files.contains("open_clip_config.json")
            || files.contains { $0.hasSuffix(".pt") }
    }

    private static func weights(among names: Set<String>, _ present: Set<String>) -> [String]? {
        for format in formats(isOpenCLIP: names.contains("open_clip_config.json")) {
            let sets = format.compactMap { $0.files(among: names) }
            guard let first = sets.first else { continue }
            return sets.first { $0.allSatisfy(present.contains) } ?? first
        }
        let lone = names.filter { $0.hasSuffix(".pt") && !$0.contains("/") && !$0.hasPrefix(".") }
        return lone.count == 1 ? Array(lone) : nil
    }

    /// The sets that serve equally, the preferred format first.
    private static func formats(isOpenCLIP: Bool) -> [[WeightSet]] {
        let openCLIP: [[WeightSet]] = [
            [.file("open_clip_model.safetensors"), .file("open_clip_pytorch_model.safetensors")],
            [.file("open_clip_pytorch_model.bin")],
        ]
        let huggingFace: [[WeightSet]] = [
            [.file("model.safetensors"), .shards("model", "safetensors")],
            [.file("pytorch_model.bin"), .shards("pytorch_model", "bin")],
        ]
        // Without its description, a file of open_clip's is the last resort.
        return isOpenCLIP ? zip(openCLIP, huggingFace).map { $0 + $1 } : huggingFace + openCLIP
    }
}

/// Files that hold the weights together.
private enum WeightSet {
    case file(String)
    /// `STEM-00001-of-00002.SUFFIX` and so on, with an index.
    case shards(String, String)

    /// The set's files; nil where one is missing.
    func files(among names: Set<String>) -> [String]? {
        switch self {
        case .file(let name): names.contains(name) ? [name] : nil
        case .shards(let stem, let suffix): Self.shards(stem, suffix, among: names)
        }
    }

    private static func shards(_ stem: String, _ suffix: String, among names: Set<String>) -> [String]? {
        let index = "\(stem).\(suffix).index.json"
        guard names.contains(index) else { return nil }
        let first = "\(stem)-00001-of-"
        let counts = names.compactMap { name -> Int? in
            guard name.hasPrefix(first), name.hasSuffix(".\(suffix)") else { return nil }
            let digits = name.dropFirst(first.count).dropLast(suffix.count + 1)
            return digits.count == 5 ? Int(digits) : nil
        }
        for count in counts.sorted() where count > 0 {
            let shards = (1...count).map { "\(stem)-\(fiveDigits($0))-of-\(fiveDigits(count)).\(suffix)" }
            if shards.allSatisfy(names.contains) { return [index] + shards }
        }
        return nil
    }

    private static func fiveDigits(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
}
