import CLIPFiles
import CLIPHub
import CLIPHubServer
import CLIPTestSupport
import Foundation
import Testing

/// What a server or a network does wrong.
struct HubFailureTests {
    private let content = HubRepositoryContent.small()
    private let fixture: HubFixture

    init() throws {
        fixture = try HubFixture()
    }

    /// A server that does something wrong with the weights, as often as it is asked for them.
    private func server(times: Int, _ fault: Fault) throws -> HubServer {
        try HubServer(content) { request, count in
            request.path.hasSuffix(".safetensors") && request.method == "GET" && count < times ? fault : nil
        }
    }

    private func ranges(_ server: HubServer) -> [String] {
        server.downloads.filter { $0.path.hasSuffix(".safetensors") }.map { $0.headers["range"] ?? "all" }
    }

    @Test("a connection that is cut is taken up where it ended")
    func cut() async throws {
        let server = try server(times: 3, .cut(after: 10_000))
        let snapshot = try await fixture.pull(server)
        #expect(try fixture.hasWeights(content, snapshot))
        #expect(ranges(server) == ["all", "bytes=10000-49999", "bytes=20000-49999", "bytes=30000-49999"])
    }

    @Test("a server that knows no ranges sends all again")
    func withoutRanges() async throws {
        let server = try HubServer(content) { request, count in
            guard request.path.hasSuffix(".safetensors"), request.method == "GET" else { return nil }
            return count == 0 ? .cut(after: 10_000) : .withoutRanges
        }
        let snapshot = try await fixture.pull(server)
        #expect(try fixture.hasWeights(content, snapshot))
        #expect(ranges(server).count == 2)
    }

    @Test("a connection that is always cut is given up, in one line, and what came stays")
    func alwaysCut() async throws {
        let server = try server(times: .max, .cut(after: 1000))
        let error = try await fixture.failure(server)
        #expect(error.code == .unavailable && error.description.hasPrefix("made/up: model.safetensors: expected"))
        #expect(!error.description.contains("\n"))
        #expect(ranges(server).count == 6)
        #expect(fixture.paths().filter { $0.hasSuffix(".incomplete") }.count == 1)
        #expect(!fixture.paths().contains("refs/main"))
    }

    @Test("bytes that are not the file's are thrown away and asked for again")
    func corruptOnce() async throws {
        let server = try server(times: 1, .corrupt)
        let snapshot = try await fixture.pull(server)
        #expect(try fixture.hasWeights(content, snapshot))
        #expect(ranges(server) == ["all", "all"])
    }

    @Test(
        "bytes that are never the file's are refused, whether large or small",
        arguments: ["model.safetensors", "vocab.json"])
    func corruptAlways(name: String) async throws {
        let server = try HubServer(content) { request, _ in
            request.path.hasSuffix(name) && request.method == "GET" ? .corrupt : nil
        }
        let error = try await fixture.failure(server)
        let tag = try #require(content.file(name)?.tag)
        #expect(error.code == .badData && error.description.contains("\(name): expected "))
        #expect(error.description.contains(tag) && error.description.hasSuffix("found another, twice"))
        #expect(server.downloads.filter { $0.path.hasSuffix(name) }.count == 2)
        #expect(!fixture.paths().contains { $0.contains(tag) })
    }

    @Test("a body of another size is refused", arguments: [49_999, 50_001, 0])
    func wrongSize(size: Int) async throws {
        let server = try server(times: .max, .resized(size))
        let error = try await fixture.failure(server)
        #expect(error.code == .badData && error.description.contains("expected 50000 bytes, found "))
        #expect(ranges(server) == ["all", "all"])
    }

    @Test("a busy or broken server is asked again", arguments: [429, 500, 502, 503, 504])
    func busy(status: Int) async throws {
        let server = try HubServer(content) { _, count in count == 0 ? .status(status, ["Retry-After": "3"]) : nil }
        let start = ContinuousClock.now
        let snapshot = try await fixture.pull(server)
        #expect(try fixture.hasWeights(content, snapshot))
        // One after another: the listing, a question, a download, each after a wait of three units.
        #expect(ContinuousClock.now - start >= .milliseconds(9))
    }

    @Test("a server that stays busy is given up")
    func alwaysBusy() async throws {
        let server = try HubServer(content) { _, _ in .status(503) }
        let error = try await fixture.failure(server)
        #expect(error.code == .unavailable && error.description.hasSuffix("found status 503"))
        #expect(server.requests.count == 4)
        let patient = try HubServer(content) { _, _ in .status(429, ["Retry-After": "3600"]) }
        #expect(try await fixture.failure(patient).code == .unavailable)
        #expect(patient.requests.count == 1)
    }

    @Test("without access, the line says so and names HF_TOKEN", arguments: [401, 403])
    func denied(status: Int) async throws {
        let server = try HubServer(content) { _, _ in .status(status) }
        for variables in [[:], ["HF_TOKEN": "wrong"]] {
            let error = try await fixture.failure(server, variables)
            #expect(error.code == .accessDenied && error.description.hasPrefix("made/up: "))
            #expect(error.description.contains("private or gated") && error.description.contains("HF_TOKEN"))
            #expect(!error.description.contains("wrong"))
        }
        let gated = try HubServer(content) { _, _ in .status(status, ["X-Error-Code": "GatedRepo"]) }
        #expect(try await fixture.failure(gated).description.contains("is asked for at \(gated.address)/made/up"))
    }

    @Test("what is not there is named: repository, revision, file")
    func missing() async throws {
        let server = try HubServer(content)
        let client = try fixture.client(server.address)
        let failure = { (name: String) in
            try await #require(throws: HubError.self) { try await client.snapshot(of: HubRepository(name)) }
        }
        let (repository, revision) = (try await failure("made/other"), try await failure("made/up@v2"))
        #expect(repository.code == .notFound && repository.description.hasPrefix("made/other: expected a repository"))
        #expect(revision.code == .notFound && revision.description.hasPrefix("made/up@v2: expected a revision \"v2\""))
        let lost = try HubServer(content) { request, _ in
            request.path.hasSuffix("vocab.json") ? .status(404, ["X-Error-Code": "EntryNotFound"]) : nil
        }
        let file = try await fixture.failure(lost)
        #expect(file.code == .notFound && file.description.hasPrefix("made/up: vocab.json: expected a file"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.folder.url.path).allSatisfy { $0 == "hub" })
    }

    @Test("chunked bodies, and files whose size nobody tells, are taken whole")
    func chunked() async throws {
        let server = try HubServer(content) { _, _ in .chunked }
        let snapshot = try await fixture.pull(server)
        #expect(try fixture.hasWeights(content, snapshot))
        #expect(try fixture.bytes("config.json", snapshot) == content.file("config.json")?.bytes)
    }

    @Test("a chunked body that is cut is fetched again")
    func chunkedCut() async throws {
        let server = try HubServer(content) { request, count in
            if request.method == "HEAD" { return .without(["Content-Length"]) }
            return request.path.hasSuffix(".safetensors") && count == 0 ? .cut(after: 7000) : nil
        }
        let snapshot = try await fixture.pull(server)
        #expect(try fixture.hasWeights(content, snapshot))
        #expect(ranges(server) == ["all", "all"])
    }

    @Test("a file without a tag is refused; without a commit's header it is taken")
    func missingHeaders() async throws {
        let untagged = try HubServer(content) { _, _ in .without(["ETag"]) }
        let error = try await fixture.failure(untagged)
        #expect(error.code == .badData && error.description.contains("expected the header ETag"))
        let server = try HubServer(content) { _, _ in .without(["X-Repo-Commit", "Accept-Ranges"]) }
        #expect(try fixture.hasWeights(content, try await fixture.pull(server)))
    }

    @Test(
        "headers that lie are refused",
        arguments: [
            ["ETag": "\"../../x\""], ["ETag": "\"..\""], ["ETag": "\"\""], ["X-Linked-Etag": "a/b"],
            ["X-Linked-Size": "-1"], ["X-Linked-Size": "many"], ["X-Linked-Size": "99999999999999999999"],
            ["X-Repo-Commit": String(repeating: "ee", count: 20)],
        ])
    func lies(headers: [String: String]) async throws {
        let server = try HubServer(content) { request, _ in request.method == "HEAD" ? .with(headers) : nil }
        #expect(try await fixture.failure(server).code == .badData)
    }

    @Test(
        "a listing that is none is refused",
        arguments: [
            "", "no JSON", "[]", "{}", "{\"sha\": \"main\", \"siblings\": []}",
            "{\"sha\": \"\(String(repeating: "c0", count: 20))\"}",
            "{\"sha\": \"\(String(repeating: "c0", count: 20))\", \"siblings\": [{}]}",
            "{\"sha\": \"\(String(repeating: "c0", count: 20))\", \"siblings\": [{\"rfilename\": \"../x.pt\"}]}",
            "{\"sha\": \"\(String(repeating: "c0", count: 20))\", \"siblings\": [{\"rfilename\": \"/etc/x.pt\"}]}",
            "{\"sha\": \"\(String(repeating: "c0", count: 20))\", \"siblings\": [{\"rfilename\": \"a\\u0000.pt\"}]}",
            "{\"sha\": \"\(String(repeating: "c0", count: 20))\", \"siblings\": [{\"rfilename\": \"README.md\"}]}",
        ])
    func badListing(text: String) async throws {
        let server = try HubServer(content) { _, _ in .body(Array(text.utf8)) }
        #expect(try await fixture.failure(server).code == .badData)
        #expect(fixture.paths().isEmpty)
    }

    @Test(
        "a redirect in a circle, or out of HTTP, ends",
        arguments: ["/made/up", "ftp://127.0.0.1/x", "file:///etc/passwd"])
    func redirects(location: String) async throws {
        let server = try HubServer(content) { request, _ in
            .status(302, ["Location": location == "/made/up" ? request.path : location])
        }
        let error = try await fixture.failure(server)
        #expect(error.description.contains("redirect"))
        #expect(server.requests.count == (location == "/made/up" ? 10 : 1))
    }

    @Test("a host of files that refuses an old address is asked through the hub again")
    func expired() async throws {
        let files = try HubServer(content) { _, count in count == 0 ? .status(403) : nil }
        let server = try HubServer(content, fileHost: files.address)
        let snapshot = try await fixture.pull(server)
        #expect(try fixture.hasWeights(content, snapshot))
        #expect(server.downloads.contains { $0.path.hasSuffix("model.safetensors") })
    }

    @Test("a server that stops sending is left and asked again")
    func stalled() async throws {
        let server = try server(times: 1, .stalled)
        var client = try fixture.client(server.address)
        var environment = client.environment
        environment.downloadTimeout = .milliseconds(100)
        client = HubClient(environment: environment)
        client.retry.unit = .milliseconds(1)
        let snapshot = try await client.snapshot(of: fixture.repository)
        #expect(try fixture.hasWeights(content, snapshot))
        #expect(ranges(server).count > 1)
    }

    @Test("a slow server is waited for as long as it sends")
    func slow() async throws {
        let server = try server(times: 1, .slow(parts: 20, milliseconds: 10))
        let snapshot = try await fixture.pull(server)
        #expect(try fixture.hasWeights(content, snapshot))
        #expect(ranges(server) == ["all"])
    }

    @Test("a full disk is said in one line that names the file", .enabled(if: TinyDisk.isPermitted))
    func fullDisk() async throws {
        let disk = try TinyDisk(kilobytes: 64)
        let large = HubRepositoryContent.small(weights: 200_000)
        let server = try HubServer(large)
        let client = try fixture.client(server.address, ["HF_HUB_CACHE": disk.folder.path("hub")])
        let error = try await #require(throws: FileError.self) { try await client.snapshot(of: fixture.repository) }
        #expect(error.code == .unwritable && error.description.contains("No space left"))
        #expect(openFiles(below: disk.folder.url.path).isEmpty)
        #expect(server.downloads.filter { $0.path.hasSuffix("safetensors") }.count == 1)
    }

    @Test("a cache that cannot be made is said in one line")
    func unwritable() async throws {
        let file = try fixture.folder.write([], as: "file")
        let server = try HubServer(content)
        let client = try fixture.client(server.address, ["HF_HUB_CACHE": "\(file)/hub"])
        let error = try await #require(throws: FileError.self) { try await client.snapshot(of: fixture.repository) }
        #expect(error.code == .unwritable && error.path.hasPrefix("\(file)/hub"))
    }
}
