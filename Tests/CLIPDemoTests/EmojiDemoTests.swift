import CLIPDemo
import CLIPEvaluation
import CLIPFiles
import CLIPTestSupport
import CLIPTraining
import Foundation
import Testing

@Suite struct EmojiDemoTests {
    @Test("a tour of two steps leaves a model, a page that needs nothing else, samples and all figures")
    func tour() async throws {
        let folder = try TemporaryFolder()
        var demo = EmojiDemo(output: folder.path("it's a run"))
        demo.recipe.steps = 2
        let stages = Log()
        let result = try await demo.run { stages.append($0) }

        #expect(stages.names == ["preparing", "training", "training", "evaluating"])
        #expect(result.answers.figures.map(\.key) == Self.keys)
        #expect(result.answers.figures.allSatisfy { $0.count >= 200 && (0...1).contains($0.top1) })
        for figure in result.answers.figures { #expect((figure.top5 ?? 1) >= figure.top1) }
        for sample in result.samples.kinds + result.samples.scenes {
            #expect(FileManager.default.fileExists(atPath: sample.path))
        }
        let captions = try String(contentsOfFile: result.folder.captions, encoding: .utf8)
        #expect(captions.split(separator: "\n").count == 2 * result.samples.scenes.count)
        #expect(result.json["figures"]?["image_to_text"]?["chance1"]?.double == 0.005)
        #expect(result.commands.allSatisfy { $0.line.contains("it'\\''s a run") })
        try check(page: String(contentsOfFile: result.folder.page, encoding: .utf8))
        // Another tour may take its place, of another seed and length too.
        (demo.recipe.steps, demo.recipe.seed) = (1, 5)
        #expect(try await demo.run { _ in }.outcome.steps == 1)
    }

    private static let keys = ["image_to_text", "text_to_image", "mirrored_caption", "zero_shot_kind"]

    private func check(page: String) throws {
        #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
        for outside in ["http:", "https:", "<script", "<link", "@import", "url("] {
            #expect(!page.contains(outside), "\(outside) asks for something outside the page")
        }
        let sources = page.matches(of: /src="([^,"]*)/).map { String($0.1) }
        #expect(sources.count > 50 && sources.allSatisfy { $0 == "data:image/png;base64" })
        for tag in ["section", "table", "svg", "li", "p", "div", "ol", "h2", "h3", "pre"] {
            let opened = page.matches(of: try Regex("<\(tag)[ >]")).count
            let closed = page.matches(of: try Regex("</\(tag)>")).count
            #expect(opened > 0 && opened == closed, "<\(tag)>")
        }
        #expect(page.contains("it&#39;\\&#39;&#39;s a run"))
    }
}

/// The stations of a tour as they were told.
private final class Log: @unchecked Sendable {
    // Safe: only touched while `lock` is held.
    private let lock = NSLock()
    private var stages: [String] = []

    var names: [String] { lock.withLock { stages } }

    func append(_ stage: EmojiDemo.Stage) {
        let name =
            switch stage {
            case .preparing: "preparing"
            case .pacing: "pacing"
            case .training: "training"
            case .evaluating: "evaluating"
            }
        lock.withLock { stages.append(name) }
    }
}
