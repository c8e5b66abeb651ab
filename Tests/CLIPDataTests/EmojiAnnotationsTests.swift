import CLIPData
import Foundation
import Testing

@Suite struct EmojiAnnotationsTests {
    private func file(_ lines: String...) -> String {
        (["<?xml version=\"1.0\"?>", "<ldml><annotations>"] + lines + ["</annotations>", "</ldml>"]).joined(
            separator: "\n")
    }

    private func error(_ data: Data) throws -> String? {
        var result: String?
        try withFile(data, named: "en.xml") { file in
            do {
                _ = try EmojiAnnotations(contentsOf: file)
            } catch {
                result = "\(error)".replacing(file.path, with: "en.xml")
            }
        }
        return result
    }

    @Test func `Names and keywords are read by code point`() throws {
        let text = file(
            "\t\t<annotation cp=\"🐶\">dog | face | pet</annotation>",
            "\t\t<annotation cp=\"🐶\" type=\"tts\">dog face</annotation>",
            "\t\t<annotation cp=\"❤\u{FE0F}\" type=\"tts\">red heart</annotation> <!-- 2764 -->\r")
        try withFile(Data(text.utf8), named: "en.xml") { file in
            let annotations = try EmojiAnnotations(contentsOf: file)
            #expect(annotations.names == ["🐶": "dog face", "❤": "red heart"])
            #expect(annotations.keywords == ["🐶": ["dog", "face", "pet"]])
        }
    }

    @Test func `Entities are resolved`() throws {
        let text = file("<annotation cp=\"&amp;\" type=\"tts\">a &lt;b&gt; &#99;&#x64; &quot;&apos;</annotation>")
        try withFile(Data(text.utf8), named: "en.xml") { file in
            let names = try EmojiAnnotations(contentsOf: file).names
            #expect(names == ["&": "a <b> cd \"'"])
        }
    }

    @Test func `Sequences of several code points are passed over`() throws {
        let text = file(
            "<annotation cp=\"👩🏽\" type=\"tts\">woman</annotation>",
            "<annotation cp=\"🐶\" type=\"tts\">dog face</annotation>")
        try withFile(Data(text.utf8), named: "en.xml") { file in
            let names = try EmojiAnnotations(contentsOf: file).names
            #expect(names == ["🐶": "dog face"])
        }
    }

    @Test(
        "A broken line is named by its number",
        arguments: [
            "<annotation cp=\"🐶\" type=\"tts\">dog", "<annotation cp=\"🐶>dog</annotation>",
            "<annotation cp=>dog</annotation>",
            "<annotation >dog</annotation>", "<annotation cp=\"🐶\">dog &unknown; face</annotation>",
            "<annotation cp=\"🐶\">dog & face</annotation>", "<annotation cp=\"🐶\">a <b>dog</b></annotation>",
            "<annotation cp=\"🐶\">&#xD800;</annotation>", "<annotation cp=\"🐶\">&#99999999999;</annotation>",
        ])
    func brokenLine(line: String) throws {
        let message = try error(Data(file("<annotation cp=\"🐱\" type=\"tts\">cat face</annotation>", line).utf8))
        #expect(message?.hasPrefix("en.xml: line 4: expected <annotation cp=\"…\">…</annotation>, found ") == true)
    }

    @Test func `A file that is cut short, empty, of other text or no text is refused`() throws {
        let whole = file("<annotation cp=\"🐶\" type=\"tts\">dog face</annotation>")
        let cut = "en.xml: expected </ldml> at the end: the file is cut short"
        #expect(try error(Data(whole.utf8.dropLast(3))) == cut)
        #expect(try error(Data()) == cut)
        #expect(try error(Data("hello\n".utf8)) == cut)
        #expect(try error(Data("</ldml>".utf8)) == "en.xml: expected CLDR annotations, found none")
        #expect(
            try error(Data([0xFF, 0xFE, 0x00]) + Data(whole.utf8))
                == "en.xml: expected CLDR annotations, found text that is not UTF-8")
    }

    @Test(.enabled(if: EmojiTestCatalogue.isPresent, "\(EmojiTestCatalogue.reason)"))
    func `Annotations that name too few pictures are refused`() throws {
        let text = file("<annotation cp=\"🐶\" type=\"tts\">dog face</annotation>")
        try withFile(Data(text.utf8), named: "en.xml") { file in
            #expect {
                try EmojiCatalogue(annotations: file)
            } throws: {
                "\($0)".hasSuffix("expected pictures of 100 kinds of objects or more, found 1")
            }
        }
    }
}
