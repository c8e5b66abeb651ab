import CLIPData
import CLIPFiles
import CLIPImaging
import Foundation
import Testing

@Suite("Packing shards") struct ShardPackerTests {
    private let folder: Folder
    private let pairs: TablePairs

    init() throws {
        folder = try Folder()
        pairs = try TablePairs(contentsOf: folder.table(of: 10))
    }

    private func pack(
        _ pairs: any StoredPairs, _ change: (inout ShardPacker.Options) -> Void = { _ in }
    ) throws -> (pairs: ShardPairs, outcome: ShardPacker.Outcome) {
        var options = ShardPacker.Options()
        options.shardSize = 4
        change(&options)
        let output = folder.path("out-\(UUID().uuidString)")
        let outcome = try ShardPacker.pack(pairs, to: output, options: options) { _ in }
        let names = outcome.shards.map(\.name).joined(separator: ",")
        return (try ShardPairs("\(output)/\(outcome.shards.count > 1 ? "{\(names)}" : names)"), outcome)
    }

    @Test("what is packed reads as it was, image for image and byte for byte")
    func roundTrip() throws {
        let (packed, outcome) = try pack(pairs)
        #expect(outcome.shards.map(\.count) == [4, 4, 2] && outcome.bad.count == 0 && packed.blocks.count == 3)
        for index in 0..<10 {
            #expect(try packed.imageBytes(at: index) == pairs.imageBytes(at: index))
            #expect(try packed.allCaptions(at: index) == pairs.allCaptions(at: index))
        }
        // And once more, from shards to a shard.
        let (again, _) = try pack(packed) { $0.shardSize = 100 }
        #expect(try (0..<10).map { try again.imageBytes(at: $0) } == (0..<10).map { try pairs.imageBytes(at: $0) })
    }

    @Test("several captions stay together")
    func severalCaptions() throws {
        let list = try folder.write(#"{"image": "0.png", "caption": ["a", "b", "é"]}"#, to: "list.jsonl")
        #expect(try pack(FilePairs(jsonLines: list)).pairs.allCaptions(at: 0) == ["a", "b", "é"])
    }

    @Test("a random order is the seed's")
    func shuffled() throws {
        func captions(_ seed: UInt64?) throws -> [String] {
            let packed = try pack(pairs) { $0.shuffleSeed = seed }.pairs
            return try (0..<10).map { try packed.allCaptions(at: $0)[0] }
        }
        let orders = [try captions(nil), try captions(1), try captions(2)]
        #expect(Set(orders).count == 3 && orders.allSatisfy { Set($0).count == 10 })
        #expect(try captions(1) == orders[1])
    }

    @Test("shards are shuffled a few at a time, and each is opened once")
    func shuffledShards() throws {
        let pattern = try folder.shards([5, 5, 5, 5, 5, 5])
        let budget = SourceBudget(cacheBytes: 0, mixedShards: 2)
        let shards = try ShardPairs(pattern, options: ShardPairs.Options(), seed: 0, budget: budget)
        let packed = try pack(shards) {
            $0.shuffleSeed = 3
            $0.mixedBlocks = 2
        }.pairs
        #expect(budget.shardOpenings == 6)
        let numbers = try (0..<30).map { try Int(packed.allCaptions(at: $0)[0].dropFirst("picture ".count)) ?? -1 }
        #expect(Set(numbers).count == 30 && numbers != Array(0..<30))
        for start in stride(from: 0, to: 30, by: 10) {
            #expect(Set(numbers[start..<(start + 10)].map { $0 / 5 }).count == 2)
        }
    }

    @Test("samples that cannot be read are told and left out")
    func bad() throws {
        try FileManager.default.removeItem(atPath: folder.path("3.png"))
        _ = try folder.write("no image", to: "4.png")
        let (packed, outcome) = try pack(pairs)
        #expect(packed.count == 8 && outcome.bad.first.map(\.name) == ["3.png", "4.png"])
    }

    @Test("a folder that holds something is left as it is, and one without a sample is not made")
    func refused() throws {
        let options = ShardPacker.Options()
        #expect(throws: FileError.self) {
            try ShardPacker.pack(pairs, to: folder.url.path, options: options) { _ in }
        }
        for index in 0..<10 { _ = try folder.write("no image", to: "\(index).png") }
        #expect(throws: DatasetError.self) {
            try ShardPacker.pack(pairs, to: folder.path("out"), options: options) { _ in }
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url.path).allSatisfy { !$0.contains("partial") })
    }
}
