internal import Foundation
internal import Synchronization

#if canImport(FoundationNetworking)
    internal import FoundationNetworking
#endif

/// HTTP as a download needs it: bodies in parts, redirects left to the caller, and an end where nothing comes any more.
final class HTTPTransport: Sendable {
    private let session: URLSession
    private let delegate = Delegate()

    init() {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.urlCache = nil
        configuration.httpCookieStorage = nil
        configuration.httpShouldSetCookies = false
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = 1
        session = URLSession(configuration: configuration, delegate: delegate, delegateQueue: queue)
    }

    /// Lets the connections go. To be called when the last exchange has ended: a session lives until then.
    func close() { session.invalidateAndCancel() }

    /// Makes a request and hands its answer to the receiver. Throws `URLError` where the connection fails, or nothing has
    /// come for `timeout`; `CancellationError` where the task is cancelled; else what the receiver throws.
    func exchange(_ request: URLRequest, timeout: Duration, _ receiver: HTTPReceiver) async throws -> HTTPURLResponse {
        var request = request
        // The session's own limit has whole seconds and is only a second line.
        request.timeoutInterval = (timeout / .seconds(1)).rounded(.up) + 60
        let exchange = HTTPExchange(receiver)
        let task = session.dataTask(with: request)
        delegate.add(exchange, for: task)
        let watch = Task {
            try await exchange.stall(after: timeout)
            exchange.end(.failure(URLError(.timedOut)))
        }
        defer {
            watch.cancel()
            task.cancel()
            delegate.remove(task)
        }
        return try await withTaskCancellationHandler {
            task.resume()
            return try await exchange.response()
        } onCancel: {
            exchange.end(.failure(CancellationError()))
        }
    }
}

/// Hands the session's calls on to the exchanges.
private final class Delegate: NSObject, URLSessionDataDelegate, Sendable {
    private let exchanges = Mutex<[Int: HTTPExchange]>([:])

    func add(_ exchange: HTTPExchange, for task: URLSessionTask) {
        exchanges.withLock { $0[task.taskIdentifier] = exchange }
    }

    func remove(_ task: URLSessionTask) {
        _ = exchanges.withLock { $0.removeValue(forKey: task.taskIdentifier) }
    }

    private func exchange(_ task: URLSessionTask) -> HTTPExchange? {
        exchanges.withLock { $0[task.taskIdentifier] }
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        // Where a redirect leads decides whether it may see the token, so the caller follows it.
        completionHandler(nil)
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
    ) {
        let goesOn = exchange(dataTask)?.receive(response) ?? false
        completionHandler(goesOn ? .allow : .cancel)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        if exchange(dataTask)?.receive(data) != true { dataTask.cancel() }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        exchange(task)?.complete(error)
    }
}
