import CLIPImaging
import CLIPSmallModel
import CLIPTestSupport
import Foundation
import Testing

/// Training runs that are killed, stopped and damaged from outside. `CLIP_KILLS` says how often one is killed.
struct SurvivalTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let rows = try (0..<48).map { index in
            try folder.write(SampleImages.bitmap(index).pngData(), as: "\(index).png")
            return "\(index).png\ta picture of number \(index)\n"
        }
        try folder.write("filepath\ttitle\n\(rows.joined())".utf8, as: "pairs.tsv")
    }

    /// Packs the pairs into six shards, and breaks the fourth in its middle.
    private func packShards() throws {
        let arguments = ["--output", folder.path("shards"), "--shard-size", "8"]
        #expect(try Tool.run(["data", "pack", "--table", folder.path("pairs.tsv")] + arguments).status == 0)
        let shard = try URL(filePath: #require(shards().dropFirst(3).first))
        var bytes = try Data(contentsOf: shard)
        for index in bytes.count / 2..<bytes.count / 2 + 3000 { bytes[index] = 0xA5 }
        try bytes.write(to: shard)
    }

    private func shards() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path("shards")).sorted()
            .filter { $0.hasSuffix(".tar") }.map { folder.path("shards/\($0)") }
    }

    /// A run with all in it that a checkpoint has to remember.
    private func configuration(_ output: String, steps: Int = 60) throws -> String {
        let vision = "{image_size: 32, layers: 2, width: 64, patch_size: 8, head_width: 16}"
        let text = "{context_length: 40, width: 48, heads: 2, layers: 2}"
        return try folder.write(
            """
            output: \(folder.path(output))
            data: {shards: "\(try shards().joined(separator: "::"))", mixed_shards: 3}
            steps: \(steps)
            batch_size: 8
            micro_batch_size: 3
            precision: fp32
            warmup_steps: 3
            average_decay: 0.9
            patch_dropout: 0.5
            augmentation: {scale: [0.4, 1], flip_probability: 0.5}
            loader_threads: 3
            bad_sample_limit: 1
            checkpoint_every: 3
            validation: {data: {table: \(folder.path("pairs.tsv"))}, every: 7}
            tokenizer: {learn: 520}
            model: {embed_dim: 32, vision_cfg: \(vision), text_cfg: \(text)}
            """.utf8, as: "\(output).yaml")
    }

    private func names(_ path: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder.path(path))) ?? []
    }

    private func hasCheckpoint(_ output: String) -> Bool {
        names("\(output)/checkpoints").contains { $0.hasPrefix("step-") }
    }

    /// The step of the last line of metrics.
    private func step(_ output: String) -> Int {
        let text = (try? String(contentsOfFile: folder.path("\(output)/metrics.jsonl"), encoding: .utf8)) ?? ""
        return text.filter { $0 == "\n" }.count
    }

    private func start(_ configuration: String, _ output: String) throws -> Run {
        try Run(["train", "--config", configuration, hasCheckpoint(output) ? "--resume" : "--overwrite"])
    }

    private func expectSameModels(_ one: String, _ other: String) throws {
        for name in ["model/model.safetensors", "best/model.safetensors"] {
            let data = try [one, other].map { try Data(contentsOf: folder.url.appending(path: "\($0)/\(name)")) }
            #expect(data[0] == data[1], "\(name)")
        }
        for output in [one, other] { #expect(names("\(output)/checkpoints").count == 2) }
    }

    @Test("a run that is killed at random moments, also in its checkpoints, ends with the bits of one that is not")
    func kills() throws {
        try packShards()
        let whole = try Tool.run(["train", "--config", configuration("whole")])
        // The broken shard is named, and ends nothing.
        let broken = try #require(shards().dropFirst(3).first)
        #expect(whole.status == 0 && whole.errors.contains(broken), "\(whole.errors)")
        let count = ProcessInfo.processInfo.environment["CLIP_KILLS"].flatMap { Int($0) } ?? 4
        let configuration = try configuration("killed")
        var (kills, inCheckpoints) = (0, 0)
        for round in 0..<count {
            let run = try start(configuration, "killed")
            // Anywhere in the part of the run that this round may reach: in a checkpoint, or in what lies between.
            let target = 60 * (round + 1) / (count + 1)
            let waitsForCheckpoint = round % 2 == 1
            while run.isRunning, step("killed") < target { usleep(500) }
            func isWriting() -> Bool { names("killed/checkpoints").contains { $0.hasSuffix(".partial") } }
            while waitsForCheckpoint, run.isRunning, !isWriting() {}
            if !waitsForCheckpoint { usleep(.random(in: 0..<60_000)) }
            run.signal(SIGKILL)
            // A busy machine may let a run end before it is killed.
            if try run.wait().status == SIGKILL { kills += 1 }
            if isWriting() { inCheckpoints += 1 }
        }
        let result = try start(configuration, "killed").wait()
        #expect(result.status == 0, "\(result.errors)")
        try expectSameModels("whole", "killed")
        #expect(step("killed") == 60 && kills > 0)
        print("killed \(kills) times, \(inCheckpoints) of them in a checkpoint")
    }

    @Test("a signal lets a run end its step and save it, and the run goes on from there", arguments: [SIGINT, SIGTERM])
    func signals(number: Int32) throws {
        try packShards()
        #expect(try Tool.run(["train", "--config", configuration("whole")]).status == 0)
        let configuration = try configuration("stopped")
        let run = try start(configuration, "stopped")
        while run.isRunning, step("stopped") < 20 { usleep(500) }
        run.signal(number)
        let result = try run.wait()
        #expect(result.status == 130 && result.errorLines.last == "clip: interrupted")
        let name = String(format: "step-%09d", step("stopped"))
        #expect(names("stopped/checkpoints").max() == name && !names("stopped").contains("model"))
        #expect(try start(configuration, "stopped").wait().status == 0)
        try expectSameModels("whole", "stopped")
    }

    @Test("a second signal ends a run at once")
    func secondSignal() throws {
        try packShards()
        let run = try start(configuration("run", steps: 100_000), "run")
        while run.isRunning, step("run") < 5 { usleep(500) }
        // Held still, so that both are there before the step is over.
        run.signal(SIGSTOP)
        run.signal(SIGINT)
        run.signal(SIGTERM)
        run.signal(SIGCONT)
        let result = try run.wait()
        #expect(result.status == 130 && !result.errors.contains("interrupted"))
        #expect(hasCheckpoint("run") && !names("run").contains("model"))
    }

    @Test("shards that vanish, and damaged checkpoints, are told in a line with the status for bad data")
    func damages() throws {
        try packShards()
        let file = try configuration("run", steps: 12)
        #expect(try Tool.run(["train", "--config", file]).status == 0)
        let newest = folder.path("run/checkpoints/step-000000012")
        try FileManager.default.removeItem(atPath: "\(newest)/state.json")
        let passed = try Tool.run(["train", "--config", file, "--resume"])
        #expect(passed.status == 0, "\(passed.errors)")
        #expect(passed.errors.hasPrefix("passed over a damaged checkpoint: \(newest)/state.json: expected a file"))
        for name in names("run/checkpoints") {
            try FileManager.default.removeItem(atPath: folder.path("run/checkpoints/\(name)/optimiser.safetensors"))
        }
        let none = try Tool.run(["train", "--config", file, "--resume"])
        #expect(none.status == 65 && none.errorLines.count == 1)
        #expect(none.errors.hasPrefix("clip: no checkpoint is whole: \(newest)/optimiser.safetensors: "))
        try FileManager.default.removeItem(atPath: folder.path("run/checkpoints"))
        #expect(try Tool.run(["train", "--config", file, "--resume"]).status == 66)
        let shards = folder.path("shards")
        try FileManager.default.moveItem(atPath: shards, toPath: folder.path("away"))
        let gone = try Tool.run(["train", "--config", file, "--overwrite"])
        #expect([65, 66].contains(gone.status) && gone.errorLines.count == 1 && gone.errors.contains(shards))
    }
}
