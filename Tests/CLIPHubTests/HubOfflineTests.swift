import CLIPHub
import CLIPHubServer
import CLIPTestSupport
import Foundation
import Testing

struct HubOfflineTests {
    private let content = HubRepositoryContent.small()
    private let fixture: HubFixture

    init() throws {
        fixture = try HubFixture()
    }

    @Test("offline, what is in the cache is found without a request, by branch and by commit")
    func cached() async throws {
        let server = try HubServer(content)
        let first = try await fixture.pull(server)
        let asked = server.requests.count
        let client = try fixture.client(server.address, ["HF_HUB_OFFLINE": "1"])
        #expect(try await client.snapshot(of: fixture.repository) == first)
        #expect(try await client.snapshot(of: HubRepository("made/up@\(content.commit)")).folder == first.folder)
        #expect(server.requests.count == asked)
    }

    @Test("offline, what is not wholly in the cache is refused")
    func notCached() async throws {
        let server = try HubServer(content)
        let offline = ["HF_HUB_OFFLINE": "1"]
        let nothing = try await fixture.failure(server, offline)
        #expect(nothing.code == .unavailable && nothing.description.contains("HF_HUB_OFFLINE"))
        #expect(server.requests.isEmpty)
        let snapshot = try await fixture.pull(server)
        let blob = URL(filePath: "\(snapshot.folder)/model.safetensors").resolvingSymlinksInPath()
        try FileManager.default.removeItem(at: blob)
        #expect(try await fixture.failure(server, offline).code == .unavailable)
        // With the hub, the link to nothing is mended.
        #expect(try fixture.hasWeights(content, try await fixture.pull(server)))
    }

    @Test("offline, weights without a description are no model")
    func undescribed() async throws {
        let server = try HubServer(content)
        let snapshot = try await fixture.pull(server)
        try FileManager.default.removeItem(atPath: "\(snapshot.folder)/config.json")
        #expect(try await fixture.failure(server, ["HF_HUB_OFFLINE": "1"]).code == .unavailable)
    }

    @Test("where the hub does not answer, the cache does, with a warning", arguments: [false, true])
    func fallback(isBusy: Bool) async throws {
        let first = try HubServer(content)
        var expected = try await fixture.pull(first)
        first.stop()
        let busy = try HubServer(content) { _, _ in .status(503) }
        let snapshot = try await fixture.pull(isBusy ? busy : first)
        #expect(snapshot.warning?.contains("taking the cached commit \(content.commit)") == true)
        expected.warning = snapshot.warning
        #expect(snapshot == expected)
        #expect(busy.requests.count == (isBusy ? 1 : 0))
    }

    @Test("where the hub does not answer and the cache has nothing, that is the error")
    func noFallback() async throws {
        let server = try HubServer(content)
        server.stop()
        let error = try await fixture.failure(server)
        #expect(error.code == .unavailable && error.description.hasPrefix("made/up: expected an answer of 127.0.0.1:"))
    }

    @Test("a refusal is no reason to take the cache")
    func refusal() async throws {
        _ = try await fixture.pull(try HubServer(content))
        let server = try HubServer(content) { _, _ in .status(404) }
        #expect(try await fixture.failure(server).code == .notFound)
    }

    @Test("a path that is there is no repository, and other names are left to the reader")
    func location() async throws {
        let path = fixture.folder.url.path
        let nowhere = ["HF_ENDPOINT": "no address"]
        for name in [path, "no-such", "./a/b", "a/b/c", "/no/such"] {
            #expect(try await ModelLocation(of: name, variables: nowhere).path == name)
        }
        let server = try HubServer(content)
        let variables = ["HF_ENDPOINT": server.address, "HF_HOME": path]
        let found = try await ModelLocation(of: "made/up", variables: variables)
        #expect(found.path.hasSuffix("snapshots/\(content.commit)") && found.warning == nil)
        let error = await #expect(throws: HubError.self) {
            try await ModelLocation(of: "made/no", variables: variables)
        }
        #expect(error?.description.hasPrefix("made/no: no such file or folder here; on the hub: ") == true)
    }
}
