internal import CLIPFiles
import Foundation

extension EvaluationSource {
    func openLabelled(_ folder: EvaluationFolder) throws -> any LabelledImages {
        switch folder {
        case .benchmark(let splits):
            let benchmark = try benchmark(splits)
            guard benchmark.kind != .retrieval else {
                throw DatasetError(path, "expected images with classes, found dataset_type.txt that says retrieval")
            }
            let missing = DatasetError(
                "\(path)/classnames.txt", "expected this file or names of the classes, found neither")
            return try ShardImages(
                benchmark.shards(),
                classes: SetClasses(options.classNames, own: benchmark.classNames(), missing: missing),
                isMultiLabel: benchmark.kind == .multilabel, templates: benchmark.templates(), name: name(split))
        case .idx: return try RecordImages(idxIn: path, split: split, names: options.classNames, name: name(split))
        case .cifar(let cifar):
            return try RecordImages(cifar: cifar, in: path, split: split, names: options.classNames, name: name(split))
        case .metadata:
            try refuseSplit("a folder with metadata")
            return try labelled(metadataIn: path, split: nil)
        case .plain:
            let (images, found) = try EvaluationFolder.images(in: path, split: options.split)
            if case .metadata = try EvaluationFolder(images), found != nil {
                return try labelled(metadataIn: images, split: found)
            }
            let (classes, split) = try EvaluationFolder.classes(in: path, split: options.split)
            return try FileImages(classesIn: URL(filePath: classes), names: options.classNames, name: name(split))
        }
    }

    func captioned(_ folder: EvaluationFolder) throws -> any StoredPairs {
        switch folder {
        case .benchmark(let splits):
            let benchmark = try benchmark(splits)
            guard benchmark.kind == .retrieval else {
                throw DatasetError(
                    path, "expected dataset_type.txt that says retrieval, found a set for \(benchmark.kind.rawValue)")
            }
            var shards = ShardPairs.Options()
            shards.splitsLines = true
            return try ShardPairs(paths: benchmark.shards(), options: shards, seed: 0, budget: shards.budget)
        case .idx, .cifar: throw DatasetError(path, "expected images with captions, found a set that has classes")
        case .metadata:
            try refuseSplit("a folder with metadata")
            return try PairSource.folder(path, files).open(seed: 0)
        case .plain:
            let images = try EvaluationFolder.images(in: path, split: options.split).folder
            return try PairSource.folder(images, files).open(seed: 0)
        }
    }

    /// The set in CLIP_benchmark's layout, whose split is there.
    private func benchmark(_ splits: [String]) throws -> BenchmarkFolder {
        guard splits.contains(split) else {
            let found = splits.isEmpty ? "no split" : "the splits \(TextList.brief(splits))"
            throw DatasetError(path, "expected \(split)/nshards.txt, found \(found)")
        }
        return try BenchmarkFolder(path, split: split)
    }

    /// Hugging Face's imagefolder with a column of classes.
    private func labelled(metadataIn folder: String, split: String?) throws -> any LabelledImages {
        let list = list(image: ImageFolder.keys.image, separator: ",", name: name(split))
        switch try ImageFolder(URL(filePath: folder)) {
        case .table(let file): return try FileImages(table: file, list)
        case .jsonLines(let file): return try FileImages(jsonLines: file, list)
        case .plain: throw DatasetError(folder, "expected metadata.csv or metadata.jsonl, found neither")
        }
    }
}
