import CLIPHubServer
import CLIPSmallModel
import CLIPTestSupport
import Foundation
import Testing

struct PullCommandTests {
    private let model: SmallModelFolder
    private let content: HubRepositoryContent
    private let folder: TemporaryFolder

    init() throws {
        let model = try SmallModelFolder()
        let names = try FileManager.default.contentsOfDirectory(atPath: model.path)
        content = HubRepositoryContent(
            "made/small",
            files: try names.map { name in
                let bytes = try Data(contentsOf: URL(filePath: "\(model.path)/\(name)"))
                return HubRepositoryContent.File(name, [UInt8](bytes), isLarge: name.hasSuffix(".safetensors"))
            })
        self.model = model
        folder = try TemporaryFolder()
    }

    private func environment(_ server: HubServer) -> [String: String] {
        [
            "HF_ENDPOINT": server.address, "HF_HOME": folder.url.path, "HF_HUB_OFFLINE": "",
            "HF_HUB_DOWNLOAD_TIMEOUT": "300", "HF_HUB_ETAG_TIMEOUT": "300",
        ]
    }

    private func run(_ arguments: [String], _ server: HubServer, _ more: [String: String] = [:]) throws -> Tool.Result {
        try Tool.run(arguments, environment: environment(server).merging(more) { $1 })
    }

    private var snapshot: String { folder.path("hub/models--made--small/snapshots/\(content.commit)") }

    private func downloads(of name: String, _ server: HubServer) -> Int {
        server.downloads.filter { $0.path.hasSuffix("/\(name)") }.count
    }

    @Test("a pull prints the folder, or an object with the commit and the files")
    func output() throws {
        let server = try HubServer(content)
        let first = try run(["pull", "made/small"], server)
        #expect(first.status == 0 && first.output == "\(snapshot)\n" && first.errors.isEmpty)
        let second = try run(["pull", "made/small", "--json"], server)
        let object = try second.json([String: Any].self)
        #expect(object["repository"] as? String == "made/small" && object["revision"] as? String == "main")
        #expect(object["commit"] as? String == content.commit && object["folder"] as? String == snapshot)
        #expect(Set(object["files"] as? [String] ?? []) == Set(content.files.map(\.name)))
        #expect(downloads(of: "model.safetensors", server) == 1)
    }

    @Test("a model may be named as the hub names it, and is pulled once")
    func modelByName() throws {
        let server = try HubServer(content)
        let texts = folder.path("texts.npy")
        let own = folder.path("own.npy")
        let embedded = try run(["embed", "--model", "made/small", "--texts", "a dog", "--output", texts], server)
        #expect(embedded.status == 0)
        #expect(try Tool.run(["embed", "--model", model.path, "--texts", "a dog", "--output", own]).status == 0)
        #expect(try Data(contentsOf: URL(filePath: texts)) == Data(contentsOf: URL(filePath: own)))
        let inspected = try run(["inspect", "made/small"], server)
        #expect(inspected.status == 0 && inspected.output.contains("vision transformer, 32 pixels"))
        let tokens = try run(["tokenize", "--model", "made/small", "a dog"], server, ["HF_HUB_OFFLINE": "1"])
        #expect(try tokens.output == Tool.run(["tokenize", "--model", model.path, "a dog"]).output)
        #expect(downloads(of: "model.safetensors", server) == 1)
    }

    @Test("a run may name its start and its teacher so, and keeps their names")
    func trainByName() throws {
        let server = try HubServer(content)
        let samples = try SampleImages()
        let rows = try (0..<4).map { "\(try samples.image($0))\ta photo of number \($0)\n" }.joined()
        let table = try folder.write("filepath\ttitle\n\(rows)".utf8, as: "pairs.tsv")
        let file = try folder.write(
            """
            output: \(folder.path("run"))
            data: {table: \(table)}
            start: made/small
            distillation: {teacher: made/small}
            steps: 1
            batch_size: 4
            precision: fp32
            """.utf8, as: "run.yaml")
        let result = try run(["train", "--config", file], server)
        #expect(result.status == 0, "\(result.errors)")
        let written = try Data(contentsOf: URL(filePath: folder.path("run/configuration.json")))
        let object = try #require(try JSONSerialization.jsonObject(with: written) as? [String: Any])
        #expect(object["start"] as? String == "made/small")
        #expect((object["distillation"] as? [String: Any])?["teacher"] as? String == "made/small")
        #expect(downloads(of: "model.safetensors", server) == 1)
    }

    @Test("several processes at once bring each file once")
    func concurrent() throws {
        let server = try HubServer(content) { request, _ in
            request.method == "GET" && request.path.hasSuffix("safetensors") ? .slow(parts: 10, milliseconds: 20) : nil
        }
        let runs = try (0..<4).map { _ in try Run(["pull", "made/small"], environment: environment(server)) }
        let results = try runs.map { try $0.finish() }
        #expect(results.allSatisfy { $0.status == 0 && $0.output == "\(snapshot)\n" && $0.errors.isEmpty })
        #expect(content.files.allSatisfy { downloads(of: $0.name, server) == 1 })
    }

    @Test("what a killed process left is taken up by the next", arguments: [SIGKILL, SIGINT])
    func kill(signal: Int32) throws {
        let server = try HubServer(content) { request, count in
            request.method == "GET" && request.path.hasSuffix("safetensors") && count == 0
                ? .stalled : nil
        }
        let weights = try #require(content.file("model.safetensors"))
        let partial = folder.path("hub/models--made--small/blobs/\(weights.tag).incomplete")
        let first = try Run(["pull", "made/small"], environment: environment(server))
        let half = (weights.bytes.count + 1) / 2
        let deadline = Date.now + 60
        while (try? FileManager.default.attributesOfItem(atPath: partial)[.size] as? Int) != half, Date.now < deadline {
            usleep(5000)
        }
        first.signal(signal)
        let stopped = try first.finish()
        #expect(stopped.output.isEmpty)
        if signal == SIGINT { #expect(stopped.status == 130 && stopped.errors == "clip: interrupted\n") }
        #expect(try run(["pull", "made/small"], server).status == 0)
        let second = server.downloads.last { $0.path.hasSuffix("safetensors") }
        #expect(second?.headers["range"] == "bytes=\(half)-\(weights.bytes.count - 1)")
        #expect(try Data(contentsOf: URL(filePath: "\(snapshot)/model.safetensors")) == Data(weights.bytes))
        #expect(!FileManager.default.fileExists(atPath: partial))
    }

    @Test("failures are one line, with the status of their kind")
    func failures() throws {
        var gated = content
        gated.token = "secret"
        let server = try HubServer(gated)
        let failure = { (arguments: [String], more: [String: String]) in
            let result = try run(arguments, server, more)
            #expect(result.output.isEmpty && (result.errorLines.count == 1 || result.status == 64))
            return result
        }
        let denied = try failure(["pull", "made/small"], [:])
        #expect(denied.status == 69 && denied.errors.contains("gated") && denied.errors.contains("HF_TOKEN"))
        let missing = try failure(["pull", "made/other"], ["HF_TOKEN": "secret"])
        #expect(missing.status == 66 && missing.errors.hasPrefix("clip: made/other: expected a repository"))
        #expect(try failure(["pull", "made/small@v9"], ["HF_TOKEN": "secret"]).status == 66)
        #expect(try failure(["inspect", "made/other"], ["HF_TOKEN": "secret"]).status == 66)
        #expect(try failure(["pull", "made/small"], ["HF_HUB_OFFLINE": "1"]).status == 69)
        #expect(try failure(["pull", "made/../small"], [:]).status == 64)
        #expect(try failure(["pull", "made/small"], ["HF_ENDPOINT": "nowhere"]).status == 64)
        let file = try folder.write([], as: "file")
        let unwritable = try failure(["pull", "made/small"], ["HF_TOKEN": "secret", "HF_HUB_CACHE": "\(file)/x"])
        #expect(unwritable.status == 69 && unwritable.errors.contains("\(file)/x"))
        #expect(try failure(["inspect", "no-such"], [:]).status == 66)
    }

    @Test("without the hub, the cached model is taken and the line says so")
    func fallback() throws {
        let server = try HubServer(content)
        _ = try run(["pull", "made/small"], server)
        server.stop()
        let result = try run(["pull", "made/small"], server)
        #expect(result.status == 0 && result.output == "\(snapshot)\n" && result.errorLines.count == 1)
        #expect(result.errors.contains("taking the cached commit \(content.commit)"))
    }

    @Test(
        "transformers opens what was pulled, without a network",
        .enabled(if: PythonReference.isPresent, "\(PythonReference.reason)"))
    func transformers() throws {
        let server = try HubServer(content)
        _ = try run(["pull", "made/small"], server)
        let arguments = ["load", folder.path("hub"), server.address, "made/small"]
        let lines = try PythonReference.run("hub.py", arguments).split(separator: "\n")
        let ids = try Tool.run(["tokenize", "--model", model.path, "a dog"]).output
        let summary = try Tool.run(["inspect", model.path, "--json"]).json([String: Any].self)
        #expect(lines.first.flatMap { Int($0) } == (summary["parameters"] as? [String: Int])?["total"])
        let words = ids.split(whereSeparator: \.isWhitespace)
        #expect(lines.last.map { words.starts(with: $0.split(separator: " ")) } == true)
    }
}
