import CLIPData
import Foundation
import Testing

@Suite(.enabled(if: EmojiTestCatalogue.isPresent, "\(EmojiTestCatalogue.reason)"))
struct EmojiCatalogueTests {
    @Test func `At least 600 kinds remain and the usual ones are among them`() throws {
        let names = Set(try EmojiTestCatalogue.get().kinds.map(\.name))
        #expect(names.count >= 600)
        #expect(
            names.isSuperset(of: ["dog", "cat", "red apple", "banana", "pizza", "rocket", "person surfing", "house"]))
    }

    @Test func `No name, plural or alias belongs to two kinds`() throws {
        let kinds = try EmojiTestCatalogue.get().kinds
        let names = kinds.flatMap { kind in ([kind.noun] + kind.aliases).map { $0.singular.lowercased() } }
        #expect(Set(names).count == names.count)
        let plurals = kinds.flatMap { kind in ([kind.noun] + kind.aliases).map { $0.plural.lowercased() } }
        #expect(Set(plurals).count == plurals.count)
    }

    @Test func `No name begins like a size or a number, or speaks of a place`() throws {
        let taken: Set<Substring> = [
            "a", "an", "the", "small", "large", "one", "two", "three", "four", "and", "both", "left", "right", "above",
            "below",
            "over", "under",
        ]
        for kind in try EmojiTestCatalogue.get().kinds {
            for noun in [kind.noun] + kind.aliases {
                let words = noun.singular.split(separator: " ")
                #expect(!words.isEmpty && Set(words.prefix(1)).isDisjoint(with: taken), "\(noun.singular)")
                #expect(Set(words).isDisjoint(with: ["left", "right", "and", "both"]), "\(noun.singular)")
            }
        }
    }

    @Test func `A keyword or alias is no other kind's`() throws {
        let kinds = try EmojiTestCatalogue.get().kinds
        let keywords = kinds.flatMap(\.keywords)
        #expect(Set(keywords).count == keywords.count)
        #expect(Set(keywords).isDisjoint(with: kinds.map(\.name)))
        #expect(kinds.allSatisfy { kind in kind.aliases.allSatisfy { kind.keywords.contains($0.singular) } })
        #expect(kinds.first { $0.name == "bicycle" }?.aliases.map(\.singular) == ["bike"])
    }

    @Test func `A missing font is named with the package that brings it`() {
        #expect(
            message(font: URL(filePath: "/nowhere/emoji.ttf")) == [
                "/nowhere/emoji.ttf: no such file; the Debian package fonts-noto-color-emoji brings it"
            ])
    }

    @Test func `Missing annotations are named with the package that brings them`() {
        #expect(
            message(annotations: URL(filePath: "/nowhere/en.xml")) == [
                "/nowhere/en.xml: no such file; the Debian package unicode-cldr-core brings it"
            ])
    }

    @Test func `A folder is no font`() {
        #expect(message(font: URL(filePath: "/tmp"))?.first?.contains("found a folder") == true)
    }

    @Test func `A broken or cut font gives one line that names it`() throws {
        let whole = try Data(contentsOf: EmojiCatalogue.debianFont)
        let damaged = [
            Data("This is no font".utf8), Data(), whole.prefix(1000), whole.prefix(300_000),
            whole.prefix(whole.count / 2),
            whole.prefix(1_000_000) + Data(repeating: 0xA5, count: 2_000_000) + whole.dropFirst(3_000_000),
        ]
        for data in damaged {
            try withFile(data, named: "font.ttf") { file in
                let lines = message(font: file)
                #expect(lines?.count == 1 && lines?.first?.hasPrefix(file.path + ": ") == true, "\(lines ?? [])")
            }
        }
    }

    @Test func `A font without colour bitmaps is refused`() throws {
        // Debian's font with its table of bitmaps renamed.
        var data = try Data(contentsOf: EmojiCatalogue.debianFont)
        let name = try #require(data.range(of: Data("CBLC".utf8), in: 0..<1000))
        data.replaceSubrange(name, with: Data("XXLC".utf8))
        try withFile(data, named: "plain.ttf") { file in
            #expect(message(font: file)?.count == 1)
        }
    }

    /// The lines of the error that opening gives; nil where there is none.
    private func message(
        font: URL = EmojiCatalogue.debianFont, annotations: URL = EmojiCatalogue.debianAnnotations
    ) -> [String]? {
        do {
            _ = try EmojiCatalogue(font: font, annotations: annotations)
            return nil
        } catch {
            return "\(error)".split(separator: "\n").map(String.init)
        }
    }
}

/// Runs the body with a file of these bytes, which is gone afterwards.
func withFile(_ data: Data, named name: String, _ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "emoji-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: name)
    try data.write(to: file)
    try body(file)
}
