internal import ArgumentParser
internal import CLIP
internal import CLIPFiles
internal import CLIPTokenization

/// `clip embed`: images or texts as vectors.
struct EmbedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed",
        abstract: "Write the embeddings of images or texts to a file.",
        usage: """
            clip embed --model <model> --images <path> ... --output <file>
            clip embed --model <model> --texts <text> ... --output <file>
            clip embed --model <model> --texts-from <file> --output <file>
            """,
        discussion: """
            There is a row for each input, in their order, of length 1 unless --no-normalize is given.

              clip embed --model DIR --images *.jpg --output images.npy
              clip embed --model DIR --texts "a dog" "a cat" --output texts.jsonl

            The output's suffix chooses the format: .npy is an array [inputs, width] of float32; .safetensors has it as \
            the tensor "embeddings"; .jsonl has a line {"image" or "text", "embedding"} for each input.

            Images that cannot be read are named on standard error and have no row; standard error then says which input \
            each row is, and the status is 65 (66 where no image is there).
            """)

    @Flag(help: "The inputs are images: JPEG, PNG or WebP files.")
    var images = false

    @Flag(help: "The inputs are texts. After -- they may begin with a dash.")
    var texts = false

    @Option(help: ArgumentHelp("A file with a text on each line; - is standard input.", valueName: "file"))
    var textsFrom: String?

    @Argument(help: ArgumentHelp("The images' paths or the texts.", valueName: "input"))
    var inputs: [String] = []

    @Option(
        help: ArgumentHelp(
            "The .npy, .safetensors or .jsonl file to write. It appears when it is whole.", valueName: "file"),
        transform: EmbeddingFile.init(path:))
    var output: EmbeddingFile

    @Flag(inversion: .prefixedNo, help: "Divide each embedding by its length.")
    var normalize = true

    @OptionGroup var encoder: EncoderOptions

    func validate() throws {
        guard [images, texts, textsFrom != nil].count(where: { $0 }) == 1 else {
            throw ValidationError("Expected one of --images, --texts and --texts-from.")
        }
        guard inputs.isEmpty == (textsFrom != nil) else {
            throw ValidationError(
                inputs.isEmpty
                    ? "Expected \(images ? "the paths of images" : "texts"), found none."
                    : "Expected no inputs beside --texts-from, found \(inputs[0].quoted()).")
        }
    }

    func run() async throws {
        try output.checkWritable()
        let texts = try textsFrom.map { try TextLines.read($0, keepsBlankLines: true) } ?? inputs
        let clip = try await encoder.encoder()
        let writer = try output.writer(width: clip.width, kind: images ? "image" : "text")
        if images {
            try await embedImages(clip, writer)
        } else {
            try await embed(texts, clip, writer)
        }
    }

    private func embedImages(_ clip: CLIPEncoder, _ writer: any EmbeddingWriter) async throws {
        var report = InputReport(total: inputs.count)
        let bar = ProgressBar("embedding", total: inputs.count, unit: "images")
        try await clip.embed(images: inputs.map(ImageSource.file), normalized: normalize) { batch in
            report.add(batch.failures, above: bar)
            try writer.append(batch.embeddings, of: batch.positions.map { inputs[$0] })
            bar.advance(by: batch.positions.count + batch.failures.count)
        }
        bar.finish()
        if !report.hasOnlyFailures { try writer.finish() }
        report.explainRows()
        try report.finish()
    }

    private func embed(_ texts: [String], _ clip: CLIPEncoder, _ writer: any EmbeddingWriter) async throws {
        let tokenizer = try await clip.tokenizer()
        let bar = ProgressBar("embedding", total: texts.count, unit: "texts")
        var done = 0
        for start in stride(from: 0, to: texts.count, by: encoder.batchSize * 64) {
            let tokens = texts[start...].prefix(encoder.batchSize * 64).map { tokenizer.encode($0) }
            reportTruncated(tokens, from: start)
            try await clip.embed(tokens: tokens, normalized: normalize) { rows in
                try writer.append(rows, of: Array(texts[done..<done + rows.count]))
                done += rows.count
                bar.advance(by: rows.count)
            }
        }
        bar.finish()
        try writer.finish()
    }
}
