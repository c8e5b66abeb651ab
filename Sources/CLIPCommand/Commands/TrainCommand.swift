internal import ArgumentParser
internal import CLIPData
internal import CLIPFiles
internal import CLIPTensor
internal import CLIPTraining
internal import Foundation
internal import Yams

/// `clip train`: trains or fine-tunes by a configuration file.
struct TrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train a model on images and captions, or fine-tune one.",
        discussion: """
            A run is described by a YAML file; each value that it leaves out has a default. A small one:

              output: runs/shoes
              data: {table: shoes.tsv}       # columns filepath and title
              model: ViT-B/32                # or an architecture in open_clip's words
              tokenizer: {learn: 2000}       # or {from: FILE}
              epochs: 10

            The run's folder gets configuration.json (every value), metrics.jsonl (a line a step), checkpoint/ (the state \
            to go on from with --resume) and model/ (the trained model, which transformers opens too).

              clip train --config run.yaml --set learning_rate=1e-3 --set optimiser.kind=muon
            """)

    @Option(help: ArgumentHelp("The run's configuration.", valueName: "file"))
    var config: String

    @Option(name: .customLong("set"), help: ArgumentHelp("Replace a value, such as steps=100.", valueName: "key=value"))
    var overrides: [String] = []

    @Flag(help: "Go on from the run's last checkpoint.")
    var resume = false

    @Flag(help: "Replace the checkpoint and the model of another run in the same folder.")
    var overwrite = false

    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let device = try global.apply()
        let configuration = try readConfiguration()
        Engine.keepFreedMemory()
        let outcome = try await TrainingDisplay.train(
            configuration, device: device, isResuming: resume, replacesOldRun: overwrite)
        try Console.print("\(outcome.folder.model)")
    }

    private func readConfiguration() throws -> TrainingConfiguration {
        let bytes = try contents(ofFile: config, limit: 16 << 20)
        var settings = try overrides.map(Self.setting)
        if let seed = global.seed { settings.append(("seed", "\(seed)")) }
        do {
            return try TrainingConfiguration(
                json: Self.json(yaml: String(decoding: bytes, as: UTF8.self)), origin: config, overrides: settings)
        } catch let error as YamlError {
            throw CommandFailure(.badData, "\(config): expected YAML, found \(error)".onOneLine)
        }
    }

    /// `key=value` with the value in YAML.
    private static func setting(_ text: String) throws -> (path: String, json: String) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, let value = try? json(yaml: parts[1]) else {
            throw ValidationError("--set: expected key=value, found \"\(text)\"")
        }
        return (parts[0], value)
    }

    private static func json(yaml: String) throws -> String {
        let value = try Yams.load(yaml: yaml) ?? [String: Any]()
        let data = try JSONSerialization.data(withJSONObject: jsonValue(value), options: .fragmentsAllowed)
        return String(decoding: data, as: UTF8.self)
    }

    /// A value of YAML as one of JSON: its keys are texts, and its dates and the like too.
    private static func jsonValue(_ value: Any) -> Any {
        switch value {
        case let map as [AnyHashable: Any]:
            Dictionary(map.map { ("\($0.key.base)", jsonValue($0.value)) }) { first, _ in first }
        case let list as [Any]: list.map(jsonValue)
        case is NSNull, is Bool, is Int, is Double, is String: value
        default: "\(value)"
        }
    }
}
