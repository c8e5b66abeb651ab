internal import ArgumentParser
internal import CLIP
internal import CLIPCheckpoints

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
            "A LoRA adapter in PEFT's format, whose changes are added to the model's weights.", valueName: "folder"))
    var adapter: String?

    func validate() throws {
        if let imageSize, !(1...16384).contains(imageSize) {
            throw ValidationError("--image-size: expected 1 to 16384, found \(imageSize)")
        }
    }

    /// The options as the room below takes them.
    var options: ModelFolder.Options {
        var options = ModelFolder.Options()
        options.architecture = architecture
        options.imageSize = imageSize
        options.adapter = adapter
        return options
    }

    /// Puts the options into those of an encoder.
    func apply(to options: inout CLIPEncoder.Options) {
        (options.architecture, options.imageSize, options.adapter) = (architecture, imageSize, adapter)
    }

    /// Opens the model that a user named.
    func open(_ model: String) async throws -> ModelFolder {
        try await ModelFolder(opening: modelPath(model), options: options)
    }
}
