import CLIPImaging
import CLIPSmallModel
import CLIPTestSupport
import Foundation
import Testing

/// Runs `clip eval` and CLIP_benchmark's own code on the same random weights and data.
@Suite(.serialized, .enabled(if: PythonReference.isPresent, "\(PythonReference.reason)"))
struct EvaluationParityTests {
    private let folder: TemporaryFolder
    private static let classes = ["bag", "dog", "hat", "mug", "shoe", "watch"]
    private static let templates = ["a photo of a {}", "{}", "a drawing of one {}"]

    init() throws {
        folder = try TemporaryFolder()
        let model = try SmallModelFolder()
        try Tool.run(["convert", model.path, "--to", "open_clip", "--output", folder.path("model")])
        var (labels, captions) = ("filepath\tlabel\n", "filepath\ttitle\n")
        for (number, name) in Self.classes.enumerated() {
            try FileManager.default.createDirectory(
                atPath: folder.path("images/\(name)"), withIntermediateDirectories: true)
            for index in 0..<9 {
                let path = "images/\(name)/\(index).png"
                try folder.write(SampleImages.bitmap(9 * number + index).pngData(), as: path)
                let others = Self.classes.filter { $0 == name || ($0.count + index) % 3 == 0 }
                labels += "\(path)\t\(others.joined(separator: "|"))\n"
                for caption in 0...(index % 3) { captions += "\(path)\tthe \(name) of \(index) in \(caption)\n" }
            }
        }
        try folder.write(labels.utf8, as: "labels.tsv")
        try folder.write(captions.utf8, as: "captions.tsv")
        try folder.write(Self.templates.joined(separator: "\n").utf8, as: "templates.txt")
    }

    private func metrics(_ task: String, _ data: String, _ options: [String]) throws -> [String: Double] {
        let result = try Tool.run(
            [
                "eval", task, "--model", folder.path("model"), "--data", folder.path(data), "--no-keep-features",
                "--json",
            ]
                + options)
        try #require(result.status == 0, "\(result.errors)")
        let document = try result.json([String: Any].self)
        let results = try #require(document["results"] as? [[String: Any]])
        let metrics = try #require(results.first?["metrics"] as? [String: [String: Double]])
        return metrics.compactMapValues { $0["value"] }
    }

    @Test("every metric is the one that CLIP_benchmark prints, and its command build reads our files")
    func benchmark() throws {
        let templates = ["--templates", folder.path("templates.txt")]
        let found = [
            "single": try metrics("zeroshot", "images", templates + ["--output", folder.path("report")]),
            "several": try metrics("zeroshot", "labels.tsv", templates + ["--label-separator", "|"]),
            "retrieval": try metrics("retrieval", "captions.tsv", []),
        ]
        try PythonReference.run("evaluation.py", [folder.url.path])
        let expected = try #require(
            JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: folder.path("expected.json"))))
                as? [String: [String: Double]])
        for (task, metrics) in expected {
            for (name, value) in metrics {
                // CLIP_benchmark computes some in 32 bits.
                let own = try #require(found[task]?[name], "\(task) \(name)")
                #expect(abs(own - value) < 1e-6, "\(task) \(name): \(own) \(value)")
            }
        }
        #expect(Set(expected.values.flatMap(\.keys)).count == 10)
        let table = try String(contentsOfFile: folder.path("benchmark.csv"), encoding: .utf8)
        #expect(table.contains("zeroshot_classification") && table.contains("acc1"))
    }
}
