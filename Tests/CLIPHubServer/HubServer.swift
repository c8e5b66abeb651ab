internal import Foundation
internal import Synchronization

/// A stand-in for the hub on a free port of this machine, which does as the hub does and fails as it is told.
///
/// ```swift
/// let server = try HubServer(.small()) { request, count in
///     request.path.hasPrefix("/blobs/") && count == 0 ? .cut(after: 100) : nil
/// }
/// ```
public final class HubServer: Sendable {
    /// A request as it came.
    public struct Request: Sendable {
        public let method: String
        /// The path with the query.
        public let path: String
        /// The headers by their names in small letters.
        public let headers: [String: String]
    }

    /// Decides what goes wrong with a request, of whose method and path there were `count` before.
    public typealias Faults = @Sendable (_ request: Request, _ count: Int) -> Fault?

    private let service: Service
    private let listener: Int32

    /// `http://127.0.0.1:PORT`.
    public let address: String

    /// Starts a server, which ends with the object, or after so many requests or ten minutes.
    ///
    /// - Parameter fileHost: The address of the server that large files are redirected to; nil sends them from here.
    public init(
        _ repository: HubRepositoryContent, fileHost: String? = nil, mostRequests: Int = 1000,
        faults: @escaping Faults = { _, _ in nil }
    ) throws {
        let port: UInt16
        _ = withoutProxy
        (listener, port) = try listen()
        address = "http://127.0.0.1:\(port)"
        service = Service(HubAnswers(repository: repository, fileHost: fileHost), faults, mostRequests: mostRequests)
        Thread.detachNewThread { [service, listener] in service.run(listener) }
    }

    deinit { stop() }

    /// Refuses all further connections.
    public func stop() { service.stop(listener) }

    /// What was asked so far.
    public var requests: [Request] { service.requests }

    /// "METHOD /path" of what was asked so far, sorted.
    public var asked: [String] { requests.map { "\($0.method) \($0.path)" }.sorted() }

    /// The requests for the bytes of files.
    public var downloads: [Request] {
        requests.filter { $0.method == "GET" && ($0.path.contains("/resolve/") || $0.path.hasPrefix("/blobs/")) }
    }
}

/// A proxy of the user's is not for this machine.
private let withoutProxy = setenv("no_proxy", "127.0.0.1", 1)

/// A socket on a free port of this machine alone.
private func listen() throws -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket(AF_INET, streamType, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, size) == 0 && Foundation.listen(descriptor, 64) == 0
                && getsockname(descriptor, $0, &size) == 0
        }
    }
    guard descriptor >= 0, isListening else { throw POSIXError(.EADDRNOTAVAIL) }
    return (descriptor, UInt16(bigEndian: address.sin_port))
}

#if canImport(Darwin)
    private let streamType = SOCK_STREAM
#else
    private let streamType = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
#endif

/// The server's work, which its threads share.
private final class Service: Sendable {
    private struct State {
        var requests: [HubServer.Request] = []
        var isStopped = false
        /// Whether the listener was closed: its number may be another socket's by now.
        var isClosed = false
    }

    private let answers: HubAnswers
    private let faults: HubServer.Faults
    private let mostRequests: Int
    private let end = ContinuousClock.now + .seconds(600)
    private let state = Mutex(State())

    init(_ answers: HubAnswers, _ faults: @escaping HubServer.Faults, mostRequests: Int) {
        self.answers = answers
        self.faults = faults
        self.mostRequests = mostRequests
    }

    var requests: [HubServer.Request] { state.withLock { $0.requests } }

    func stop(_ listener: Int32) {
        state.withLock { state in
            state.isStopped = true
            if !state.isClosed { shutdown(listener, Int32(SHUT_RDWR)) }
        }
    }

    private var isStopped: Bool { state.withLock { $0.isStopped } || ContinuousClock.now > end }

    func run(_ listener: Int32) {
        while !isStopped {
            let client = accept(listener, nil, nil)
            if client < 0 && [EINTR, ECONNABORTED].contains(errno) { continue }
            if client < 0 { break }
            Thread.detachNewThread { [self] in
                serve(HTTPConnection(client, isStopped: { self.isStopped }))
            }
        }
        state.withLock { state in
            state.isClosed = true
            close(listener)
        }
    }

    private func serve(_ connection: HTTPConnection) {
        while !isStopped, let request = connection.request() {
            let count = note(request)
            guard let count else { break }
            let fault = faults(request, count)
            guard connection.send(answers.answer(request), to: request, fault) else { break }
        }
    }

    /// The number of like requests before this one; nil where there were enough of all.
    private func note(_ request: HubServer.Request) -> Int? {
        state.withLock { state in
            guard state.requests.count < mostRequests, !state.isStopped else { return nil }
            let count = state.requests.filter { $0.method == request.method && $0.path == request.path }.count
            state.requests.append(request)
            return count
        }
    }
}
