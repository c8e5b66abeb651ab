import CLIPData
import CLIPFiles
import CLIPTestSupport
import Foundation
import Testing

@Suite("Templates of prompts from files") struct TemplateFileTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func file(_ text: String, _ dataset: String? = nil, as name: String = "t.json") throws -> TemplateFile {
        try TemplateFile(contentsOf: folder.put(text.utf8, at: name), dataset: dataset)
    }

    @Test("a text file has a template on each line")
    func lines() throws {
        let file = try file("a photo of a {c}.\n\n{} in {c}\n", as: "t.txt")
        #expect(file.prompts == .shared(["a photo of a {}.", "{} in {}"]))
        #expect(
            try file.sentences(for: [["cat", "kitty"], ["dog"]]) == [
                ["a photo of a cat.", "cat in cat", "a photo of a kitty.", "kitty in kitty"],
                ["a photo of a dog.", "dog in dog"],
            ])
    }

    @Test("JSON has a list, or one for each of several data sets")
    func lists() throws {
        let both = #"{"pets": ["a {c}"], "digits": ["the number {}", "{c}"]}"#
        #expect(try file(both, "digits").prompts == .shared(["the number {}", "{}"]))
        #expect(try file(#"{"pets": ["a {c}"]}"#).prompts == .shared(["a {}"]))
        #expect(try file(#"["a {c}"]"#).prompts == .shared(["a {}"]))
        expectError(#"expected the name of one of the data sets "pets", "digits", found none"#) { _ = try file(both) }
        expectError(#"expected an object with the data set "x", found those of "pets", "digits""#) {
            _ = try file(both, "x")
        }
    }

    @Test("sentences may be those of each class")
    func byClass() throws {
        let classes = #"{"tench": ["A tench is a fish.", "a {c}"], "crane": ["A crane is a bird."]}"#
        for text in [classes, "{\"imagenet1k\": \(classes)}"] {
            let file = try file(text)
            #expect(
                try file.sentences(for: [["crane bird", "crane"], ["tench"]]) == [
                    ["A crane is a bird."], ["A tench is a fish.", "a tench"],
                ])
            expectError(#"expected sentences for the class "shark", found those of "crane", "tench""#) {
                _ = try file.sentences(for: [["shark"]])
            }
        }
        expectError(#"expected a list of sentences for "a", found an object (where that is a data set, name it)"#) {
            _ = try file("{\"a\": \(classes), \"b\": \(classes)}")
        }
    }

    @Test("a template without a place for the class, and a file without templates, are told")
    func broken() throws {
        expectError("t.txt line 3: expected a template with {c} or {} in the place of the class, found \"a dog\"") {
            _ = try file("a {c}\n\na dog\n", as: "t.txt")
        }
        expectError("template 1: expected a template with {c} or {} in the place of the class, found \"a {x}\"") {
            _ = try file(#"{"pets": ["a {x}"]}"#)
        }
        expectError("t.txt: expected a text on each line, found none") { _ = try file("\n", as: "t.txt") }
        for (text, found) in [
            ("[]", "an empty array"), ("[1]", "an array of other values than texts"), ("3", "an integer"),
        ] {
            expectError(
                "expected a list of templates, or an object with the sentences of each class, found \(found)"
            ) { _ = try file(text) }
        }
        expectError("expected a .json file where a data set is named, found another") {
            _ = try file("a {c}", "pets", as: "t.txt")
        }
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.reason)))
    func `CLIP_benchmark's templates for ImageNet are eighty`() throws {
        let path = SharedData.folder.appending(path: "prompts/en_zeroshot_classification_templates.json").path
        let sentences = try TemplateFile(contentsOf: path, dataset: "imagenet1k").sentences(for: [["cat"]])
        #expect(sentences.map(\.count) == [80] && sentences[0].contains("a bad photo of a cat."))
    }
}
