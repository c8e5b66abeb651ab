import CLIPData
import Testing

@Suite("A mixture of data sets") struct MixedPairsTests {
    private func captions(_ pairs: MixedPairs, epoch: Int = 0) throws -> [String] {
        try (0..<pairs.count).map { try pairs.captions(at: $0, epoch: epoch)[0] }
    }

    private func part(_ name: String, _ count: Int) -> MadePairs {
        MadePairs(count: count, caption: { "\(name) \($0)" })
    }

    @Test("an epoch has each sample as often as the weights say, and parts take turns")
    func weights() throws {
        let pairs = try MixedPairs([(part("a", 4), weight: 2), (part("b", 10), weight: 0.5)])
        #expect(pairs.count == 13 && pairs.blocks.isEmpty)
        let epochs = try (0..<2).map { try captions(pairs, epoch: $0) }
        for captions in epochs {
            for number in 0..<4 { #expect(captions.count { $0 == "a \(number)" } == 2) }
        }
        let halves = epochs.map { Set($0.filter { $0.hasPrefix("b") }) }
        #expect(halves[0].count == 5 && halves[0].union(halves[1]).count == 10)
    }

    @Test("over many epochs each sample of a part comes as often as every other")
    func turns() throws {
        let pairs = try MixedPairs([(part("a", 7), weight: 0.4)])
        #expect(pairs.count == 3)
        let counts = try Dictionary(grouping: (0..<14).flatMap { try captions(pairs, epoch: $0) }) { $0 }.mapValues(
            \.count)
        #expect(counts.count == 7 && Set(counts.values) == [6])
    }

    @Test("with fractional weights a sample has its own name in each epoch")
    func names() throws {
        let pairs = try MixedPairs([(part("a", 10), weight: 0.5), (part("b", 4), weight: 1.5)])
        for epoch in 0..<4 {
            for index in 0..<pairs.count {
                let number = try #require(pairs.captions(at: index, epoch: epoch)[0].split(separator: " ").last)
                #expect(pairs.name(at: index, epoch: epoch).hasSuffix("sample \(number)"))
            }
        }
    }

    @Test("images of parts are told apart by where they lie, and one that two parts have is one")
    func imageNames() throws {
        let (one, two) = (try Folder(), try Folder())
        let tables = [try one.table(of: 2), try two.table(of: 2)]
        let again = try one.write("filepath\ttitle\n0.png\tonce more\n", to: "again.tsv")
        let pairs = try MixedPairs(
            (tables + [again]).map { (try TablePairs(contentsOf: $0), weight: 1) }
                + [(part("a", 1), weight: 2), (part("b", 1), weight: 1)])
        let loader = try BatchLoader(
            pairs,
            LoaderOptions(batch: 8) {
                $0.shuffles = false
                $0.comparesImages = true
            })
        #expect(try loader.next()?.firstEqualImage == [0, 1, 2, 3, 0, 5, 5, 7])
    }

    @Test("bad samples are counted by what they are, not by the index at which an epoch has them")
    func badSamples() throws {
        let (one, two) = (
            MadePairs(count: 6, broken: Set(0..<6)), MadePairs(count: 4, broken: [1])
        )
        let pairs = try MixedPairs([(one, weight: 0.5), (two, weight: 2)])
        let loader = try BatchLoader(pairs, LoaderOptions(batch: 2, epochs: 2) { $0.shuffles = false })
        _ = try loader.all()
        // All of the first part in two epochs, and one of the second that comes four times.
        #expect(loader.report.bad.count == 7 && loader.report.failedReads == 10)
        #expect(Set(loader.report.bad.first.map(\.name)).count == 7)
    }

    @Test("three threads make the batches of one")
    func threads() throws {
        let pairs = try MixedPairs([(part("a", 9), weight: 1.7), (part("b", 20), weight: 0.3)])
        let batches = try [1, 3].map { threads in
            try BatchLoader(pairs, LoaderOptions(batch: 4, threads: threads, epochs: 3)).all().map(BatchContent.init)
        }
        #expect(batches[0].count == 15 && batches[0] == batches[1])
    }

    @Test("weights that mean nothing are refused", arguments: [0, -1, .nan, .infinity, 1e9, 1e-9])
    func refused(weight: Double) {
        #expect(throws: DatasetError.self) { try MixedPairs([(part("a", 4), weight: weight)]) }
    }

    @Test("parts of groups and of single pairs do not mix")
    func groups() {
        #expect(throws: DatasetError.self) {
            try MixedPairs([(part("a", 4), weight: 1), (MadePairs(count: 4, groupSize: 2), weight: 1)])
        }
        #expect(throws: DatasetError.self) { try MixedPairs([]) }
    }
}
