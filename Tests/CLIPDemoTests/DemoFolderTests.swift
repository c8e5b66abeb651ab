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
            "model/photo.jpg", "checkpoint/thesis.doc", "index.html", "samples/a.png", "configuration.json",
            "bad-samples.jsonl",
        ])
    func foreignFiles(name: String) async throws {
        let place = folder.url.appending(path: name).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try folder.write("mine".utf8, as: name)
        try await expectRefusal(naming: String(name.prefix { $0 != "/" }))
    }

    @Test("a folder of another run is refused")
    func otherRun() async throws {
        try folder.write(TrainingConfiguration().jsonText.utf8, as: "configuration.json")
        try await expectRefusal(naming: "configuration.json")
    }
}
