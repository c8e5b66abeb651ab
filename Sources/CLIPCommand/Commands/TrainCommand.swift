internal import ArgumentParser
internal import CLIPData
internal import CLIPFiles
internal import CLIPTensor
internal import CLIPTraining

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

            With `start: ORG/NAME` or a model's folder in place of model and tokenizer, that model is fine-tuned. \
            docs/training.md lists all keys.

            The run's folder gets
              configuration.json   every value
              metrics.jsonl        a line a step
              validation.jsonl     a line an evaluation
              findings.jsonl       what looked wrong
              bad-samples.jsonl    what could not be read
              checkpoints/         the last states, for --resume
              model/               the model, which transformers opens too
              adapter/, head/      what lora and head ask for
              best/                the model of the best validation
              report.html          curves, validation, what to look at
              tensorboard/         the same for TensorBoard

              clip train --config run.yaml --set optimiser.kind=muon
              clip train --config run.yaml --doctor   # a trial: writes nothing
              clip train --report runs/shoes          # the report anew
            """)

    @Option(help: ArgumentHelp("The run's configuration.", valueName: "file"))
    var config: String?

    @Option(name: .customLong("set"), help: ArgumentHelp("Replace a value, such as steps=100.", valueName: "key=value"))
    var overrides: [String] = []

    @Flag(help: "Go on from the run's last whole checkpoint; only the run's length, place and threads may be others.")
    var resume = false

    @Flag(help: "Replace the checkpoints and the models of another run in the same folder.")
    var overwrite = false

    @Flag(help: "Take the first steps only, write nothing, and say what is wrong with the data or the run.")
    var doctor = false

    @Option(help: ArgumentHelp("Write the report of a run's folder anew, and do nothing else.", valueName: "run"))
    var report: String?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard (config == nil) != (report == nil) else {
            throw ValidationError("expected --config with a run's file, or --report with a run's folder")
        }
        guard report == nil || (overrides.isEmpty && !resume && !overwrite) else {
            throw ValidationError("--report: expected neither --set nor --resume nor --overwrite beside it")
        }
        guard !resume || !overwrite else {
            throw ValidationError("--resume, --overwrite: expected one of them, which go on from a run and replace it")
        }
        guard !doctor || !resume && !overwrite && report == nil else {
            throw ValidationError("--doctor: expected neither --resume nor --overwrite, since nothing is written")
        }
    }

    func run() async throws {
        if let report {
            let folder = RunFolder(report)
            try folder.writeReport(onNotice: Console.note)
            return try Console.print(folder.report)
        }
        let device = try global.apply()
        let (configuration, places) = try readConfiguration()
        do {
            try await run(configuration, device)
        } catch let error as TrainingError {
            throw error.placed(by: places)
        }
    }

    private func run(_ configuration: TrainingConfiguration, _ device: Device) async throws {
        let run = TrainingRun(configuration, device: device, models: try await models(of: configuration))
        Engine.keepFreedMemory()
        if doctor {
            let found = try await TrainingDisplay.examine(run)
            return try Console.print(ExaminationReport(found).text, terminator: "")
        }
        let outcome = try await TrainingDisplay.train(run, isResuming: resume, replacesOldRun: overwrite)
        for folder in outcome.saved { try Console.print(folder) }
    }

    /// Where the models lie that a run names, which are pulled where they are named by ORG/NAME.
    private func models(of configuration: TrainingConfiguration) async throws -> [String: String] {
        var paths: [String: String] = [:]
        for name in Set([configuration.start, configuration.distillation?.teacher].compactMap(\.self)).sorted() {
            paths[name] = try await modelPath(name)
        }
        return paths
    }

    /// The run's configuration, and where its values stand.
    private func readConfiguration() throws -> (TrainingConfiguration, ValuePlaces) {
        let config = config ?? ""
        guard let text = String(validating: try contents(ofFile: config, limit: 16 << 20), as: UTF8.self) else {
            throw FileError(.badData, path: config, "expected UTF-8 text, found bytes that are none")
        }
        var settings = try overrides.map(Self.setting)
        if let seed = global.seed { settings.append(("seed", "\(seed)")) }
        let (given, lines) = try YAMLText.document(text, file: config)
        guard given != .null else {
            throw FileError(.badData, path: config, "expected the keys of a run, found none")
        }
        let places = ValuePlaces(origin: config, lines: lines, overrides: settings.map(\.path))
        return (try TrainingConfiguration(json: given.compactText, places: places, overrides: settings), places)
    }

    /// `key=value` with the value in YAML.
    private static func setting(_ text: String) throws -> (path: String, json: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty else {
            throw ValidationError("--set: expected key=value, found \(text.quoted())")
        }
        return (parts[0], try YAMLText.json(parts[1], origin: "--set \(parts[0].quoted())").compactText)
    }
}
