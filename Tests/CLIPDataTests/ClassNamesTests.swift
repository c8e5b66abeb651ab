import CLIPData
import CLIPFiles
import CLIPTestSupport
import Foundation
import Testing

@Suite("Names of classes from files") struct ClassNamesTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func names(_ text: String, _ dataset: String? = nil, as name: String = "names.json") throws -> ClassNames {
        try ClassNames(contentsOf: folder.put(text.utf8, at: name), dataset: dataset)
    }

    @Test("a text file has a class on each line, with tabs between its names")
    func lines() throws {
        let names = try names("\u{FEFF}tabby\ttabby cat\r\n great white shark, white shark \r\n\r\n", as: "names.txt")
        #expect(names.synonyms == [["tabby", "tabby cat"], ["great white shark, white shark"]])
        #expect(names.names == ["tabby", "great white shark, white shark"] && names.keys == nil)
        #expect(names.repeated.isEmpty)
    }

    @Test("JSON has a list, or one for each of several data sets")
    func lists() throws {
        #expect(try names(#"["cat", ["dog", "hound"], ""]"#).synonyms == [["cat"], ["dog", "hound"], [""]])
        let both = #"{"pets": ["cat", "dog"], "digits": ["0", "1"]}"#
        #expect(try names(both, "digits").names == ["0", "1"])
        #expect(try names(#"{"pets": ["cat", "dog"]}"#).names == ["cat", "dog"])
        expectError(#"expected an object with the data set "birds", found those of "pets", "digits""#) {
            _ = try names(both, "birds")
        }
        // Without a data set the object is taken for names by class.
        expectError(
            #"found those of "pets", "digits" (where these are data sets, name one of them)"#
        ) { _ = try names(both).synonyms(for: ["cat", "dog"]) }
    }

    @Test("JSON may have the names of each class, in any order")
    func byClass() throws {
        let text = #"{"n02": ["goldfish"], "n01": ["tench", "Tinca tinca"], "n03": "shark"}"#
        #expect(try names(text).synonyms(for: ["n01", "n02"]) == [["tench", "Tinca tinca"], ["goldfish"]])
        #expect(try names("{\"set\": \(text)}").keys == ["n02", "n01", "n03"])
        expectError(#"expected names for the class "n04", found those of "n02", "n01", "n03"…"#) {
            _ = try names(text).synonyms(for: ["n04"])
        }
    }

    @Test("what is no list of names is told")
    func broken() throws {
        expectError("names.txt: expected a text on each line, found none") { _ = try names(" \n\n", as: "names.txt") }
        expectError("line 2: expected the name of a class, found nothing") {
            _ = try names("a\n\nb\n", as: "names.txt")
        }
        expectError("names.txt: expected UTF-8 text, found bytes that are none") {
            _ = try ClassNames(contentsOf: folder.put([0x61, 0xFF], at: "names.txt"))
        }
        expectError("expected a list of the names of classes, found an empty array") { _ = try names("[]") }
        expectError("expected a list of the names of classes, found a string") { _ = try names("\"cat\"") }
        expectError("class 1: expected a name or a list of names, found an integer") { _ = try names(#"["a", 2]"#) }
        expectError("class 0: expected a name or a list of names, found an array of other values than texts") {
            _ = try names("[[1, 2], [\"x\"]]")
        }
        expectError(#"expected different names of the class 1 ("b"), found one of them twice"#) {
            _ = try names("a\nb\tc\tb\n", as: "names.txt")
        }
        expectError("expected a .json file where a data set is named, found another") {
            _ = try names("a\n", "pets", as: "names.txt")
        }
        #expect(throws: FileError.self) { try names("[") }
        #expect(throws: FileError.self) { try ClassNames(contentsOf: folder.path("nowhere.txt")) }
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.reason)))
    func `ImageNet's usual names have two that stand for two classes each`() throws {
        let file = SharedData.folder.appending(path: "prompts/en_classnames.json").path
        let names = try ClassNames(contentsOf: file, dataset: "imagenet1k")
        #expect(names.names.count == 1000 && names.repeated == ["missile", "sunglasses"])
    }
}
