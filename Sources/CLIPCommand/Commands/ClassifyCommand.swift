internal import ArgumentParser
internal import CLIP
internal import CLIPCheckpoints
internal import CLIPFiles
internal import Foundation

/// `clip classify`: which labels images have, without training.
struct ClassifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: "Tell which labels images have, without training, or by what was trained.",
        usage: """
            clip classify --model <model> <image> ... --labels <a,b,c> [--template <sentence>] ...
            clip classify --model <model> <image> ... --labels-from <file> [--template <sentence>] ...
            clip classify --model <model> <image> ... --head <folder>
            clip classify --model <model> <image> ... --adapter <folder of a few-shot adapter>
            clip classify --model <model with a calibration> <image> ...
            """,
        discussion: """
            The probabilities of an image's labels sum to 1: give the labels that it could have.

              clip classify --model DIR *.jpg --labels "shoe,shirt" --template "a photo of a {}"

            An --adapter with few_shot.json was trained on a few images a class and brings its labels; one with \
            adapter_config.json is a LoRA adapter, which changes the model's weights and needs labels beside it.

            On a terminal each image is followed by its labels, the most probable first. Elsewhere there is a line for \
            each image and label: the path, the label and the probability, separated by tabs. With --json: \
            [{"image", "labels": [{"label", "probability"}]}].

            A model whose folder has a calibration.json (clip eval zeroshot --keep-calibration) needs no labels: its own classes \
            are used. Probabilities then mean what they say, and an image whose best class is not near enough shows none of \
            them: it is marked with "none of these", in lines by a fourth column "none", in JSON by "none": true.

              clip classify --model DIR photo.jpg

            Images that cannot be read are named on standard error and left out, and the status is 65 (66 where none \
            is there).
            """)

    @Argument(help: ArgumentHelp("JPEG, PNG or WebP files.", valueName: "image"))
    var images: [String]

    @OptionGroup var labels: LabelOptions

    @Option(help: ArgumentHelp("Print only the n most probable labels of an image.", valueName: "n"))
    var top: Int?

    @Flag(help: "Print one JSON document.")
    var json = false

    @OptionGroup var encoder: EncoderOptions

    func validate() throws {
        if let top, top < 1 { throw ValidationError("--top: expected at least 1, found \(top)") }
        try labels.check(
            beside: encoder.model.opening.fewShotAdapter, isOptional: FileManager.default.fileExists(atPath: keptPath))
    }

    func run() async throws {
        let (classifier, clip) = try await open()
        var report = InputReport(total: images.count)
        var printer = ClassificationPrinter(isJSON: json, top: top ?? .max)
        let bar = ProgressBar("classifying", total: images.count, unit: "images")
        try await clip.embed(images: images.map(ImageSource.file)) { batch in
            report.add(batch.failures, above: bar)
            let results = try await classifier.classify(batch.embeddings, clip)
            bar.clearForOutput()
            for (position, result) in zip(batch.positions, results) { try printer.add(images[position], result) }
            bar.advance(by: batch.positions.count + batch.failures.count)
        }
        bar.finish()
        try printer.finish()
        try report.finish()
    }

    /// Opens what tells the labels, before the model, which may be large.
    private func open() async throws -> (Classifier, CLIPEncoder) {
        if let path = encoder.model.opening.fewShotAdapter {
            let adapter = try FewShotAdapter(opening: path)
            var encoder = encoder
            encoder.model.opening.adapter = nil
            let clip = try await encoder.encoder()
            try check(adapter.width, clip, path, "an adapter of")
            if let model = adapter.model, try await model != clip.weightsDigest() {
                throw FileError(
                    .badData, path: path, "expected an adapter of this model's weights, found one of others")
            }
            return (.fewShot(adapter), clip)
        }
        if let path = labels.head {
            let head = try ClassificationHead(opening: path)
            let clip = try await encoder.encoder()
            try check(head.width, clip, path, "a head over")
            return (.trained(head), clip)
        }
        let classes = try calibratedClasses()
        let names = try labels.areGiven ? labels.read() : nil
        let clip = try await encoder.encoder()
        if let names { return (try await zeroShot(names, classes, clip), clip) }
        guard let classes else { preconditionFailure("classes, where no labels are given") }
        return (try await calibrated(classes, clip), clip)
    }

    /// Classes that were kept with a calibration: where the user says, or in the model's folder. Those that are not asked for
    /// and cannot be read are passed over with a line.
    private func calibratedClasses() throws -> KeptClasses? {
        if let path = labels.calibration {
            return KeptClasses(path: path, value: try CalibratedClasses(contentsOfFile: path))
        }
        let path = keptPath
        guard labels.areGiven else {
            return KeptClasses(path: path, value: try CalibratedClasses(contentsOfFile: path))
        }
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do { return KeptClasses(path: path, value: try CalibratedClasses(contentsOfFile: path)) } catch {
            Console.report("\("\(error)".onOneLine), and is not used")
            return nil
        }
    }

    /// Where a calibration lies that was kept with the model.
    private var keptPath: String { "\(encoder.model.model)/\(CalibratedClasses.file)" }

    /// The classifier of classes that were kept, which must be this model's.
    private func calibrated(_ kept: KeptClasses, _ clip: CLIPEncoder) async throws -> Classifier {
        guard try await kept.value.model == clip.weightsDigest() else {
            throw FileError(
                .badData, path: kept.path, "expected a calibration of this model's weights, found one of others")
        }
        var classifier = try await clip.classifier(kept.value.classes)
        classifier.calibration = kept.value.calibration
        return .zeroShot(classifier)
    }

    private func check(_ width: Int, _ clip: CLIPEncoder, _ path: String, _ what: String) throws {
        guard width != clip.width else { return }
        throw FileError(
            .badData, path: path,
            "expected \(what) embeddings of \(clip.width) numbers as the model gives, found \(width)")
    }

    /// The classifier of labels; calibrated where the same ones in the same sentences were kept with the model.
    private func zeroShot(
        _ names: [String], _ kept: KeptClasses?, _ clip: CLIPEncoder
    ) async throws -> Classifier {
        let classes = names.map { ClassPrompts(label: $0, templates: labels.prompts) }
        reportTruncated(classes.flatMap(\.prompts), try await clip.tokenizer())
        if let kept {
            let isOfThese = kept.value.classes == classes
            if isOfThese, let found = try? await calibrated(kept, clip) { return found }
            let what = isOfThese ? "weights" : "labels or sentences"
            Console.report("\(kept.path): is a calibration of other \(what), and is not used")
        }
        return .zeroShot(try await clip.classifier(classes))
    }
}

/// Classes with a calibration, and the file that they come from.
private struct KeptClasses {
    let path: String
    let value: CalibratedClasses
}

/// What tells the labels of embedded images.
private enum Classifier {
    case zeroShot(ZeroShotClassifier)
    case trained(ClassificationHead)
    case fewShot(FewShotAdapter)

    func classify(_ images: Embeddings, _ clip: CLIPEncoder) async throws -> [Classification] {
        switch self {
        case .zeroShot(let classifier): try await clip.classify(images, with: classifier)
        case .trained(let head): try await clip.classify(images, with: head)
        case .fewShot(let adapter): try await clip.classify(images, with: adapter)
        }
    }
}

/// Prints classifications: as JSON, as blocks on a terminal, as lines elsewhere.
private struct ClassificationPrinter {
    let isJSON: Bool
    let top: Int
    private var objects: [JSON] = []

    init(isJSON: Bool, top: Int) {
        self.isJSON = isJSON
        self.top = top
    }

    mutating func add(_ image: String, _ result: Classification) throws {
        let entries = result.entries.prefix(top)
        if isJSON {
            let labels = entries.map { JSON.classified($0.label, $0.probability) }
            let none = result.isNone.map { [JSON.Member("none", .bool($0))] } ?? []
            objects.append(
                .object([.init("image", .string(image)), .init("labels", .array(labels))] + none))
        } else if Console.isOutputTerminal {
            try Console.print(Console.bold(image.onOneLine) + (result.isNone == true ? "  none of these" : ""))
            for entry in entries {
                try Console.print("  \(percentage(entry.probability))  \(entry.label.onOneLine)")
            }
        } else {
            for entry in entries {
                let none = result.isNone == true ? "\tnone" : ""
                try Console.print("\(image.onOneLine)\t\(entry.label.onOneLine)\t\(entry.probability)\(none)")
            }
        }
    }

    func finish() throws {
        if isJSON { try Console.print(JSON.array(objects).indentedText, terminator: "") }
    }
}

extension JSON {
    fileprivate static func classified(_ label: String, _ probability: Float) -> JSON {
        ["label": .string(label), "probability": .number(shortest: probability)]
    }
}
