import CLIPCheckpoints
import CLIPTensor
import CLIPTestSupport
import Foundation
import Testing

/// `CLIP_FUZZ_ITERATIONS` sets the number of damaged files, which is otherwise kept to what a test run has time for.
@Suite("Randomly damaged files of PyTorch's")
struct TorchFuzzTests {
    private static let iterations = FuzzIterations.count(default: 40_000)

    /// Bytes that mean something in these formats.
    private static let words = [
        "cos\nsystem\n", "c__torch__\nNet\n", "ctorch\nFloatStorage\n", "(", "t", "Q", "R", "b", "u", "0", "2",
        "h\u{1}", "q\u{1}",
        "\u{7f}\u{7f}\u{7f}\u{7f}", "\0\0\0\0", "}", "]", "e", "PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}",
        "PK\u{6}\u{6}",
    ]

    private static let files = [TorchFixture.zip, TorchFixture.checkpoint, TorchFixture.script, TorchFixture.legacy]

    @Test("A damaged file is read or refused with one line, and its tensors lie within it", arguments: 0..<files.count)
    func damage(file: Int) {
        let whole = Self.files[file]
        var mutation = Mutation(seed: UInt64(file) + 17)
        var (read, refused) = (0, 0)
        for _ in 0..<Self.iterations / Self.files.count {
            let damaged = mutation.mutated(whole, words: Self.words)
            do {
                let contents = try damaged.withUnsafeBytes { try TorchContents(parsing: $0) }
                read += 1
                for entry in contents.entries { check(entry, fileSize: damaged.count) }
            } catch {
                refused += 1
                if "\(error)".contains("\n") || !(error is TorchFormatError) { Issue.record("\(error)") }
            }
        }
        #expect(read > 0 && refused > 0)
    }

    /// Half of the damage is put into the pickle alone, and the archive around it is whole: otherwise most files fall
    /// at their directory.
    @Test("A damaged pickle in a whole archive is read or refused", arguments: [false, true])
    func pickle(isScript: Bool) {
        let whole = isScript ? TorchFixture.scriptPickle : Pickle.program(Pickle.dictionary(("w", Pickle.tensor())))
        var mutation = Mutation(seed: isScript ? 5 : 6)
        var (read, refused) = (0, 0)
        for _ in 0..<Self.iterations / 2 {
            var archive = isScript ? TorchFixture.scriptArchive : ZipFixture(pickle: whole)
            archive.records[0].data = mutation.mutated(whole, words: Self.words)
            let bytes = archive.bytes
            do {
                let contents = try bytes.withUnsafeBytes { try TorchContents(parsing: $0) }
                read += 1
                for entry in contents.entries { check(entry, fileSize: bytes.count) }
            } catch {
                refused += 1
                if "\(error)".contains("\n") { Issue.record("\(error)") }
            }
        }
        #expect(read > 0 && refused > 0)
    }

    private func check(_ entry: TorchFile.Entry, fileSize: Int) {
        let last = zip(entry.shape, entry.strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
        let size = entry.shape.contains(0) ? 0 : (last + 1) * entry.dtype.byteCount
        guard entry.range.count == size, entry.range.upperBound <= fileSize, entry.byteCount <= 1 << 20 else {
            Issue.record("\(entry) in \(fileSize) bytes")
            return
        }
    }
}
