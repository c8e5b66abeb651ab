package import Foundation

/// When a request that failed for a passing reason is made again: after waits that double, with jitter, so that many
/// clients do not come back at once.
package struct RetryPolicy: Sendable {
    /// The number of times that a request is made.
    package var attempts = 6
    /// The first wait, and what a server's `Retry-After` counts in.
    package var unit: Duration = .seconds(1)
    /// The longest wait that a server may ask for, in units.
    package var longestWait = 300.0

    package init() {}

    /// How long to wait after so many failures; nil where it is not worth waiting.
    ///
    /// - Parameters:
    ///   - failures: The number of failures in a row, from 1.
    ///   - retryAfter: The wait in seconds that the server asks for.
    ///   - jitter: A random number from 0 to 1.
    package func wait(after failures: Int, retryAfter: Double?, jitter: Double) -> Duration? {
        guard failures < attempts else { return nil }
        let backoff = pow(2, Double(min(failures - 1, 5))) * (0.5 + jitter / 2)
        guard let retryAfter else { return unit * backoff }
        guard retryAfter <= longestWait else { return nil }
        // Never before the time that the server gave.
        return unit * (max(retryAfter, 0) + jitter)
    }

    /// Runs `body` until it does not throw a ``PassingFailure``, and throws the last one's error when it is enough.
    ///
    /// - Parameter progress: Bytes that have come: a failure after a mebibyte more counts as the first.
    package func run<Result>(
        progress: @autoclosure () -> Int = 0, _ body: () async throws -> Result
    ) async throws -> Result {
        var failures = 0
        var reached = progress()
        while true {
            do {
                return try await body()
            } catch let failure as PassingFailure {
                if progress() >= reached + 1 << 20 { failures = 0 }
                reached = max(reached, progress())
                failures += 1
                let jitter = Double.random(in: 0...1)
                guard let wait = wait(after: failures, retryAfter: failure.retryAfter, jitter: jitter) else {
                    throw failure.error
                }
                try await Task.sleep(for: wait)
            }
        }
    }
}

/// A failure that may be over in a moment: a lost connection, a busy server.
package struct PassingFailure: Error {
    /// The error where it is not.
    package let error: HubError
    /// The seconds that the server asks to wait.
    package let retryAfter: Double?

    package init(error: HubError, retryAfter: Double? = nil) {
        self.error = error
        self.retryAfter = retryAfter
    }
}

/// Reads `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3).
package func retryAfter(_ value: String?, now: Date = .now) -> Double? {
    guard let value = value?.trimmingCharacters(in: .whitespaces), !value.isEmpty else { return nil }
    if let seconds = Double(value) { return seconds.isFinite && seconds >= 0 ? seconds : nil }
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(secondsFromGMT: 0)
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return format.date(from: value).map { max($0.timeIntervalSince(now), 0) }
}
