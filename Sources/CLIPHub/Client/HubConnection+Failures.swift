internal import CLIPFiles
internal import Foundation

#if canImport(FoundationNetworking)
    internal import FoundationNetworking
#endif

/// What is said about requests that failed.
extension HubConnection {
    /// Throws where the last answer is no success.
    func check(_ answer: Answer, _ question: Question) throws {
        let status = answer.status
        guard !(200...299).contains(status) else { return }
        let isHub = answer.url.hasOrigin(of: environment.endpoint)
        switch status {
        case 401 where isHub, 403 where isHub: throw denied(answer, question.subject)
        case 404 where isHub, 410 where isHub: throw missing(answer, question.subject)
        // A host of files refuses addresses that are too old: the hub gives new ones.
        case 401, 403, 404, 408, 410, 416, 429, 500...599:
            let error = HubError(
                .unavailable, question.subject, "expected an answer of \(hostName(answer.url)), found status \(status)")
            throw PassingFailure(error: error, retryAfter: retryAfter(answer.header("Retry-After")))
        default:
            throw HubError(
                .unavailable, question.subject, "expected an answer of \(hostName(answer.url)), found status \(status)")
        }
    }

    /// What a failed connection means.
    func failure(_ error: URLError, _ question: Question, _ url: URL) -> any Error {
        if error.code == .cancelled { return CancellationError() }
        let found =
            error.code == .timedOut
            ? "nothing for \(question.timeout / .seconds(1)) s" : error.localizedDescription.quoted(200)
        let failure = HubError(
            .unavailable, question.subject, "expected an answer of \(hostName(url)), found \(found)")
        return Self.lasting.contains(error.code) ? failure : PassingFailure(error: failure)
    }

    /// Failures that another attempt would not mend.
    private static let lasting: Set<URLError.Code> = [
        .badURL, .unsupportedURL, .serverCertificateUntrusted, .serverCertificateHasBadDate,
        .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid, .clientCertificateRejected,
        .clientCertificateRequired,
    ]

    private func denied(_ answer: Answer, _ subject: String) -> HubError {
        let found = "status \(answer.status)"
        let remedy =
            environment.token == nil
            ? "set HF_TOKEN to a token that may read it"
            : "the token that was sent, from HF_TOKEN or the token file, does not open it"
        if answer.header("X-Error-Code") == "GatedRepo" {
            let page = "\(environment.endpoint.absoluteString)/\(repository.name)"
            return HubError(
                .accessDenied, subject,
                "expected access, found \(found): the repository is gated, access is asked for at \(page); \(remedy)")
        }
        return HubError(
            .accessDenied, subject,
            "expected access, found \(found): the repository is private or gated, or there is none; \(remedy)")
    }

    private func missing(_ answer: Answer, _ subject: String) -> HubError {
        let expected =
            switch answer.header("X-Error-Code") {
            case "RevisionNotFound": "a revision \(repository.revision.quoted())"
            case "EntryNotFound": "a file"
            case "RepoNotFound": "a repository"
            default: subject == repository.description ? "a repository and its revision" : "a file"
            }
        return HubError(
            .notFound, subject, "expected \(expected) of the name on \(hostName(environment.endpoint)), found none")
    }

    private func hostName(_ url: URL) -> String {
        (url.host ?? "the hub") + (url.port.map { ":\($0)" } ?? "")
    }
}
