internal import ArgumentParser
internal import CLIP
internal import CLIPCheckpoints
internal import CLIPFiles

/// What a user adds to what a model's files say.
struct OpeningOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The architecture of a file of weights alone, as open_clip calls it, such as ViT-B-32-quickgelu.",
            valueName: "name"))
    var architecture: String?

    @Option(
        help: ArgumentHelp(
            "See images at another size than the model was trained with; the positions of patches are interpolated.",
            valueName: "pixels"))
    var imageSize: Int?

    @Option(
        help: ArgumentHelp(
            "A LoRA adapter in PEFT's format (adapter_config.json), whose changes are added to the model's weights; of "
                + "clip classify also a few-shot adapter (few_shot.json), which brings its labels.",
            valueName: "folder"))
    var adapter: String?

    func validate() throws {
        if let imageSize, !(1...16384).contains(imageSize) {
            throw ValidationError("--image-size: expected 1 to 16384, found \(imageSize)")
        }
    }

    /// The options as the room below takes them.
    ///
    /// Throws where the adapter is a few-shot one, which changes no weights: a command that can use it takes it out before.
    func options() throws -> ModelFolder.Options {
        if let path = fewShotAdapter {
            throw FileError(
                .badData, path: path,
                "expected a LoRA adapter (adapter_config.json), found a few-shot adapter, which only clip classify takes"
            )
        }
        var options = ModelFolder.Options()
        options.architecture = architecture
        options.imageSize = imageSize
        options.adapter = adapter
        return options
    }

    /// The folder of the adapter, where it is a few-shot one.
    var fewShotAdapter: String? { adapter.flatMap { FewShotAdapter.isPresent(in: $0) ? $0 : nil } }

    /// Puts the options into those of an encoder.
    func apply(to options: inout CLIPEncoder.Options) throws {
        let opening = try self.options()
        (options.architecture, options.imageSize) = (opening.architecture, opening.imageSize)
        options.adapter = opening.adapter
    }

    /// Opens the model that a user named.
    func open(_ model: String) async throws -> ModelFolder {
        try await ModelFolder(opening: modelPath(model), options: options())
    }
}
