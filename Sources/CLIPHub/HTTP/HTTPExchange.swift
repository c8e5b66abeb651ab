internal import Foundation
internal import Synchronization

#if canImport(FoundationNetworking)
    internal import FoundationNetworking
#endif

/// What is done with an answer: its head is judged first, then its body comes in parts. What they throw ends the exchange.
struct HTTPReceiver: Sendable {
    var head: @Sendable (HTTPURLResponse) throws -> Void = { _ in }
    var body: @Sendable (Data) throws -> Void = { _ in }
}

/// A request on its way, which ends once: with the answer, with an error, or because nothing came for too long.
final class HTTPExchange: Sendable {
    private struct State {
        var continuation: CheckedContinuation<HTTPURLResponse, any Error>?
        var result: Result<HTTPURLResponse, any Error>?
        var response: HTTPURLResponse?
        var lastSign = ContinuousClock.now
        /// Let go at the end, with the files that it holds: the session may keep the exchange for longer.
        var receiver: HTTPReceiver?
    }

    private let state: Mutex<State>

    init(_ receiver: HTTPReceiver) {
        state = Mutex(State(receiver: receiver))
    }

    /// Waits for the end.
    func response() async throws -> HTTPURLResponse {
        try await withCheckedThrowingContinuation { continuation in
            let result = state.withLock { state in
                if state.result == nil { state.continuation = continuation }
                return state.result
            }
            if let result { continuation.resume(with: result) }
        }
    }

    /// Takes the head of the answer. Says whether the exchange goes on.
    func receive(_ response: URLResponse) -> Bool {
        guard let response = response as? HTTPURLResponse else { return false }
        return receiving { state in
            state.response = response
            try state.receiver?.head(response)
        }
    }

    /// Takes a part of the body. Says whether the exchange goes on.
    func receive(_ data: Data) -> Bool { receiving { try $0.receiver?.body(data) } }

    /// Takes the end of the transfer.
    func complete(_ error: (any Error)?) {
        let response = state.withLock { $0.response }
        if let error {
            end(.failure(error))
        } else if let response {
            end(.success(response))
        } else {
            end(.failure(URLError(.badServerResponse)))
        }
    }

    /// Ends the exchange, where it has not ended. No part of the body is handed on afterwards.
    func end(_ result: Result<HTTPURLResponse, any Error>) {
        let continuation = state.withLock { state -> CheckedContinuation<HTTPURLResponse, any Error>? in
            guard state.result == nil else { return nil }
            state.result = result
            state.receiver = nil
            defer { state.continuation = nil }
            return state.continuation
        }
        continuation?.resume(with: result)
    }

    /// Waits until nothing has come for `limit`, or the task is cancelled.
    func stall(after limit: Duration) async throws {
        while true {
            let left = limit - (ContinuousClock.now - state.withLock { $0.lastSign })
            guard left > .zero else { return }
            try await Task.sleep(for: left)
        }
    }

    private func receiving(_ body: (inout State) throws -> Void) -> Bool {
        let failure = state.withLock { state -> (any Error)? in
            guard state.result == nil else { return CancellationError() }
            // The time that the receiver takes is not the server's.
            defer { state.lastSign = .now }
            do { try body(&state) } catch { return error }
            return nil
        }
        if let failure { end(.failure(failure)) }
        return failure == nil
    }
}
