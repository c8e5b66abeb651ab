import CLIPHub
import CLIPHubServer
import CLIPTestSupport
import Foundation
import Testing

/// One cache, two programs.
@Suite(.enabled(if: PythonReference.isPresent, "\(PythonReference.reason)"))
struct HubReferenceTests {
    private let content = HubRepositoryContent.small()
    private let files = ["config.json", "vocab.json", "model.safetensors"]
    private let fixture: HubFixture

    init() throws {
        fixture = try HubFixture()
    }

    private func reference(_ mode: String, _ address: String) throws -> [String] {
        let arguments = [mode, fixture.cache, address, "made/up"] + files
        return try PythonReference.run("hub.py", arguments).split(separator: "\n").map(String.init)
    }

    @Test("what we pulled opens in huggingface_hub without a network")
    func oursInTheirs() async throws {
        let server = try HubServer(content)
        let snapshot = try await fixture.pull(server)
        let asked = server.requests.count
        let lines = try reference("open", server.address)
        #expect(lines.first == snapshot.folder)
        #expect(lines.last == content.file("model.safetensors")?.tag && lines.count == 4)
        #expect(server.requests.count == asked)
    }

    @Test("what huggingface_hub downloaded is found without a request for a file")
    func theirsInOurs() async throws {
        let host = try HubServer(content)
        let server = try HubServer(content, fileHost: host.address)
        let lines = try reference("download", server.address)
        #expect(lines.last == content.file("model.safetensors")?.tag)
        let (asked, sent) = (server.requests.count, host.requests.count)
        let snapshot = try await fixture.pull(server)
        #expect(snapshot.folder == lines.first && snapshot.files == files)
        #expect(server.requests.dropFirst(asked).map(\.path) == ["/api/models/made/up/revision/main"])
        #expect(host.requests.count == sent)
        #expect(
            try await fixture.client(server.address, ["HF_HUB_OFFLINE": "1"]).snapshot(of: fixture.repository)
                == snapshot)
    }

    @Test("a file that the other is fetching is waited for")
    func lock() async throws {
        let server = try HubServer(content) { request, _ in
            request.method == "GET" && request.path.hasSuffix("safetensors") ? .slow(parts: 20, milliseconds: 100) : nil
        }
        async let theirs = Task.detached { try reference("download", server.address) }.value
        try await until { server.downloads.contains { $0.path.hasSuffix("safetensors") } }
        let snapshot = try await fixture.pull(server)
        #expect(try fixture.hasWeights(content, snapshot))
        #expect(try await theirs.first == snapshot.folder)
        #expect(server.downloads.filter { $0.path.hasSuffix("safetensors") }.count == 1)
    }
}
