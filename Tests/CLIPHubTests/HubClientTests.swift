import CLIPFiles
import CLIPHub
import CLIPHubServer
import CLIPTestSupport
import Foundation
import Testing

struct HubClientTests {
    private let content = HubRepositoryContent.small()
    private let fixture: HubFixture

    init() throws {
        fixture = try HubFixture()
    }

    @Test("a pull leaves the cache as the hub's library lays it out")
    func layout() async throws {
        let server = try HubServer(content)
        let snapshot = try await fixture.pull(server)
        let (commit, place) = (content.commit, "\(fixture.cache)/models--made--up")
        #expect(snapshot.commit == commit && snapshot.folder == "\(place)/snapshots/\(commit)")
        #expect(snapshot.files == ["config.json", "vocab.json", "model.safetensors"] && snapshot.warning == nil)
        for name in snapshot.files {
            let file = try #require(content.file(name))
            let link = try FileManager.default.destinationOfSymbolicLink(atPath: "\(snapshot.folder)/\(name)")
            #expect(link == "../../blobs/\(file.tag)")
            #expect(try fixture.bytes(name, snapshot) == file.bytes)
            #expect(FileManager.default.fileExists(atPath: "\(fixture.cache)/.locks/models--made--up/\(file.tag).lock"))
        }
        #expect(try String(contentsOfFile: "\(place)/refs/main", encoding: .utf8) == commit)
        #expect(FileManager.default.fileExists(atPath: "\(place)/.no_exist/\(commit)/merges.txt"))
        #expect(!FileManager.default.fileExists(atPath: "\(place)/.no_exist/\(commit)/vocab.json"))
        #expect(!fixture.paths().contains { $0.hasSuffix(".incomplete") || $0.hasSuffix(".tmp") })
        #expect(!server.asked.contains { $0.contains("README") })
    }

    @Test("what is there is not asked for again")
    func again() async throws {
        let server = try HubServer(content)
        let first = try await fixture.pull(server)
        let asked = server.requests.count
        #expect(try await fixture.pull(server) == first)
        #expect(server.requests.count == asked + 1)
        #expect(server.requests.last?.path == "/api/models/made/up/revision/main")
    }

    @Test("a commit of which all is known is taken without a question")
    func commit() async throws {
        let server = try HubServer(content)
        let pinned = try HubRepository("made/up@\(content.commit)")
        let client = try fixture.client(server.address)
        let first = try await client.snapshot(of: pinned)
        let asked = server.requests.count
        #expect(try await client.snapshot(of: pinned) == first)
        #expect(server.requests.count == asked)
        #expect(!fixture.paths().contains("refs/main"))
    }

    @Test("a new commit brings only the files that changed")
    func update() async throws {
        let old = try HubServer(content)
        _ = try await fixture.pull(old)
        var next = content
        next.commit = String(repeating: "d1", count: 20)
        next.files[0] = HubRepositoryContent.File("config.json", Array("{\"b\": 2}\n".utf8))
        let server = try HubServer(next)
        let snapshot = try await fixture.pull(server)
        #expect(snapshot.commit == next.commit)
        #expect(server.downloads.map(\.path) == ["/made/up/resolve/\(next.commit)/config.json"])
        #expect(try fixture.hasWeights(content, snapshot))
    }

    @Test("a revision with slashes is one part of the address, and a path in the cache")
    func revision() async throws {
        var content = content
        content.branches = ["refs/pr/1"]
        let server = try HubServer(content)
        _ = try await fixture.client(server.address).snapshot(of: HubRepository("made/up@refs/pr/1"))
        #expect(server.requests.first?.path == "/api/models/made/up/revision/refs%2Fpr%2F1")
        #expect(fixture.paths().contains("refs/refs/pr/1"))
    }

    @Test("the token is shown to the hub, and not to the host of files on another port")
    func token() async throws {
        var content = content
        content.token = "secret"
        let files = try HubServer(content)
        let server = try HubServer(content, fileHost: files.address)
        let snapshot = try await fixture.pull(server, ["HF_TOKEN": "secret"])
        #expect(try fixture.hasWeights(content, snapshot))
        #expect(server.requests.allSatisfy { $0.headers["authorization"] == "Bearer secret" })
        #expect(files.requests.map(\.method) == ["GET"])
        #expect(files.requests.allSatisfy { $0.headers["authorization"] == nil })
        #expect(server.downloads.allSatisfy { !$0.path.contains("safetensors") })
    }

    @Test("a redirect on the hub keeps the token, one to another host loses it, whatever is asked")
    func redirects() async throws {
        var content = content
        content.token = "secret"
        let other = try HubServer(HubRepositoryContent.small())
        let commit = content.commit
        let server = try HubServer(content) { [address = other.address] request, _ in
            if request.path.hasPrefix("/api/") { return .status(302, ["Location": address + request.path]) }
            let isRenamed = request.path == "/made/up/resolve/\(commit)/config.json"
            return isRenamed ? .status(307, ["Location": "\(request.path)?renamed"]) : nil
        }
        let snapshot = try await fixture.pull(server, ["HF_TOKEN": "secret"])
        #expect(try fixture.bytes("config.json", snapshot) == content.file("config.json")?.bytes)
        #expect(server.requests.allSatisfy { $0.headers["authorization"] == "Bearer secret" })
        #expect(server.requests.contains { $0.path.hasSuffix("?renamed") })
        #expect(other.requests.map(\.path) == ["/api/models/made/up/revision/main"])
        #expect(other.requests.first?.headers["authorization"] == nil)
    }

    @Test("a blob that lacks its link is linked and not downloaded")
    func relink() async throws {
        let server = try HubServer(content)
        let snapshot = try await fixture.pull(server)
        let asked = server.downloads.count
        try FileManager.default.removeItem(atPath: snapshot.folder)
        #expect(try await fixture.pull(server) == snapshot)
        #expect(try fixture.hasWeights(content, snapshot))
        #expect(server.downloads.count == asked)
    }

    @Test("large files come in ranges, and the progress ends at the sum of the sizes")
    func ranges() async throws {
        let files = try HubServer(content)
        let server = try HubServer(content, fileHost: files.address)
        var client = try fixture.client(server.address)
        client.rangeSize = 20_000
        let seen = Collected<HubProgress>()
        let snapshot = try await client.snapshot(of: fixture.repository) { seen.add($0) }
        #expect(try fixture.hasWeights(content, snapshot))
        let ranges = files.requests.map { $0.headers["range"] ?? "" }
        #expect(ranges == ["bytes=0-19999", "bytes=20000-39999", "bytes=40000-49999"])
        let total = snapshot.files.reduce(0) { $0 + (content.file($1)?.bytes.count ?? 0) }
        let last = try #require(seen.all.last)
        #expect(last.bytes == total && last.totalBytes == total && last.files == 3 && last.totalFiles == 3)
        #expect(zip(seen.all, seen.all.dropFirst()).allSatisfy { $0.bytes <= $1.bytes })
    }

    @Test("what an earlier attempt left is the beginning")
    func resume() async throws {
        let server = try HubServer(content)
        let weights = try #require(content.file("model.safetensors"))
        let blobs = "\(fixture.cache)/models--made--up/blobs"
        try FileManager.default.createDirectory(atPath: blobs, withIntermediateDirectories: true)
        try Data(weights.bytes.prefix(30_000)).write(to: URL(filePath: "\(blobs)/\(weights.tag).incomplete"))
        let snapshot = try await fixture.pull(server)
        #expect(try fixture.hasWeights(content, snapshot))
        let download = try #require(server.downloads.first { $0.path.hasSuffix("safetensors") })
        #expect(download.headers["range"] == "bytes=30000-49999")
    }

    @Test("several pulls at once download each file once")
    func concurrent() async throws {
        let server = try HubServer(content) { request, _ in
            request.path.hasSuffix("safetensors") && request.method == "GET" ? .slow(parts: 5, milliseconds: 5) : nil
        }
        try await withThrowingTaskGroup(of: HubSnapshot.self) { group in
            for _ in 0..<6 { group.addTask { try await fixture.pull(server) } }
            for try await snapshot in group { #expect(try fixture.hasWeights(content, snapshot)) }
        }
        #expect(server.downloads.count == 3)
    }

    @Test("a pull that is cancelled ends at once, and the next one goes on from there")
    func cancellation() async throws {
        let server = try HubServer(content) { request, count in
            request.path.hasSuffix("safetensors") && request.method == "GET" && count == 0
                ? .stalled : nil
        }
        let client = try fixture.client(server.address)
        let fixture = fixture
        let task = Task { try await client.snapshot(of: fixture.repository) }
        let weights = try #require(content.file("model.safetensors"))
        let partial = "\(fixture.cache)/models--made--up/blobs/\(weights.tag).incomplete"
        try await until { (try? contents(ofFile: partial).count) == 25_000 }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let snapshot = try await fixture.pull(server)
        #expect(try fixture.hasWeights(content, snapshot))
        #expect(server.downloads.contains { $0.headers["range"] == "bytes=25000-49999" })
    }
}
