import CLIPDemo
import CLIPFiles
import CLIPTestSupport
import CLIPTraining
import Foundation
import Testing

@Suite struct DemoFolderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func expectRefusal(naming name: String) async throws {
        let before = try FileManager.default.subpathsOfDirectory(atPath: folder.url.path).sorted()
        let error = await #expect(throws: FileError.self) {
            try await EmojiDemo(output: folder.url.path).run { _ in Issue.record("expected no work") }
        }
        #expect(error?.code == .unwritable && error?.description.contains(name) == true)
        #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.url.path).sorted() == before)
    }

    @Test(
        "a folder with a file of somebody's in a place of the tour's is refused",
        arguments: [
            "model/photo.jpg", "best/photo.jpg", "checkpoint/thesis.doc", "checkpoints/thesis.doc", "index.html",
            "samples/a.png", "configuration.json",
            "bad-samples.jsonl",
        ])
    func foreignFiles(name: String) async throws {
        let place = folder.url.appending(path: name).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try folder.write("mine".utf8, as: name)
        try await expectRefusal(naming: String(name.prefix { $0 != "/" }))
    }

    @Test("a folder of another run is refused, on emoji scenes too", arguments: [false, true])
    func otherRun(isOfEmoji: Bool) async throws {
        var run = TrainingConfiguration()
        if isOfEmoji { run = other }
        try folder.write(run.jsonText.utf8, as: "configuration.json")
        try await expectRefusal(naming: "configuration.json")
    }

    @Test("an earlier demo's folder is taken whatever its recipe and the keys of its time")
    func earlierRecipe() throws {
        var old = try json(other.jsonText).members ?? []
        old.removeAll { ["twin_weight", "image_positions", "loader_threads"].contains($0.name) }
        old.append(.init("a_key_of_its_time", 1))
        try folder.write(JSON.object(old).indentedText.utf8, as: "configuration.json")
        try writeResults()
        try DemoFolder(folder.url.path).check(for: EmojiRecipe())
    }

    @Test("a demo of this recipe that was stopped is taken, though its configuration lacks newer keys")
    func stopped() throws {
        var old = try json(EmojiRecipe().configuration(output: folder.url.path).jsonText).members ?? []
        old.removeAll { ["equal_captions_match", "largest_logit_scale"].contains($0.name) }
        try folder.write(JSON.object(old).indentedText.utf8, as: "configuration.json")
        try folder.write("".utf8, as: "metrics.jsonl")
        try DemoFolder(folder.url.path).check(for: EmojiRecipe())
    }

    @Test("a run into an earlier demo's folder is not taken for the demo")
    func runSince() async throws {
        try writeResults()
        try folder.write(other.jsonText.utf8, as: "configuration.json")
        let later = Date(timeIntervalSinceNow: 60)
        try FileManager.default.setAttributes(
            [.modificationDate: later], ofItemAtPath: folder.path("configuration.json"))
        try await expectRefusal(naming: "configuration.json")
    }

    @Test("a checkpoint is no demo's", arguments: ["checkpoint", "checkpoints"])
    func checkpoint(name: String) async throws {
        try folder.write(other.jsonText.utf8, as: "configuration.json")
        try writeResults()
        try FileManager.default.createDirectory(
            atPath: folder.path(name), withIntermediateDirectories: true)
        try await expectRefusal(naming: "configuration.json")
    }

    /// A run on emoji scenes of another recipe.
    private var other: TrainingConfiguration {
        var run = EmojiRecipe().configuration(output: folder.url.path)
        (run.learningRate, run.batchSize) = (1e-3, 32)
        return run
    }

    private func json(_ text: String) throws -> JSON {
        try Array(text.utf8).withUnsafeBytes { try JSON(parsing: $0) }
    }

    /// What a demo leaves at its end.
    private func writeResults() throws {
        let samples = folder.url.appending(path: "samples")
        try FileManager.default.createDirectory(at: samples, withIntermediateDirectories: true)
        try folder.write("a dog\n".utf8, as: "samples/captions.txt")
        try folder.write("<!DOCTYPE html>".utf8, as: "index.html")
    }
}
