import CLIPFiles
import CLIPTestSupport
import CLIPTraining
import Foundation
import Testing

@Suite("A run's report")
struct RunReportTests {
    private let folder: TemporaryFolder
    private let table: ColourTable

    init() throws {
        folder = try TemporaryFolder()
        table = try ColourTable(in: folder.url, extraRows: ["missing<b>.png\ta <script>ghost</script>"])
    }

    private func train(_ overrides: [(path: String, json: String)] = []) async throws -> RunFolder {
        let validation = #"{"data": {"table": "\#(table.table)"}, "every": 4}"#
        let run = try TrainingConfiguration(
            json: table.configuration(output: folder.path("<i>run"), steps: 10).jsonText, origin: "test",
            overrides: [("validation", validation)] + overrides)
        return try await TrainingRun(run).train { _ in }.folder
    }

    @Test("needs nothing outside itself, shows curves, validation and images, and lets nothing become markup")
    func page() async throws {
        let page = try String(contentsOfFile: try await train().report, encoding: .utf8)
        #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
        for outside in ["http:", "https:", "<script", "<link", "@import", "url(", "<i>run", "missing<b>"] {
            #expect(!page.contains(outside), "\(outside)")
        }
        #expect(page.contains("Finished: 10 of 10 steps") && page.contains("missing&lt;b&gt;.png"))
        #expect(page.matches(of: /<svg\ /).count >= 7)
        #expect(page.matches(of: /src="data:image\/png;base64,/).count >= 40)
        for tag in ["section", "table", "svg", "li", "p", "div", "ol", "h2", "h3", "details"] {
            let opened = page.matches(of: try Regex("<\(tag)[ >]")).count
            let closed = page.matches(of: try Regex("</\(tag)>")).count
            #expect(opened > 0 && opened == closed, "<\(tag)>")
        }
    }

    @Test("has the memory of other batches as an estimate, beside the run's own peak")
    func memory() async throws {
        let page = try String(contentsOfFile: try await train().report, encoding: .utf8)
        #expect(page.contains("memory by batch size, estimated, MB") && page.contains("micro batches of 32"))
        #expect(page.contains("this run&#39;s peak, measured") || page.contains("this run's peak, measured"))
    }

    @Test("is written anew from the run's files, the same")
    func anew() async throws {
        let run = try await train()
        let page = try contents(ofFile: run.report)
        try FileManager.default.removeItem(atPath: run.report)
        try run.writeReport()
        #expect(try contents(ofFile: run.report) == page)
        #expect(throws: FileError.self) { try RunFolder(folder.path("none")).writeReport() }
    }

    @Test("says how many lines of which file could not be read")
    func brokenLines() async throws {
        let run = try await train()
        for path in [run.metrics, run.findings] {
            let lines = try String(contentsOfFile: path, encoding: .utf8)
            try AtomicFile.write("no line\n\(lines){\"step\": 1".utf8, to: path)
        }
        try AtomicFile.write("{".utf8, to: run.reportNotes)
        let notices = Notices()
        try run.writeReport(onNotice: notices.append)
        let count = try run.readFindings().count
        #expect(
            notices.lines.dropLast() == [
                "warning: \(run.metrics): 2 of 12 lines cannot be read and are left out, the first of them line 1",
                "warning: \(run.findings): 2 of \(count + 2) lines cannot be read and are left out, the first of them line 1",
            ])
        #expect(notices.lines.last?.hasPrefix("warning: \(run.reportNotes): cannot be read and is left out: ") == true)
    }

    @Test("is written of whatever damage there is in the files but the configuration")
    func damage() async throws {
        let run = try await train()
        let files = [run.metrics, run.validation, run.findings, run.reportNotes]
        var damage = Mutation(seed: 11)
        for path in files {
            let bytes = try contents(ofFile: path)
            for _ in 0..<FuzzIterations.count(default: 20) {
                try Data(
                    damage.mutated(bytes, words: ["null", "1e999", "-1", "[]", "{}", "\"", "9999999999999999999"])
                ).write(to: URL(filePath: path))
                try run.writeReport()
            }
            try FileManager.default.removeItem(atPath: path)
            try run.writeReport()
        }
    }

    @Test("a long history is thinned, and keeps its last step and its mean loss")
    func thinning() async throws {
        let line = try #require(try await train().readMetrics().first)
        var history = MetricsHistory()
        for step in 1...10_000 {
            var next = line
            (next.step, next.loss) = (step, step.isMultiple(of: 2) ? 1 : 3)
            history.append(next)
        }
        #expect(history.lines.count < 4000 && history.last?.step == 10_000)
        #expect(history.lines.dropLast().allSatisfy { $0.loss == 2 })
    }
}

@Suite("A run that ails")
struct AilingRunTests {
    private let folder: TemporaryFolder
    private let table: ColourTable

    init() throws {
        folder = try TemporaryFolder()
        table = try ColourTable(in: folder.url)
    }

    private func configuration(
        _ overrides: [(path: String, json: String)], steps: Int = 60
    ) throws -> TrainingConfiguration {
        try TrainingConfiguration(
            json: table.configuration(output: folder.path("run"), steps: steps).jsonText, origin: "test",
            overrides: overrides)
    }

    private static let ruinous = [("learning_rate", "1e30"), ("optimiser.kind", "\"adamw\"")]

    @Test("of a loss that is no number it names the batch and its samples, stops, and keeps the last checkpoint")
    func nonFinite() async throws {
        let overrides = Self.ruinous + [("checkpoint_every", "1")]
        let run = RunFolder(folder.path("run"))
        let error = await #expect(throws: TrainingError.self) {
            try await TrainingRun(configuration(overrides)).train { _ in }
        }
        let text = try #require(error?.description)
        #expect(text.contains("batch") && text.contains(".png \"a ") && !text.contains("\n"))
        let finding = try #require(run.readFindings().last)
        #expect(finding.ailment == .nonFinite && finding.samples?.count == 8)
        #expect(try finding.step == run.readMetrics().count + 1 && finding.step > 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.checkpoints).isEmpty == false)
        #expect(!FileManager.default.fileExists(atPath: run.model))
        let page = try String(contentsOfFile: run.report, encoding: .utf8)
        #expect(page.contains("What to look at") && page.contains("The 8 samples of the batch"))
    }

    @Test("a loss that is no number leaves the bad samples of before in the report")
    func nonFiniteAfterBadSamples() async throws {
        let table = try ColourTable(in: folder.url, extraRows: ["missing.png\ta ghost"])
        let run = try TrainingConfiguration(
            json: table.configuration(output: folder.path("run"), steps: 60).jsonText, origin: "test",
            overrides: Self.ruinous + [("batch_size", "4")])
        await #expect(throws: TrainingError.self) { try await TrainingRun(run).train { _ in } }
        let page = try String(contentsOfFile: RunFolder(folder.path("run")).report, encoding: .utf8)
        #expect(page.contains("1 samples could not be used") && page.contains("missing.png"))
    }

    @Test("an examination writes nothing, and finds what ails it and nothing else")
    func examination() async throws {
        let sick = try await TrainingRun(configuration(Self.ruinous)).examine { _ in }
        #expect(sick.findings.map(\.ailment) == [.nonFinite] && sick.steps < 60)
        let words = [("data.captions", #"[{"text": "square", "weight": 1}]"#), ("batch_size", "6")]
        let plain = try await TrainingRun(configuration(words)).examine { _ in }
        #expect(plain.findings.contains { $0.ailment == .repeatedCaptions })
        let cut = try await TrainingRun(configuration([("model.text_cfg.context_length", "3")])).examine { _ in }
        #expect(cut.findings.contains { $0.ailment == .cutTexts })
        let well = try await TrainingRun(configuration([("warmup_steps", "5")])).examine { _ in }
        #expect(well.findings.filter { $0.ailment != .dataWait } == [] && well.steps == 60 && well.pairs == 480)
        #expect(try #require(well.losses).last < 1)
        #expect(!FileManager.default.fileExists(atPath: folder.path("run")))
    }

    @Test("a run tells each finding once, in its progress and in its folder, and not again when it goes on")
    func once() async throws {
        let overrides = [("warmup_steps", "0")]
        let outcome = try await TrainingRun(configuration(overrides)).train { _ in }
        #expect(try outcome.folder.readFindings().filter { $0.ailment == .warmup }.count == 1)
        let longer = try configuration(overrides, steps: 70)
        _ = try await TrainingRun(longer).train(isResuming: true) { progress in
            #expect(progress.findings.allSatisfy { $0.ailment != .warmup })
        }
        #expect(try outcome.folder.readFindings().filter { $0.ailment == .warmup }.count == 1)
    }
}
