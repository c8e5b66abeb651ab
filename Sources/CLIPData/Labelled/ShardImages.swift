internal import CLIPFiles
import Foundation

/// Images with their classes from tar files in webdataset's layout: beside each image its class as a number (`.cls`), or, in a set
/// with several labels an image, a vector of zeros and ones (`.npy`).
///
/// The shards are looked through once to find the labels, and opened again, a few at a time, for the images. A sample without an
/// image or a label is passed over. A label beyond the classes refuses the set: its names are not those of its labels.
struct ShardImages: LabelledImages {
    let name: String
    let synonyms: [[String]]
    let isMultiLabel: Bool
    let templates: [String]?
    let skipped: BadSamples
    private let shards: [String]
    private let samples: [Place]
    private let labels: LabelLists
    private let cache = ShardCache(limit: 8)

    /// Where a sample lies.
    private struct Place: Sendable {
        let shard: Int32
        let number: Int32
    }

    /// - Throws: `FileError` for a shard that is not there, ``DatasetError`` where there is no sample with an image and a label.
    init(
        _ shards: [String], classes: SetClasses, isMultiLabel: Bool, templates: [String]? = nil, name: String
    ) throws {
        let classCount = classes.synonyms.count
        let parts = parallelMap(shards.count) { shard in
            Result {
                try Self.contents(of: shards[shard], classes: isMultiLabel ? .several(classCount) : .one(classCount))
            }
        }
        var (samples, labels, skipped) = ([Place](), LabelLists(), BadSamples())
        for (shard, part) in parts.enumerated() {
            let part = try part.get()
            skipped.add(part.skipped)
            for sample in part.samples {
                samples.append(Place(shard: Int32(shard), number: Int32(sample.number)))
                labels.append(sample.labels)
            }
        }
        guard !samples.isEmpty else {
            let first = skipped.first.first.map { "; the first: \($0)" } ?? ""
            throw DatasetError(
                shards.first ?? "shards",
                "expected samples with an image and a "
                    + "\(isMultiLabel ? ".npy" : ".cls") file, found none (\(skipped.count) without\(first))")
        }
        (self.shards, self.samples, self.labels, self.skipped) = (shards, samples, labels, skipped)
        (self.name, self.isMultiLabel, self.templates) = (name, isMultiLabel, templates)
        synonyms = classes.synonyms
    }

    var classes: [String] { synonyms.map { $0[0] } }
    var count: Int { samples.count }
    func labels(at index: Int) -> [Int] { labels[index] }

    /// The shard and the name of the sample in it.
    func name(at index: Int) -> String {
        let place = samples[index]
        let sample = try? sample(at: index).sample
        return "\(shards[Int(place.shard)])/\(sample?.name ?? "sample \(place.number)")"
    }

    func image(at index: Int) throws -> StoredImage {
        let (shard, sample) = try sample(at: index)
        return .file(try shard.image(of: sample))
    }

    private func sample(at index: Int) throws -> (shard: OpenShard, sample: ShardSample) {
        let place = samples[index]
        let shard = try cache.shard(shards[Int(place.shard)])
        guard place.number < shard.samples.count else {
            throw DatasetError(shard.path, "has lost its sample \(place.number) while it was read")
        }
        return (shard, shard.samples[Int(place.number)])
    }
}

extension ShardImages {
    /// How many classes there are, and how many of them an image has.
    private enum Classes {
        case one(Int)
        case several(Int)
    }

    /// The samples of a shard with their labels.
    private struct Contents {
        var samples: [(number: Int, labels: [Int])] = []
        var skipped = BadSamples()
    }

    private static func contents(of path: String, classes: Classes) throws -> Contents {
        let shard = try OpenShard(opening: path)
        var contents = Contents()
        if let fault = shard.faults.first { contents.skipped.add(BadSample(name: path, reason: fault)) }
        for (number, sample) in shard.samples.enumerated() {
            let name = "\(path)/\(sample.name)"
            guard sample.image != nil else {
                contents.skipped.add(BadSample(name: name, reason: "expected an image, found none"))
                continue
            }
            do {
                contents.samples.append((number, try labels(of: sample, in: shard, classes)))
            } catch let error as Unlabelled {
                contents.skipped.add(BadSample(name: name, reason: error.reason))
            }
        }
        return contents
    }

    /// Why one sample has no label, which is no fault of the set.
    private struct Unlabelled: Error {
        let reason: String
    }

    private static func labels(of sample: ShardSample, in shard: OpenShard, _ classes: Classes) throws -> [Int] {
        switch classes {
        case .one(let count):
            guard let part = sample.label else { throw Unlabelled(reason: "expected a .cls file, found none") }
            let text = CaptionText.said(String(decoding: try shard.bytes(of: part, of: sample), as: UTF8.self)) ?? ""
            guard let label = Int(text) else {
                throw Unlabelled(reason: "expected an integer in the .cls file, found \(text.quoted())")
            }
            try checkLabel(label, of: count, "\(shard.path)/\(sample.key).cls")
            return [label]
        case .several(let count):
            guard let part = sample.labels else { throw Unlabelled(reason: "expected a .npy file, found none") }
            let name = "\(shard.path)/\(sample.key).npy"
            let vector: (ones: [Int], count: Int)
            do {
                vector = try LabelVector.indices(try shard.bytes(of: part, of: sample), name)
            } catch let error as DatasetError {
                throw Unlabelled(reason: error.description)
            }
            guard vector.count == count else {
                throw DatasetError(name, "expected a number for each of \(count) classes, found \(vector.count)")
            }
            return vector.ones
        }
    }
}
