internal import ArgumentParser

/// `clip data`: what can be done with a data set before it is trained on.
struct DataCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Look at images and captions to train on, and pack them into shards.",
        subcommands: [DataCheckCommand.self, DataPackCommand.self])
}
