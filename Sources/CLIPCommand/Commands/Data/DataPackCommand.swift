internal import ArgumentParser
internal import CLIPData
internal import CLIPPage

/// `clip data pack`: shards of any source.
struct DataPackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack", abstract: "Pack images and captions into shards in webdataset's layout.",
        discussion: """
            Writes 00000.tar, 00001.tar, … and sizes.json into a folder that appears when it is whole. The files of the \
            images are packed as they are. Of several captions the first is the sample's text, and all stand in its JSON.

              clip data pack --table train.tsv --output shards --shuffle
              clip train … --set "data.shards=shards/{00000..00006}.tar"

            Samples that cannot be read are named on standard error and left out, and the status is 65.
            """)

    @OptionGroup(title: "Source") var source: SourceOptions

    @Option(help: ArgumentHelp("The folder to write, which is empty or not there yet.", valueName: "folder"))
    var output: String

    @Option(help: ArgumentHelp("Samples in a shard.", valueName: "n"))
    var shardSize = 10_000

    @Flag(
        help: """
            Pack in a random order: training mixes only a few shards at a time. Of shards the order is shuffled, and the \
            samples of four at a time; packing twice mixes more.
            """)
    var shuffle = false

    @Option(help: ArgumentHelp("What the random order is drawn from.", valueName: "n"))
    var seed: UInt64 = 0

    func validate() throws {
        guard (1...100_000_000).contains(shardSize) else {
            throw ValidationError("--shard-size: expected 1 to 100000000, found \(shardSize)")
        }
    }

    func run() async throws {
        let pairs = try source.open()
        Console.note(passedOver: pairs.skipped, "entries of the data")
        var options = ShardPacker.Options()
        options.shardSize = shardSize
        options.shuffleSeed = shuffle ? seed : nil
        let bar = ProgressBar("packing", total: pairs.count, unit: "samples")
        defer { bar.finish() }
        let outcome = try ShardPacker.pack(pairs, to: output, options: options) { bad in
            if let bad { bar.note("clip: \(bad)") }
            bar.advance()
        }
        bar.finish()
        try Console.print(
            "\(output): \(outcome.samples.grouped) samples in \(outcome.shards.count.grouped) shards, "
                + outcome.bytes.megabytes)
        let bad = outcome.bad.count + pairs.skipped.count
        if bad > 0 { throw CommandFailure(.badData, "left out \(bad.grouped) samples") }
    }
}
