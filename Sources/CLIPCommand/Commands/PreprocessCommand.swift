internal import ArgumentParser
internal import CLIP
internal import CLIPCheckpoints
internal import CLIPImaging
internal import CLIPTensor

/// `clip preprocess`: images as the image tower sees them.
struct PreprocessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preprocess",
        abstract: "Write images as the image tower sees them: resized, cropped, normalised.",
        discussion: """
            The output is a .npy array of float32, [images, 3, height, width], with a row for each image in the order \
            of the command line.

              clip preprocess --model DIR *.jpg --output pixels.npy

            Images that cannot be read are named on standard error and have no row, and the status is 65 (66 where \
            none is there).
            """)

    @OptionGroup var model: ModelOption

    @Argument(help: ArgumentHelp("JPEG, PNG or WebP files.", valueName: "image"))
    var images: [String]

    @Option(help: ArgumentHelp("The .npy file to write. It appears when it is whole.", valueName: "file"))
    var output: String

    func validate() throws {
        guard output.lowercased().hasSuffix(".npy") else {
            throw ValidationError("--output: expected the name of a .npy file, found \"\(output)\"")
        }
    }

    func run() async throws {
        let preprocessing = try await model.open().preprocessing
        let writer = try NumpyWriter(path: output, rowShape: [3, preprocessing.height, preprocessing.width])
        var report = InputReport(total: images.count)
        let bar = ProgressBar("preprocessing", total: images.count, unit: "images")
        try await PixelBatch.forEach(of: images.map(ImageSource.file), preprocessing, batchSize: 32) { batch in
            report.add(batch.failures, above: bar)
            try writer.append(batch.tensor())
            bar.advance(by: batch.positions.count + batch.failures.count)
        }
        bar.finish()
        if !report.hasOnlyFailures { try writer.finish() }
        report.explainRows()
        try report.finish()
    }
}
