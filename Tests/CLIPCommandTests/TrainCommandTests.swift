import CLIPImaging
import CLIPSmallModel
import CLIPTestSupport
import Foundation
import Testing

struct TrainCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for index in 0..<4 { try folder.write(SampleImages.bitmap(index).pngData(), as: "\(index).png") }
        let rows = (0..<4).map { "\($0).png\ta picture of number \($0)\n" }.joined()
        try folder.write("filepath\ttitle\n\(rows)".utf8, as: "pairs.tsv")
    }

    /// A run's file: a tiny one with more lines.
    private func configuration(_ lines: String = "") throws -> String {
        try folder.write(
            """
            output: \(folder.path("run"))
            data: {table: \(folder.path("pairs.tsv"))}
            steps: 2
            batch_size: 4
            precision: fp32
            warmup_steps: 0
            tokenizer: {learn: 520}
            model: {embed_dim: 8, vision_cfg: {image_size: 32, layers: 1, width: 16, patch_size: 16, head_width: 8}, text_cfg: {context_length: 40, width: 16, heads: 2, layers: 1}}
            \(lines)
            """.utf8, as: "run.yaml")
    }

    private func train(_ lines: String = "", _ arguments: [String] = []) throws -> Tool.Result {
        try Tool.run(["train", "--config", configuration(lines)] + arguments)
    }

    @Test("a run prints its model's folder and says what it trained on")
    func run() throws {
        let result = try train()
        #expect(result.status == 0 && result.output == "\(folder.path("run/model"))\n")
        #expect(result.errorLines.count == 1 && result.errors.hasPrefix("trained 2 steps on 8 pairs"))
    }

    @Test("lines of a table that are no rows are counted and named with their reasons")
    func brokenLines() throws {
        var table = try Data(contentsOf: folder.url.appending(path: "pairs.tsv"))
        table += Data("alone\n1.png\tna\u{0}me\n1.png\t\n".utf8) + Data([0xFF]) + Data("\tx\n1.png\t\"open\n".utf8)
        try folder.write(table, as: "pairs.tsv")
        let result = try train()
        #expect(result.status == 0)
        #expect(result.errors.contains("5 entries of the data were passed over, the first of them:\n"))
        for reason in [
            "line 6: expected 2 columns, found 1", "line 7: a NUL byte", "line 8: nothing to make a caption of",
            "line 9: text that is not UTF-8", "line 10: a quote that is not closed",
        ] {
            #expect(result.errors.contains("  pairs.tsv \(reason)\n"), "\(reason)")
        }
        let named = try String(contentsOfFile: folder.path("run/bad-samples.jsonl"), encoding: .utf8)
        #expect(named.filter { $0 == "\n" }.count == 5)
        #expect(named.hasPrefix(#"{"epoch":0,"name":"pairs.tsv line 6","reason":"expected 2 columns, found 1"}"#))
    }

    @Test("too many bad samples end the run with one line and the status for bad data")
    func badSamples() throws {
        try folder.write(
            try Data(contentsOf: folder.url.appending(path: "pairs.tsv")) + Data("gone.png\tnothing\n".utf8),
            as: "pairs.tsv")
        let result = try train("", ["--set", "steps=400"])
        #expect(result.status == 65)
        let reason = "clip: data set: expected at most 10 % bad samples, found "
        #expect(result.errorLines.last?.hasPrefix(reason) == true, "\(result.errors)")
        #expect(result.errorLines.last?.contains("; the last: gone.png: expected a file, found none") == true)
        let named = try String(contentsOfFile: folder.path("run/bad-samples.jsonl"), encoding: .utf8)
        #expect(named.hasPrefix(#"{"epoch":0,"name":"gone.png","reason":"gone.png: expected a file"#))
        #expect(named.filter { $0 == "\n" }.count == 1)
    }

    @Test(
        "YAML that says what no configuration can is bad data, in one short line",
        arguments: [
            ("learning_rate: .nan", "9: expected a finite number, found \".nan\""),
            ("? [a]\n: 1", "9: expected a text as key, found a list or keys and values"),
            ("seed: 1\n\"seed\" : 2", "10: expected each key once, found \"seed\" a second time"),
            (
                "lock:\n  image: {}\n  text: {}\n  image: {}",
                "12: expected each key once, found \"image\" a second time"
            ),
            ("lora: {rank: 1, rank: 2}", "9: expected each key once, found \"rank\" a second time"),
            ("lora:\n  {rank: 1,\n   rank: 2}", "11: expected each key once, found \"rank\" a second time"),
            ("a: {\(String(repeating: "x", count: 5000))", "expected YAML: did not find"),
            ("a: \(String(repeating: "[", count: 5000))", "9: expected at most 64 levels, found more"),
            ("a: @x", "9: expected YAML, found character that cannot start any token at column 4"),
            ("a: b: c", "9: expected YAML: mapping values are not allowed in this context at column 5"),
            (laughs, "expected at most 100000 values, found more"),
        ])
    func badYAML(lines: String, reason: String) throws {
        let result = try train(lines)
        #expect(result.status == 65 && result.errorLines.count == 1 && result.errors.utf8.count < 300)
        #expect(result.errors.hasPrefix("clip: \(folder.path("run.yaml")):") && result.errors.contains(reason))
    }

    /// Nine lists of ten names each, which stand for a thousand million values.
    private static let laughs = (1..<9).reduce("a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]") { text, level in
        let names = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
        return "\(text)\na\(level): &a\(level) [\(names)]"
    }

    @Test(
        "an unknown key, a value of the wrong kind and one out of range are named with their lines",
        arguments: [
            ("optimiser:\n  kinds: muon", "10: optimiser.kinds: unknown key; known: beta1, beta2, "),
            ("optimiser: {beta1: high}", "9: optimiser.beta1: expected a number, found a string"),
            ("optimiser:\n  epsilon: 0", "10: optimiser.epsilon: expected a number above 0, found 0.0"),
            ("epochs: 3", "3: steps: expected one of the keys epochs and steps, found both"),
            ("loss: focal", "9: loss: expected one of contrastive, sigmoid, found \"focal\""),
            ("loss: sigmoid", "9: loss: expected contrastive for a model without a bias on its logits"),
            ("micro_batch_size: 5", "9: micro_batch_size: expected at most batch_size, 4, found 5"),
            ("lock: {image: {unlocked_groups: 9}}", "9: lock.image.unlocked_groups: expected 0 to 3, found 9"),
            ("\n# a remark\nseeds: 1", "11: seeds: unknown key; known: activation_checkpointing, "),
            (
                "validation:\n  data: {table: a.tsv}\n  class: {}",
                "11: validation.class: unknown key; known: batch_size, best, classes, data, every"
            ),
        ])
    func lines(text: String, expected: String) throws {
        let result = try train(text)
        #expect(result.status == 65 && result.errorLines.count == 1, "\(result.errors)")
        #expect(result.errors.hasPrefix("clip: \(folder.path("run.yaml")):\(expected)"), "\(result.errors)")
    }

    @Test("a run's folder in a model's place is answered with where its model is")
    func runAsModel() throws {
        #expect(try train().status == 0)
        let run = folder.path("run")
        let result = try Tool.run(["embed", "--model", run, "--texts", "a", "--output", folder.path("x.npy")])
        #expect(result.status == 65 && result.errorLines.count == 1)
        #expect(result.errors.hasSuffix("found neither; there is one in \(run)/model\n"), "\(result.errors)")
    }

    @Test("the doctor prints what it found and writes nothing")
    func doctor() throws {
        let result = try train("", ["--doctor"])
        #expect(result.status == 0 && result.output.hasPrefix("took 2 of 2 steps on 8 pairs; the loss went from "))
        #expect(result.output.hasSuffix("all samples of these steps could be read\nnothing to complain of\n"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("run")))
        #expect(try train("", ["--doctor", "--resume"]).status == 64)
    }

    @Test("the report of a run is written anew, and only of a run")
    func report() throws {
        #expect(try train().status == 0)
        let page = folder.path("run/report.html")
        try FileManager.default.removeItem(atPath: page)
        let result = try Tool.run(["train", "--report", folder.path("run")])
        #expect(result.status == 0 && result.output == "\(page)\n")
        #expect(FileManager.default.fileExists(atPath: page))
        let metrics = try String(contentsOfFile: folder.path("run/metrics.jsonl"), encoding: .utf8)
        try folder.write("\(metrics)no line\n".utf8, as: "run/metrics.jsonl")
        let broken = try Tool.run(["train", "--report", folder.path("run")])
        #expect(broken.status == 0 && broken.errorLines.count == 1)
        #expect(broken.errors.contains("metrics.jsonl: 1 of 3 lines cannot be read and are left out"))
        #expect(try Tool.run(["train", "--report", folder.path("none")]).status == 66)
        #expect(try Tool.run(["train", "--report", folder.path("run"), "--config", "x"]).status == 64)
    }

    @Test("what a run finds in its data is told in a line while it goes on")
    func findings() throws {
        let result = try train("", ["--set", "steps=60"])
        #expect(result.errors.contains("warning: step 1: learning_rate is 0.0005 after a warm-up of 0 steps: "))
    }

    @Test("a file without a key is named")
    func emptyFile() throws {
        let path = try folder.write("# nothing yet\n".utf8, as: "empty.yaml")
        let result = try Tool.run(["train", "--config", path])
        #expect(result.status == 65 && result.errors == "clip: \(path): expected the keys of a run, found none\n")
    }

    @Test("a text that is not UTF-8 is bad data")
    func notText() throws {
        let path = try folder.write([0x61, 0x3A, 0x20, 0xFF], as: "bytes.yaml")
        let result = try Tool.run(["train", "--config", path])
        #expect(
            result.status == 65 && result.errors == "clip: \(path): expected UTF-8 text, found bytes that are none\n")
    }

    @Test(
        "a value on the command line is refused with its key",
        arguments: [
            ("learning_rate=.nan", 65, "--set \"learning_rate\": expected a finite number"),
            ("seed=-1", 65, "seed: expected"),
            ("model.embed_dim=7000000", 65, "--set: model.embed_dim: expected a number from 1 to 65536"),
            ("model.vision_cfg.width=17", 65, "--set: model.vision_cfg.width: expected a multiple of head_width 8"),
            ("steps={", 65, "--set \"steps\": expected YAML"),
            ("steps", 64, "--set: expected key=value, found \"steps\""),
            ("optimiser.gradient_norm_limit=0", 65, "optimiser.gradient_norm_limit: expected a number above 0"),
            ("=1", 64, "--set: expected key=value"), ("output=/dev/null", 69, "/dev/null: expected a folder"),
            ("output=/proc/x", 69, "/proc/x: expected a folder"), ("output=\"\"", 69, "output: expected the name"),
        ])
    func badSettings(setting: String, status: Int32, reason: String) throws {
        let result = try train("", ["--set", setting])
        #expect(result.status == status && result.errors.contains(reason), "\(result.errors)")
    }

    @Test("the largest seed is taken by both ways to give one")
    func largestSeed() throws {
        #expect(try train("", ["--set", "seed=18446744073709551615"]).status == 0)
        #expect(try train("", ["--seed", "18446744073709551615", "--resume"]).status != 70)
        #expect(try train("", ["--resume", "--overwrite"]).status == 64)
        #expect(try train("seed: 18446744073709551615", ["--overwrite"]).status == 0)
    }
}
