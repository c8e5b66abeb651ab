internal import CLIPFiles
internal import Foundation
internal import Synchronization

#if canImport(FoundationNetworking)
    internal import FoundationNetworking
#endif

/// Requests to the hub about one repository.
struct HubConnection: Sendable {
    let repository: HubRepository
    let environment: HubEnvironment
    /// When a question is asked again.
    let questions: RetryPolicy
    /// When a download is taken up again.
    let downloads: RetryPolicy
    private let transport = HTTPTransport()

    init(_ repository: HubRepository, _ environment: HubEnvironment, questions: RetryPolicy, _ downloads: RetryPolicy) {
        self.repository = repository
        self.environment = environment
        self.questions = questions
        self.downloads = downloads
    }

    /// To be called when all requests have ended.
    func close() { transport.close() }

    /// An answer and the way to it.
    struct Answer {
        /// The answers on the way, the last one at the end.
        let responses: [HTTPURLResponse]
        /// The address that gave the last one; or, where redirects to other hosts are not followed, the next one.
        let url: URL

        /// The last answer's status.
        var status: Int { responses.last?.statusCode ?? 0 }

        /// A header of the last answer that has it.
        func header(_ name: String) -> String? {
            responses.reversed().lazy.compactMap { $0.value(forHTTPHeaderField: name) }.first
        }
    }

    /// What a request asks.
    struct Question {
        var method = "GET"
        var url: URL
        /// What is asked about, for errors.
        var subject: String
        var range: String?
        var timeout: Duration
        /// Whether a redirect to another host ends the way, as its answer tells about the file.
        var staysHere = false
    }

    /// Makes a request and follows redirects. The receiver sees a successful answer alone.
    ///
    /// Throws ``PassingFailure`` where it may be worth another attempt, and else ``HubError``.
    func ask(_ question: Question, _ receiver: HTTPReceiver = HTTPReceiver()) async throws -> Answer {
        var (url, responses): (URL, [HTTPURLResponse]) = (question.url, [])
        while true {
            let response = try await send(question, to: url, receiver)
            responses.append(response)
            guard let next = try redirect(response, from: url, question.subject) else { break }
            if question.staysHere && !next.hasOrigin(of: url) { return Answer(responses: responses, url: next) }
            guard responses.count < 10 else {
                throw HubError(.unavailable, question.subject, "expected at most 9 redirects, found more")
            }
            url = next
        }
        let answer = Answer(responses: responses, url: url)
        try check(answer, question)
        return answer
    }

    private func send(_ question: Question, to url: URL, _ receiver: HTTPReceiver) async throws -> HTTPURLResponse {
        try Task.checkCancellation()
        let isWanted = Mutex(false)
        let guarded = HTTPReceiver(
            head: { response in
                guard (200...299).contains(response.statusCode) else { return }
                isWanted.withLock { $0 = true }
                try receiver.head(response)
            },
            body: { if isWanted.withLock({ $0 }) { try receiver.body($0) } })
        do {
            return try await transport.exchange(request(question, url), timeout: question.timeout, guarded)
        } catch let error as URLError {
            throw failure(error, question, url)
        }
    }

    private func request(_ question: Question, _ url: URL) -> URLRequest {
        var request = URLRequest(url: url)
        request.httpMethod = question.method
        // A packed answer would hide the size of the file.
        request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
        request.setValue("swift-clip", forHTTPHeaderField: "User-Agent")
        if let range = question.range { request.setValue(range, forHTTPHeaderField: "Range") }
        // Nobody but the hub may see the token: not where a redirect leads, nor another port of the same machine.
        if let token = environment.token, url.hasOrigin(of: environment.endpoint) {
            request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        }
        return request
    }

    /// Where a redirect leads; nil where the answer is none.
    private func redirect(_ response: HTTPURLResponse, from url: URL, _ subject: String) throws -> URL? {
        guard [301, 302, 303, 307, 308].contains(response.statusCode) else { return nil }
        let location = response.value(forHTTPHeaderField: "Location") ?? ""
        guard let next = URL(string: location, relativeTo: url)?.absoluteURL, !location.isEmpty, next.host != nil,
            let scheme = next.scheme?.lowercased(), scheme == "https" || (scheme == "http" && url.scheme == "http")
        else {
            throw HubError(
                .badData, subject, "expected a redirect to an http or https address, found \(location.quoted())")
        }
        return next
    }
}

extension URL {
    /// Whether both addresses have the same scheme, host and port.
    func hasOrigin(of other: URL) -> Bool {
        scheme?.lowercased() == other.scheme?.lowercased() && host?.lowercased() == other.host?.lowercased()
            && effectivePort == other.effectivePort
    }

    private var effectivePort: Int? { port ?? (scheme?.lowercased() == "https" ? 443 : 80) }
}
