import CLIPData
import CLIPFiles
import CLIPImaging
import CLIPTestSupport
import Foundation
import Testing

@Suite("Pairs from shards") struct ShardPairsTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func captions(_ pairs: some PairDataset) throws -> [String] {
        try (0..<pairs.count).map { try pairs.pairs(at: $0, epoch: 0)[0].caption }
    }

    @Test("samples are those of the shards in order, and each shard is a block")
    func reading() throws {
        let pairs = try ShardPairs(folder.shards([3, 1, 4]))
        #expect(pairs.count == 8 && pairs.blocks == [0..<3, 3..<4, 4..<8] && pairs.skipped.count == 0)
        #expect(try captions(pairs) == (0..<8).map { "picture \($0)" })
        for index in 0..<8 {
            #expect(try pairs.pairs(at: index, epoch: 0)[0].image == .gradient(index, width: 9, height: 8))
        }
        #expect(pairs.name(at: 4) == folder.path("00002.tar/000000004.png"))
    }

    @Test(
        "shards packed by gzip and zstd are those of the plain ones",
        arguments: [TarFixture.gzip, TarFixture.zstandard])
    func packed(pack: @Sendable ([UInt8]) -> [UInt8]) throws {
        let plain = try TarFixture.shard(0..<60)
        try folder.write(Data(pack(plain)), to: "a.tar.packed")
        let pairs = try ShardPairs(folder.path("a.tar.packed"))
        #expect(try captions(pairs) == (0..<60).map { "picture \($0)" })
        // Several members, or frames, one after the other are one archive.
        try folder.write(Data(pack(Array(plain[..<5000])) + pack(Array(plain[5000...]))), to: "b.tar.packed")
        #expect(try captions(ShardPairs(folder.path("b.tar.packed"))) == captions(pairs))
        // Cut short, the samples before the cut are there.
        let whole = pack(plain)
        try folder.write(Data(whole[..<(whole.count / 2)]), to: "c.tar.packed")
        let cut = try ShardPairs(folder.path("c.tar.packed"))
        #expect((20..<35).contains(cut.count) && cut.skipped.count == 1)
        #expect(cut.skipped.first.first?.reason.contains("file, found the end") == true)
        #expect(try captions(cut).prefix(20) == captions(pairs).prefix(20))
    }

    @Test("what is broken in a shard is passed over and named, and the rest is used")
    func corrupt() throws {
        var tar = TarFixture()
        for number in 0..<6 { try tar.addSample(number) }
        var bytes = tar.finished
        let third = try #require(bytes.firstRange(of: Array("000000002.png".utf8))?.lowerBound)
        for index in third..<(third + 20) { bytes[index] = 0xAA }
        let pattern = try folder.shards([2, 6, 2])
        try folder.write(Data(bytes), to: "00001.tar")
        let pairs = try ShardPairs(pattern)
        // The text of the third sample is left, without its image.
        #expect(pairs.count == 10 && pairs.skipped.count == 1)
        #expect(
            pairs.skipped.first.first?.description
                == "\(folder.path("00001.tar")): expected a tar header at byte \(third), found none")
        let loader = try BatchLoader(pairs, LoaderOptions(batch: 9) { $0.shuffles = false })
        #expect(try loader.next()?.captions == [0, 1, 0, 1, 3, 4, 5, 8, 9].map { "picture \($0)" })
        #expect(loader.report.bad.count == 1)
        #expect(
            loader.report.bad.first.first?.description.hasPrefix(
                "\(folder.path("00001.tar"))/000000002: expected an image")
                == true)
    }

    @Test("a shard that is cut short or no archive at all leaves the others")
    func truncated() throws {
        let pattern = try folder.shards([2, 3, 2])
        let whole = try Data(contentsOf: folder.url.appending(path: "00001.tar"))
        try folder.write(whole.prefix(2048 + 512 + 20), to: "00001.tar")
        var pairs = try ShardPairs(pattern)
        #expect(try captions(pairs) == [0, 1, 2, 5, 6].map { "picture \($0)" } && pairs.skipped.count == 1)
        #expect(pairs.skipped.first.first?.reason.contains("000000003.png at byte 2048 has") == true)
        try folder.write(Data("no archive".utf8), to: "00001.tar")
        pairs = try ShardPairs(pattern)
        #expect(try captions(pairs) == ["picture 0", "picture 1", "picture 5", "picture 6"])
        #expect(pairs.skipped.count == 1)
        let error = #expect(throws: DatasetError.self) { try BatchLoader(pairs, LoaderOptions(batch: 5)).next() }
        let expected =
            "data set: expected a batch of 5 pairs, found 4; 1 entries of the data were passed over before, the first: "
        #expect(error?.description.hasPrefix("\(expected)\(folder.path("00001.tar")): ") == true)
        let mixed = try MixedPairs([(pairs, weight: 0.5)])
        #expect(mixed.skipped == pairs.skipped)
    }

    @Test("a caption that is not UTF-8 makes a bad sample, and no caption of other letters")
    func notText() throws {
        var tar = TarFixture()
        for number in 0..<2 { try tar.addSample(number) }
        tar.add("latin.png", try Bitmap.gradient(2, width: 9, height: 8).pngData())
        tar.add("latin.txt", [0x63, 0x61, 0x66, 0xE9])
        _ = try folder.write(Data(tar.finished), to: "00000.tar")
        let loader = try BatchLoader(
            ShardPairs(folder.path("00000.tar")), LoaderOptions(batch: 2) { $0.shuffles = false })
        #expect(try loader.next()?.captions == ["picture 0", "picture 1"])
        #expect(try loader.next() == nil)
        let name = "\(folder.path("00000.tar"))/latin.png"
        let reason = "\(name): expected a caption in UTF-8, found bytes that are none"
        #expect(loader.report.bad.first.map(\.description) == [reason])
    }

    @Test("counts beside the shards spare the look through them, and samples that are missing are told")
    func sizes() throws {
        let pattern = try folder.shards([3, 3])
        _ = try folder.write(#"{"00000.tar": 3, "00001.tar": 5}"#, to: "sizes.json")
        let pairs = try ShardPairs(pattern)
        #expect(pairs.count == 8)
        let loader = try BatchLoader(pairs, LoaderOptions(batch: 6) { $0.shuffles = false })
        #expect(try loader.next()?.count == 6 && loader.next() == nil)
        #expect(
            loader.report.bad.first.map(\.description).last
                == "\(folder.path("00001.tar"))/sample 4: expected 5 samples in the shard, as is said beside it, found 3"
        )
        _ = try folder.write("{\"00000.tar\": -1}", to: "sizes.json")
        #expect(throws: DatasetError.self) { try ShardPairs(pattern) }
        try FileManager.default.removeItem(at: folder.url.appending(path: "sizes.json"))
        _ = try folder.write(#"{"count": 9, "successes": 2}"#, to: "00000_stats.json")
        #expect(try ShardPairs(pattern).blocks == [0..<2, 2..<5])
        _ = try folder.write("1\n", to: "__len__")
        #expect(try ShardPairs(folder.path("00001.tar")).count == 1)
    }

    @Test("images are told apart by their places, even of one key, without opening a shard")
    func imageNames() throws {
        var tar = TarFixture()
        for number in [0, 1, 0] { try tar.addSample(number) }
        try folder.write(Data(tar.finished), to: "a.tar")
        let budget = SourceBudget(cacheBytes: 0)
        let pairs = try ShardPairs(folder.path("a.tar"), options: .init(), seed: 0, budget: budget)
        let names = (0..<3).map { pairs.imageName(at: $0, epoch: 0) }
        #expect(names == (0..<3).map { folder.path("a.tar/sample \($0)") } && budget.shardOpenings == 0)
        #expect(pairs.name(at: 0) == pairs.name(at: 2))
        let mixed = try MixedPairs([(pairs, weight: 1)])
        #expect(mixed.name(at: 1, epoch: 0) == pairs.name(at: 1))
    }

    @Test("captions come from the list in the JSON, from the text, or from the JSON's one caption")
    func captionKinds() throws {
        var tar = TarFixture()
        let image = try Bitmap.gradient(1, width: 9, height: 8).pngData()
        for (key, parts) in [
            ("a", ["json": #"{"captions": ["one", " two ", ""]}"#, "txt": "text"]),
            ("b", ["json": #"{"caption": "inner", "similarity": NaN}"#, "txt": "text"]),
            ("c", ["json": #"{"caption": "inner"}"#]), ("d", ["json": "{}"]), ("e", ["txt": " \n"]),
        ] {
            tar.add("\(key).PNG", image)
            for suffix in parts.keys.sorted() { tar.add("\(key).\(suffix)", Array((parts[suffix] ?? "").utf8)) }
        }
        try folder.write(Data(tar.finished), to: "a.tar")
        let pairs = try ShardPairs(folder.path("a.tar"), seed: 3)
        let drawn = try (0..<40).map { try pairs.captions(at: 0, epoch: $0) }
        #expect(Set(drawn) == [["one"], ["two"]])
        #expect(try ShardPairs(folder.path("a.tar"), seed: 3).captions(at: 0, epoch: 17) == drawn[17])
        #expect(try pairs.captions(at: 1, epoch: 0) == ["text"] && pairs.captions(at: 2, epoch: 0) == ["inner"])
        for index in 3..<5 { #expect(throws: DatasetError.self) { try pairs.captions(at: index, epoch: 0) } }
    }

    @Test(
        "patterns that are no local files are refused",
        arguments: ["https://host/{0..9}.tar", "pipe:aws s3 cp x", "a.tar::", "{1..2"])
    func patterns(pattern: String) { #expect(throws: DatasetError.self) { try ShardPairs(pattern) } }

    @Test("a shard that is not there is an error of its own")
    func missing() throws {
        let pattern = try folder.shards([1, 1]).replacing("00001}", with: "00002}")
        let error = #expect(throws: FileError.self) { try ShardPairs(pattern) }
        #expect(error?.code == .notFound && error?.path.hasSuffix("00002.tar") == true)
    }

    @Test("a folder that is gone is told from a broken shard")
    func presence() throws {
        let pattern = try folder.shards([2, 2])
        _ = try folder.write(#"{"00000.tar": 2, "00001.tar": 2}"#, to: "sizes.json")
        let pairs = try MixedPairs([(ShardPairs(pattern), weight: 1)])
        try FileManager.default.removeItem(atPath: folder.path("00001.tar"))
        #expect(throws: FileError.self) { try pairs.pairs(at: 3, epoch: 0) }
        try pairs.checkPresence(at: 3, epoch: 0)
        try FileManager.default.removeItem(at: folder.url)
        #expect(throws: DatasetError.self) { try pairs.checkPresence(at: 3, epoch: 0) }
    }

    @Test("a run over shards goes on after any batch with the same ones, whatever the threads", arguments: [1, 2, 9])
    func resuming(mixed: Int) throws {
        let pattern = try folder.shards([7, 3, 5, 6, 4, 8])
        let whole = try batches(pattern, mixed, threads: 1, from: LoaderPosition())
        #expect(whole.count == 24)
        let firstEpoch = whole.prefix(8).flatMap(\.captions)
        #expect(Set(firstEpoch).count == 32)
        #expect(try batches(pattern, mixed, threads: 3, from: LoaderPosition()) == whole)
        for step in stride(from: 0, to: 23, by: 3) {
            let saved = try JSONEncoder().encode(whole[step].next)
            let position = try JSONDecoder().decode(LoaderPosition.self, from: saved)
            #expect(try batches(pattern, mixed, threads: 1 + step % 3, from: position) == Array(whole[(step + 1)...]))
        }
    }

    private func batches(
        _ pattern: String, _ mixed: Int, threads: Int, from position: LoaderPosition
    ) throws -> [BatchContent] {
        var options = ShardPairs.Options()
        options.mixedShards = mixed
        let pairs = try ShardPairs(pattern, options: options, seed: 5)
        let loader = LoaderOptions(batch: 4, threads: threads, epochs: 3) {
            $0.mixedBlocks = mixed
            $0.seed = 5
            $0.distinctCaptions = true
        }
        return try BatchLoader(pairs, loader, from: position).all().map(BatchContent.init)
    }

    @Test("parts joined by :: have the weights that are given for them")
    func weights() throws {
        let pattern = try folder.shards([4, 6])
        let (one, two) = (folder.path("00000.tar"), folder.path("00001.tar"))
        #expect(try ShardPairs("\(one)::\(two)").count == 10)
        let parts = try ShardPairs.parts(of: "\(one)::\(two)", weights: [2, 0.5], options: ShardPairs.Options())
        let mixed = try MixedPairs.open(parts, seed: 0, budget: ShardPairs.Options().budget)
        #expect(mixed.count == 11 && mixed.blocks == [0..<4, 4..<8, 8..<11])
        #expect(throws: DatasetError.self) {
            try ShardPairs.parts(of: pattern, weights: [1, 1], options: ShardPairs.Options())
        }
    }

    @Test("parts share one budget: of open shards, and of memory for images")
    func budget() throws {
        _ = try folder.shards([3, 3, 3, 3, 3, 3])
        for name in (0..<6).map({ "0000\($0).tar" }) {
            try folder.write(Data(TarFixture.gzip(Array(Data(contentsOf: folder.url.appending(path: name))))), to: name)
        }
        let size = 9 * 8 * 3
        var options = ShardPairs.Options()
        options.images.shortestEdge = 8
        options.images.cacheBytes = 12 * size
        let pattern = "\(folder.path("{00000..00002}.tar"))::\(folder.path("{00003..00005}.tar"))"
        let budget = SourceBudget(cacheBytes: options.images.cacheBytes, mixedShards: 2)
        let pairs = try MixedPairs.open(
            ShardPairs.parts(of: pattern, weights: [1, 1], options: options), seed: 0, budget: budget)
        let loader = LoaderOptions(batch: 3, threads: 2) { $0.mixedBlocks = 2 }
        #expect(try BatchLoader(pairs, loader).all().count == 6)
        #expect(budget.openShards == 4 && budget.imageBytes == 12 * size)
    }

    @Test("a damaged archive gives samples or reasons")
    func fuzz() throws {
        var tar = TarFixture()
        for number in 0..<3 { try tar.addSample(number) }
        tar.add("././@LongLink", Array(String(repeating: "n", count: 130).utf8) + [0], kind: "L")
        try tar.addSample(3, key: "short")
        tar.add("pax", Array("19 path=other.txt\n16 size=10000000\n".utf8), kind: "x")
        try tar.addSample(4)
        let whole = tar.finished
        var lots = Mutation(seed: 11)
        for round in 0..<FuzzIterations.count(default: 400) {
            var bytes = lots.mutated(whole, words: ["ustar", "77777777777", "\0", "0000000"])
            // Half of them with a sum that fits the damaged header.
            if round % 2 == 0 { Self.repairSums(&bytes) }
            if round % 8 == 7 { bytes = lots.mutated(TarFixture.gzip(bytes), words: []) }
            if round % 8 == 3 { bytes = lots.mutated(TarFixture.zstandard(bytes), words: []) }
            try folder.write(Data(bytes), to: "a.tar")
            guard let pairs = try? ShardPairs(folder.path("a.tar")) else { continue }
            for index in 0..<pairs.count { _ = try? pairs.pairs(at: index, epoch: 0) }
        }
    }

    private static func repairSums(_ bytes: inout [UInt8]) {
        for start in stride(from: 0, to: bytes.count - 512, by: 512)
        where bytes[(start + 257)..<(start + 262)].elementsEqual("ustar".utf8) {
            for index in 148..<156 { bytes[start + index] = 0x20 }
            let sum = String(bytes[start..<(start + 512)].reduce(0) { $0 + Int($1) }, radix: 8)
            let text = String(repeating: "0", count: max(0, 6 - sum.count)) + sum + "\0 "
            for (index, byte) in text.utf8.prefix(8).enumerated() { bytes[start + 148 + index] = byte }
        }
    }
}

@Suite(
    "Shards as Python reads them", .enabled(if: PythonReference.isPresent, Comment(rawValue: PythonReference.reason)))
struct ShardParityTests {
    private struct Sample: Decodable {
        let key: String
        let parts: [String: UInt32]
    }

    private func samples(_ pattern: String) throws -> [Sample] {
        try PythonReference.run("shards.py", ["read", pattern]).split(separator: "\n").map {
            try JSONDecoder().decode(Sample.self, from: Data($0.utf8))
        }
    }

    @Test(
        "keys, parts and order are webdataset's, in every format of Python's tarfile",
        arguments: ["ustar", "gnu", "pax"])
    func names(format: String) throws {
        let folder = try TemporaryFolder()
        try PythonReference.run("shards.py", ["make", folder.url.path])
        let path = folder.path("\(format).tar")
        let pairs = try ShardPairs(path)
        let expected = try samples(path)
        #expect(pairs.count == expected.count && expected.count == 8)
        for (index, sample) in expected.enumerated() {
            let suffix = ["jpg", "png", "jpeg", "webp"].first { sample.parts[$0] != nil }
            #expect(pairs.name(at: index) == "\(path)/\(sample.key)\(suffix.map { ".\($0)" } ?? "")")
            let image = try? TarFixture.crc32(pairs.imageBytes(at: index))
            #expect(image == suffix.flatMap { sample.parts[$0] })
            let text = (try? pairs.allCaptions(at: index))?.first.map { TarFixture.crc32($0.utf8) }
            #expect(text == sample.parts["txt"])
        }
    }

    @Test("what is packed here, webdataset reads as it was")
    func packed() throws {
        let folder = try Folder()
        let table = try folder.table(of: 7)
        let pairs = try TablePairs(contentsOf: table)
        var options = ShardPacker.Options()
        options.shardSize = 3
        let output = folder.path("out")
        #expect(try ShardPacker.pack(pairs, to: output, options: options) { _ in }.shards.map(\.count) == [3, 3, 1])
        let read = try samples("\(output)/{00000..00002}.tar")
        #expect(read.map(\.key) == (0..<7).map { String(format: "%09d", $0) })
        for (index, sample) in read.enumerated() {
            #expect(try sample.parts["png"] == TarFixture.crc32(pairs.imageBytes(at: index)))
            #expect(sample.parts["txt"] == TarFixture.crc32("picture \(index)".utf8))
        }
    }
}
