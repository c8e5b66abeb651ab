internal import ArgumentParser
internal import CLIPFiles
internal import CLIPTokenization

/// `clip tokenize`: the ids that a text tower reads.
struct TokenizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Show the token ids of texts, as the text tower reads them.",
        discussion: """
            Only the model's vocabulary is read. A folder with nothing but a vocabulary will do.

              clip tokenize --model DIR "a photo of a dog" -- "-5 degrees"

            There is a line of ids for each text, from the start token to the end token, without padding. With --json: \
            [{"text", "ids", "truncated"}]. A text that is longer than the context is cut, which standard error says.
            """)

    @OptionGroup var model: ModelOption

    @Argument(help: ArgumentHelp("The texts. After -- they may begin with a dash.", valueName: "text"))
    var texts: [String]

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() async throws {
        let tokenizer = try await model.tokenizer()
        let encoded = texts.map { tokenizer.encode($0) }
        reportTruncated(encoded)
        if json {
            try Console.print(JSON.array(encoded.map(object)).indentedText, terminator: "")
        } else {
            for text in encoded { try Console.print(text.ids.map(String.init).joined(separator: " ")) }
        }
    }

    private func object(_ text: TokenizedText) -> JSON {
        [
            "text": .string(text.text), "ids": .array(text.ids.map { .integer(Int($0)) }),
            "truncated": .bool(text.isTruncated),
        ]
    }
}
