import CLIPHub
import Foundation
import Testing

struct RetryPolicyTests {
    @Test("waits double, with jitter below, and end")
    func waits() throws {
        let policy = RetryPolicy()
        let full = (1...5).map { policy.wait(after: $0, retryAfter: nil, jitter: 1) }
        #expect(full == [1, 2, 4, 8, 16].map { .seconds($0) })
        #expect(policy.wait(after: 1, retryAfter: nil, jitter: 0) == .milliseconds(500))
        #expect(policy.wait(after: 6, retryAfter: nil, jitter: 1) == nil)
    }

    @Test("the time that a server asks for is kept, unless it is too long")
    func retryAfterHeader() {
        let policy = RetryPolicy()
        #expect(policy.wait(after: 1, retryAfter: 7, jitter: 0) == .seconds(7))
        #expect(policy.wait(after: 1, retryAfter: 7, jitter: 1) == .seconds(8))
        #expect(policy.wait(after: 1, retryAfter: 301, jitter: 0) == nil)
    }

    @Test("Retry-After is seconds or a date")
    func parsing() {
        let now = Date(timeIntervalSince1970: 784_111_777)
        #expect(retryAfter("120", now: now) == 120)
        #expect(retryAfter("Sun, 06 Nov 1994 08:49:47 GMT", now: now) == 10)
        #expect(retryAfter("Sun, 06 Nov 1994 08:49:27 GMT", now: now) == 0)
        for bad in [nil, "", "soon", "-1", "nan", "inf"] { #expect(retryAfter(bad, now: now) == nil) }
    }

    @Test("a failure after much has come counts as the first")
    func progress() async throws {
        var policy = RetryPolicy()
        policy.unit = .zero
        policy.attempts = 2
        var (calls, bytes) = (0, 0)
        let failure = PassingFailure(error: HubError(.unavailable, "a", "b"))
        try await policy.run(progress: bytes) {
            calls += 1
            bytes += 1 << 20
            if calls < 10 { throw failure }
        }
        #expect(calls == 10)
        await #expect(throws: failure.error) {
            try await policy.run(progress: bytes) {
                calls += 1
                bytes += 1
                throw failure
            }
        }
        #expect(calls == 12)
    }
}
