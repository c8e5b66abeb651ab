import CLIPFiles
import CLIPHub
import CLIPHubServer
import CLIPTestSupport
import Foundation
import Synchronization
import Testing

/// A cache of a test's own, and clients that wait milliseconds where others wait seconds.
struct HubFixture {
    let folder: TemporaryFolder
    let repository: HubRepository

    init(_ name: String = "made/up") throws {
        folder = try TemporaryFolder()
        repository = try HubRepository(name)
    }

    var cache: String { folder.path("hub") }

    func client(_ address: String, _ variables: [String: String] = [:]) throws -> HubClient {
        let own = ["HF_ENDPOINT": address, "HF_HOME": folder.url.path]
        var environment = try HubEnvironment(own.merging(variables) { $1 })
        environment.answerTimeout = .seconds(300)
        environment.downloadTimeout = .seconds(300)
        var client = HubClient(environment: environment)
        client.retry.unit = .milliseconds(1)
        return client
    }

    func pull(_ server: HubServer, _ variables: [String: String] = [:]) async throws -> HubSnapshot {
        try await client(server.address, variables).snapshot(of: repository)
    }

    /// The error of a pull that must fail.
    func failure(_ server: HubServer, _ variables: [String: String] = [:]) async throws -> HubError {
        try await #require(throws: HubError.self) { try await pull(server, variables) }
    }

    /// The bytes of a file of a snapshot.
    func bytes(_ name: String, _ snapshot: HubSnapshot) throws -> [UInt8] {
        try contents(ofFile: "\(snapshot.folder)/\(name)")
    }

    /// Whether the weights in the snapshot are the repository's.
    func hasWeights(_ content: HubRepositoryContent, _ snapshot: HubSnapshot) throws -> Bool {
        try bytes("model.safetensors", snapshot) == content.file("model.safetensors")?.bytes
    }

    /// The paths in the repository's folder of the cache, sorted.
    func paths(below name: String = "models--made--up") -> [String] {
        let all = FileManager.default.enumerator(atPath: "\(cache)/\(name)")?.allObjects as? [String] ?? []
        return all.sorted()
    }
}

/// Waits until a condition holds; for a minute at most, so that a test fails where it never does.
func until(_ condition: () throws -> Bool) async throws {
    let deadline = Date.now + 60
    while try !condition(), Date.now < deadline { try await Task.sleep(for: .milliseconds(2)) }
}

/// The files below a folder that this process has open, where the system tells.
func openFiles(below folder: String) -> [String] {
    let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return numbers.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)") }
        .filter { $0.hasPrefix(folder) }
}

/// The values that were collected on several threads.
final class Collected<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    func add(_ value: Value) { values.withLock { $0.append(value) } }

    var all: [Value] { values.withLock { $0 } }
}
