import CLIP
import CLIPSmallModel
import CLIPTestSupport
import Foundation
import Testing

struct ClassifyCommandTests {
    private let model: SmallModelFolder
    private let samples: SampleImages

    init() throws {
        model = try SmallModelFolder()
        samples = try SampleImages()
    }

    private func classify(_ arguments: [String], input: String = "") throws -> Tool.Result {
        try Tool.run(["classify", "--model", model.path] + arguments, input: input)
    }

    @Test("the JSON has the images in their order and the labels from the most probable")
    func json() async throws {
        let images = try (0..<3).map { try samples.image(2 - $0) }
        let result = try classify(
            images + [
                "--labels", "dog, red square,cat", "--template", "a {}", "--template", "a photo of a {}", "--json",
            ])
        #expect(result.status == 0 && result.errors.isEmpty)
        let objects = try result.json([[String: Any]].self)
        #expect(objects.map { $0["image"] as? String } == images)
        let clip = try await CLIPEncoder(model: model.path)
        let expected = try await clip.classify(
            images.map(ImageSource.file), labels: ["dog", "red square", "cat"],
            templates: ["a {}", "a photo of a {}"])
        for (object, expected) in zip(objects, expected) {
            #expect(Set(object.keys) == ["image", "labels"])
            let labels = try #require(object["labels"] as? [[String: Any]])
            #expect(labels.map { $0["label"] as? String } == expected.entries.map(\.label))
            for (label, entry) in zip(labels, expected.entries) {
                #expect(abs((label["probability"] as? Double ?? 0) - Double(entry.probability)) < 1e-5)
            }
        }
    }

    @Test("elsewhere than on a terminal, results are lines of path, label and probability")
    func lines() throws {
        let images = try [samples.image(0), samples.image(1)]
        let result = try classify(images + ["--labels", "dog,cat,bird", "--top", "2"])
        let lines = result.output.split(separator: "\n").map { $0.split(separator: "\t") }
        #expect(result.status == 0)
        #expect(lines.map { String($0[0]) } == [images[0], images[0], images[1], images[1]])
        #expect(lines.allSatisfy { $0.count == 3 && (0...1).contains(Float($0[2]) ?? -1) })
    }

    @Test("labels come from a file with any line ends, a byte-order mark and blank lines, or from standard input")
    func labelsFile() throws {
        let image = try samples.image(0)
        let file = try samples.folder.write(Array("\u{FEFF}dog\r\n\r\n  red square \ncat".utf8), as: "labels.txt")
        let expected = try classify([image, "--labels", "dog,red square,cat"])
        #expect(expected.status == 0)
        #expect(try classify([image, "--labels-from", file]).output == expected.output)
        #expect(try classify([image, "--labels-from", "-"], input: "dog\nred square\ncat\n").output == expected.output)
    }

    @Test("good images are classified, each bad one is named with its reason, and the status is 65")
    func badImages() throws {
        let bad = try samples.bad()
        let good = try [samples.image(0), samples.image(1)]
        let result = try classify([good[0]] + bad.map(\.path) + [good[1], "--labels", "dog,cat", "--json"])
        #expect(result.status == 65)
        #expect(try result.json([[String: Any]].self).map { $0["image"] as? String } == good)
        #expect(result.errorLines.count == bad.count)
        for (line, bad) in zip(result.errorLines, bad) {
            #expect(line.hasPrefix("clip: \(bad.path): ") && line.contains(bad.reason))
        }
    }

    @Test("images that are all missing are no input, one that is broken is bad data")
    func noImages() throws {
        let result = try classify(["/no/such.png", "/nor/this.png", "--labels", "dog,cat", "--json"])
        #expect(result.status == 66 && result.output == "[]\n" && result.errorLines.count == 2)
        let text = try samples.folder.write(Array("text".utf8), as: "a.png")
        #expect(try classify([text, "--labels", "dog,cat"]).status == 65)
    }

    @Test("a name that would break a line is escaped")
    func oddNames() throws {
        let result = try classify(["no\nsuch\u{1B}[31m.png", "--labels", "a,b"])
        #expect(result.status == 66 && result.errorLines.count == 1 && !result.errors.contains("\u{1B}"))
    }

    @Test(
        "a wrong command line is told in a line, and the status is 64",
        arguments: [
            ["--labels", "a,a"], ["--labels", "a,,b"], ["--labels", ""], [], ["--labels", "a,b", "--labels-from", "f"],
            ["--labels", "a", "--template", "no place"], ["--labels", "a", "--top", "0"],
            ["--labels", "a", "--top", "x"],
            ["--labels", "a", "--batch-size", "0"], ["--labels", "a", "--precision", "int8"],
            ["--labels", "a", "--device", "abacus"], ["--labels", "a", "--threads", "0"],
            ["--labels", "a", "--colour"],
        ])
    func usage(arguments: [String]) throws {
        let result = try classify(["image.png"] + arguments)
        #expect(result.status == 64 && result.output.isEmpty)
        #expect(result.errors.hasPrefix("Error: "))
    }

    @Test("a labels file that is missing, empty, repeats itself or is no text is named")
    func badLabelsFile() throws {
        func status(_ bytes: [UInt8]) throws -> Int32 {
            let file = try samples.folder.write(bytes, as: "labels.txt")
            let result = try classify([samples.image(0), "--labels-from", file])
            #expect(result.errors.hasPrefix("clip: \(file): ") && result.errorLines.count == 1)
            return result.status
        }
        #expect(try status([]) == 65)
        #expect(try status(Array("\n \r\n".utf8)) == 65)
        #expect(try status(Array("dog\ncat\ndog\n".utf8)) == 65)
        #expect(try status([0xFF, 0xFE, 0x64, 0x00]) == 65)
        #expect(try classify([samples.image(0), "--labels-from", "/no/such.txt"]).status == 66)
    }

    @Test("a label that is longer than the context is told")
    func truncated() throws {
        let label = [String](repeating: "dog", count: 30).joined(separator: " ")
        let result = try classify([samples.image(0), "--labels", "\(label),cat"])
        #expect(result.status == 0 && result.errors.contains("was cut to 16 tokens"))
    }

    @Test("a full standard output is an error")
    func fullOutput() throws {
        let command = "\"$0\" \"$@\" > /dev/full"
        let arguments = ["classify", "--model", model.path, try samples.image(0), "--labels", "a,b"]
        let result = try Tool.run(["-c", command, Tool.executable.path] + arguments, program: "/bin/sh")
        #expect(result.status == 69 && result.errors.contains("standard output"))
    }
}
