internal import CLIPFiles
public import Foundation

/// The settings that all programs of the hub share, as their environment variables give them.
///
/// | variable | meaning |
/// |---|---|
/// | `HF_HUB_CACHE`, `HF_HOME`, `XDG_CACHE_HOME` | the cache: the first as it is, the others' `hub` and `huggingface/hub` |
/// | `HF_ENDPOINT` | the hub's address |
/// | `HF_TOKEN`, `HF_TOKEN_PATH` | the token, or the file that holds it (`token` in the home if not given) |
/// | `HF_HUB_DISABLE_IMPLICIT_TOKEN` | no token is sent |
/// | `HF_HUB_OFFLINE`, `TRANSFORMERS_OFFLINE` | only the cache is used |
/// | `HF_HUB_ETAG_TIMEOUT`, `HF_HUB_DOWNLOAD_TIMEOUT` | seconds without an answer, or without a byte |
public struct HubEnvironment: Sendable {
    /// The folder of the cache, which need not be there.
    public var cache: String
    /// The hub's address, without a slash at the end.
    public var endpoint: URL
    /// The token that is shown to the hub, and to nobody else.
    public var token: String?
    /// Whether only the cache is used.
    public var isOffline: Bool
    /// How long the hub may take to answer a question about a repository or a file.
    public var answerTimeout: Duration
    /// How long a download may stand still.
    public var downloadTimeout: Duration

    /// Reads the settings. Throws ``HubError`` where `HF_ENDPOINT` is no address.
    public init(_ variables: [String: String] = ProcessInfo.processInfo.environment) throws(HubError) {
        let variables = Variables(variables)
        let home =
            variables.path("HF_HOME") ?? "\(variables.path("XDG_CACHE_HOME") ?? "\(variables.home)/.cache")/huggingface"
        cache = variables.path("HF_HUB_CACHE") ?? variables.path("HUGGINGFACE_HUB_CACHE") ?? "\(home)/hub"
        endpoint = try Self.endpoint(variables["HF_ENDPOINT"] ?? "https://huggingface.co")
        token = variables.isTrue("HF_HUB_DISABLE_IMPLICIT_TOKEN") ? nil : Self.token(variables, home)
        // An empty value counts as not given.
        isOffline = variables.isTrue(variables["HF_HUB_OFFLINE"] == nil ? "TRANSFORMERS_OFFLINE" : "HF_HUB_OFFLINE")
        answerTimeout = variables.seconds("HF_HUB_ETAG_TIMEOUT") ?? .seconds(10)
        downloadTimeout = variables.seconds("HF_HUB_DOWNLOAD_TIMEOUT") ?? .seconds(10)
    }

    private static func endpoint(_ text: String) throws(HubError) -> URL {
        var trimmed = text[...]
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        guard let url = URL(string: String(trimmed)), ["http", "https"].contains(url.scheme?.lowercased()),
            url.host?.isEmpty == false, url.query == nil, url.fragment == nil
        else {
            throw HubError(.invalidName, "HF_ENDPOINT", "expected an http or https address, found \(text.quoted())")
        }
        return url
    }

    private static func token(_ variables: Variables, _ home: String) -> String? {
        let given = variables["HF_TOKEN"] ?? variables["HUGGING_FACE_HUB_TOKEN"]
        if let token = given.flatMap(cleaned) { return token }
        let path = variables.path("HF_TOKEN_PATH") ?? "\(home)/token"
        // No file, or none that may be read: no token.
        guard let bytes = try? contents(ofFile: path, limit: 1 << 16) else { return nil }
        return cleaned(String(decoding: bytes, as: UTF8.self))
    }

    /// A token that can stand in a header; nil where nothing is left of it.
    private static func cleaned(_ token: String) -> String? {
        // By bytes, as the two that end a line are one character.
        let oneLine = String(decoding: token.utf8.filter { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
        let cleaned = oneLine.trimmingCharacters(in: .whitespaces)
        return cleaned.isEmpty || !cleaned.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? nil : cleaned
    }
}

/// Environment variables, where an empty one counts as not given.
private struct Variables {
    private let values: [String: String]

    init(_ values: [String: String]) {
        self.values = values.filter { !$0.value.isEmpty }
    }

    subscript(_ name: String) -> String? { values[name] }

    var home: String { values["HOME"] ?? NSHomeDirectory() }

    func isTrue(_ name: String) -> Bool { ["1", "ON", "YES", "TRUE"].contains(values[name]?.uppercased()) }

    /// A time that is above 0 and no longer than a day.
    func seconds(_ name: String) -> Duration? {
        values[name].flatMap(Int.init).flatMap { (1...86_400).contains($0) ? .seconds($0) : nil }
    }

    /// A path with `~`, `$NAME` and `${NAME}` replaced, as Python programs read it.
    func path(_ name: String) -> String? {
        guard var path = values[name] else { return nil }
        if path == "~" || path.hasPrefix("~/") { path = home + path.dropFirst() }
        let reference = /\$(?:\{([^}]*)\}|([A-Za-z0-9_]+))/
        return path.replacing(reference) { match in
            let name = match.1 ?? match.2 ?? ""
            return values[String(name)] ?? String(match.0)
        }
    }
}
