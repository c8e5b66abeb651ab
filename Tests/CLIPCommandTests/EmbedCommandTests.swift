import CLIP
import CLIPSmallModel
import CLIPTensor
import CLIPTestSupport
import Foundation
import Testing

struct EmbedCommandTests {
    private let model: SmallModelFolder
    private let samples: SampleImages

    init() throws {
        model = try SmallModelFolder()
        samples = try SampleImages()
    }

    private func embed(_ arguments: [String], to output: String) throws -> Tool.Result {
        try Tool.run(["embed", "--model", model.path, "--output", output] + arguments)
    }

    private func values(_ path: String) throws -> [Float] { try NumpyFile.read(path).elements(as: Float.self) }

    /// Agreement of two computations of the same rows in batches of other sizes.
    private func agrees(_ one: [Float], _ other: [Float]) -> Bool {
        one.count == other.count && zip(one, other).allSatisfy { abs($0 - $1) < 1e-5 }
    }

    @Test("each format has a row for each image, in their order")
    func formats() async throws {
        let images = try (0..<5).map { try samples.image(4 - $0) }
        let expected = try await CLIPEncoder(model: model.path).embed(images: images.map(ImageSource.file))
        let paths = ["x.npy", "x.safetensors", "x.jsonl"].map(samples.folder.path)
        for path in paths {
            let result = try embed(["--batch-size", "2", "--images"] + images, to: path)
            #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty)
        }
        #expect(try NumpyFile.read(paths[0]).shape == [5, SmallModelFolder.width])
        #expect(agrees(try values(paths[0]), expected.values))
        let tensor = try Safetensors(opening: paths[1]).tensor("embeddings")
        #expect(tensor.shape == [5, SmallModelFolder.width] && tensor.dtype == .float32)
        #expect(agrees(try tensor.elements(as: Float.self), expected.values))
        let lines = try lines(paths[2])
        #expect(lines.map { $0["image"] as? String } == images)
        #expect(agrees(lines.flatMap { $0["embedding"] as? [Double] ?? [] }.map(Float.init), expected.values))
    }

    private func lines(_ path: String) throws -> [[String: Any]] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @Test("texts come from the command line, behind -- with a dash, or from a file")
    func texts() async throws {
        let path = samples.folder.path("t.npy")
        let file = try samples.folder.write(Array("a dog\r\n-5 degrees\n".utf8), as: "texts.txt")
        let expected = try await CLIPEncoder(model: model.path).embed(texts: ["a dog", "-5 degrees"])
        for arguments in [["--texts", "a dog", "--", "-5 degrees"], ["--texts-from", file]] {
            #expect(try embed(arguments, to: path).status == 0)
            #expect(agrees(try values(path), expected.values))
        }
    }

    @Test("rows have length 1, unless they are asked for as they are")
    func normalisation() throws {
        let path = samples.folder.path("t.npy")
        func norms(_ arguments: [String]) throws -> [Float] {
            #expect(try embed(["--texts", "a dog", "cat"] + arguments, to: path).status == 0)
            return Embeddings(width: SmallModelFolder.width, values: try values(path)).map { row in
                row.reduce(0) { $0 + $1 * $1 }.squareRoot()
            }
        }
        #expect(try norms([]).allSatisfy { abs($0 - 1) < 1e-5 })
        #expect(try norms(["--precision", "bf16"]).allSatisfy { abs($0 - 1) < 1e-5 })
        #expect(try norms(["--no-normalize"]).allSatisfy { abs($0 - 1) > 1e-3 })
    }

    @Test("bad images have no row, and standard error says which input each row is")
    func badImages() throws {
        let path = samples.folder.path("x.npy")
        let bad = try samples.bad()
        let images = try [bad[0].path, samples.image(0), samples.image(1), bad[5].path, samples.image(2)]
        let result = try embed(["--images"] + images, to: path)
        #expect(result.status == 65)
        #expect(try NumpyFile.read(path).shape == [3, SmallModelFolder.width])
        #expect(result.errorLines.count == 3)
        #expect(
            result.errorLines.last
                == "clip: left out 2 of 5 inputs, counted from 0: rows 0–1 are inputs 1–2, row 2 is input 4")
    }

    @Test("where no image can be read, nothing is written")
    func noRows() throws {
        let path = try samples.folder.write(Array("old".utf8), as: "x.npy")
        #expect(try embed(["--images", "/no/such.png"], to: path).status == 66)
        #expect(try embed(["--images", samples.bad()[0].path, "/no/such.png"], to: path).status == 65)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
    }

    @Test(
        "a wrong command line has the status 64",
        arguments: [
            ["--texts"], ["--images"], ["a.png"], ["--texts", "--images", "a"], ["--texts", "a", "--texts-from", "f"],
            ["--texts-from", "f", "b"],
        ])
    func usage(arguments: [String]) throws {
        #expect(try embed(arguments, to: samples.folder.path("x.npy")).status == 64)
    }

    @Test("an output of no known format is wrong usage, one that cannot be written is unavailable")
    func badOutput() throws {
        #expect(try embed(["--texts", "a"], to: samples.folder.path("x.csv")).status == 64)
        #expect(try embed(["--texts", "a"], to: "npy").status == 64)
        let result = try embed(["--texts", "a"], to: "/no/such/folder/x.npy")
        #expect(result.status == 69 && result.errorLines.count == 1)
        #expect(result.errors.hasPrefix("clip: /no/such/folder/x.npy: cannot be written"))
    }

    @Test("a device that is not there is unavailable", .enabled(if: (try? Device.cuda(999).checkAvailable()) == nil))
    func device() throws {
        let result = try embed(["--texts", "a", "--device", "cuda:999"], to: samples.folder.path("x.npy"))
        #expect(result.status == 69 && result.errors.hasPrefix("clip: device cuda:999"))
    }

    @Test(
        "a full disk leaves the old file and nothing else",
        .enabled(if: TinyDisk.isPermitted, "\(TinyDisk.reason)"),
        arguments: ["npy", "safetensors", "jsonl"])
    func fullDisk(suffix: String) throws {
        let disk = try TinyDisk(kilobytes: 16)
        let output = try disk.folder.write(Array("old".utf8), as: "x.\(suffix)")
        let texts = (0..<400).map { "text \($0)" }
        let result = try embed(["--texts"] + texts, to: output)
        #expect(result.status == 69)
        #expect(result.errorLines.last?.hasPrefix("clip: \(output): cannot be written: No space left") ?? false)
        #expect(try disk.folder.names() == ["x.\(suffix)"])
        #expect(try String(contentsOfFile: output, encoding: .utf8) == "old")
    }
}
