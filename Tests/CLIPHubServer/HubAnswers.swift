internal import Foundation

/// An answer before anything goes wrong with it.
struct HTTPAnswer {
    var status = 200
    var headers: [String: String] = [:]
    var body: [UInt8] = []
}

/// What the hub answers.
struct HubAnswers: Sendable {
    let repository: HubRepositoryContent
    let fileHost: String?

    func answer(_ request: HubServer.Request) -> HTTPAnswer {
        let path = String(request.path.prefix { $0 != "?" })
        if path.hasPrefix("/blobs/") { return blob(String(path.dropFirst("/blobs/".count))) }
        if path.hasPrefix("/api/models/") { return api(String(path.dropFirst("/api/models/".count)), request) }
        guard path.hasPrefix("/\(repository.name)/resolve/") else { return missing("RepoNotFound") }
        if let refusal = refusal(request) { return refusal }
        let parts = path.dropFirst("/\(repository.name)/resolve/".count).split(separator: "/", maxSplits: 1)
        guard parts.count == 2, isRevision(String(parts[0])) else { return missing("RevisionNotFound") }
        return resolve(String(parts[1]).removingPercentEncoding ?? "")
    }

    private func api(_ path: String, _ request: HubServer.Request) -> HTTPAnswer {
        guard path == repository.name || path.hasPrefix("\(repository.name)/") else { return missing("RepoNotFound") }
        if let refusal = refusal(request) { return refusal }
        let parts = path.dropFirst(repository.name.count).split(separator: "/", maxSplits: 1)
        let revision = parts.count == 2 ? String(parts[1]).removingPercentEncoding ?? "" : "main"
        guard isRevision(revision) else { return missing("RevisionNotFound") }
        return parts.first == "tree" ? json(repository.files.map(entry)) : json(information)
    }

    private var information: [String: Any] {
        [
            "id": repository.name, "modelId": repository.name, "sha": repository.commit, "private": false,
            "downloads": 0, "likes": 0, "tags": [String](),
            "siblings": repository.files.map { ["rfilename": $0.name] },
        ]
    }

    private func entry(_ file: HubRepositoryContent.File) -> [String: Any] {
        var entry: [String: Any] = ["type": "file", "path": file.name, "size": file.bytes.count, "oid": file.tag]
        if file.isLarge { entry["lfs"] = ["oid": file.tag, "size": file.bytes.count, "pointerSize": 134] }
        return entry
    }

    private func resolve(_ name: String) -> HTTPAnswer {
        guard let file = repository.file(name) else { return missing("EntryNotFound") }
        var answer = HTTPAnswer(headers: ["X-Repo-Commit": repository.commit, "Accept-Ranges": "bytes"])
        answer.headers["ETag"] = "\"\(file.tag)\""
        if let fileHost, file.isLarge {
            answer.status = 302
            answer.headers["Location"] = "\(fileHost)/blobs/\(file.tag)?signature=s"
            answer.headers["X-Linked-Etag"] = "\"\(file.tag)\""
            answer.headers["X-Linked-Size"] = "\(file.bytes.count)"
            answer.headers["ETag"] = "\"of-the-redirect\""
        } else {
            answer.body = file.bytes
        }
        return answer
    }

    private func blob(_ tag: String) -> HTTPAnswer {
        guard let file = repository.files.first(where: { $0.tag == tag }) else { return HTTPAnswer(status: 404) }
        return HTTPAnswer(headers: ["ETag": "\"of-the-store\""], body: file.bytes)
    }

    private func isRevision(_ revision: String) -> Bool {
        revision == repository.commit || repository.branches.contains(revision)
    }

    private func refusal(_ request: HubServer.Request) -> HTTPAnswer? {
        guard let token = repository.token, request.headers["authorization"] != "Bearer \(token)" else { return nil }
        return HTTPAnswer(status: 401, headers: ["X-Error-Code": "GatedRepo"])
    }

    private func missing(_ code: String) -> HTTPAnswer { HTTPAnswer(status: 404, headers: ["X-Error-Code": code]) }

    private func json(_ value: Any) -> HTTPAnswer {
        let data = (try? JSONSerialization.data(withJSONObject: value)) ?? Data()
        return HTTPAnswer(headers: ["Content-Type": "application/json"], body: [UInt8](data))
    }
}
