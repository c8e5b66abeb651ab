internal import ArgumentParser
internal import CLIPFiles
internal import CLIPHub
internal import Foundation

/// `clip pull`: a model of the hub into the cache.
struct PullCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Download a model from the Hugging Face hub into the cache that its programs share.",
        discussion: """
            What is in the cache is not downloaded again, whichever program put it there. Prints the folder, which every \
            command takes as --model; they take ORG/NAME as well, and pull then.

              clip pull openai/clip-vit-base-patch32
              clip pull ORG/NAME@revision --json

            The environment variables are the hub's: HF_TOKEN for private and gated repositories, HF_HUB_CACHE or HF_HOME \
            for the place of the cache, HF_ENDPOINT, HF_HUB_OFFLINE.
            """)

    @Argument(
        help: ArgumentHelp(
            "The repository, and after @ a branch, a tag or a commit (main if not given).",
            valueName: "org/name[@revision]"),
        transform: PullCommand.repository)
    var repository: HubRepository

    @Flag(help: "Print one JSON object: the repository, the commit, the folder and the names of its files.")
    var json = false

    func run() async throws {
        let client = try HubClient(environment: HubEnvironment())
        let snapshot = try await PullDisplay.show { bar in
            try await client.snapshot(of: repository) { bar.show($0) }
        }
        if let warning = snapshot.warning { Console.report(warning) }
        try Console.print(
            json ? object(snapshot).indentedText : "\(snapshot.folder)\n", terminator: "")
    }

    private func object(_ snapshot: HubSnapshot) -> JSON {
        [
            "repository": .string(snapshot.repository.name), "revision": .string(snapshot.repository.revision),
            "commit": .string(snapshot.commit), "folder": .string(snapshot.folder),
            "files": .array(snapshot.files.map(JSON.string)),
        ]
    }

    private static func repository(_ text: String) throws -> HubRepository {
        do { return try HubRepository(text) } catch { throw ValidationError(error.reason) }
    }
}
