import CLIPData
import CLIPTestSupport
import Foundation
import Testing

@Suite("Patterns with braces") struct BraceExpansionTests {
    static let patterns = [
        "a.tar", "{00000..00003}.tar", "{8..11}", "{07..10}", "{10..7}", "{2..-1}", "{-01..2}", "{1..10..3}",
        "{1..3..0}",
        "{a..e}", "{a..g..2}", "{Z..a}", "{e..a}", "{a,b}", "x{,y}", "{a,b{1..3},{c,d}}z", "python{2.{5..7},3.{2,3}}",
        "{a}", "{}", "{a,}", "{{a,b}}", "{1..}", "{1..b}", "\\{1,2}", "{1\\{2,3}", "a\\\\{1,2}", "{x,y}{1..2}", "{1..3",
        "1..3}", "}{", "}a{b}", "{a,b}}", "", ",", "{a\\,b,c}", "shards/{a,b}/{0..1}.tar", "{1...3}", "{é,ü}", "{é..ü}",
        "a\\",
        "{01..-1}", "{-0..1}", "{0..0}", "{a..a}", "{A..A}", "{c..A}", "{1..2,3}", "{{1..2},x}",
    ]

    @Test("ranges, lists and both together stand for their texts in order")
    func texts() throws {
        #expect(try BraceExpansion.texts(of: "{08..10}.tar") == ["08.tar", "09.tar", "10.tar"])
        #expect(try BraceExpansion.texts(of: "{a,b{1..2}}") == ["a", "b1", "b2"])
        #expect(throws: DatasetError.self) { try BraceExpansion.texts(of: "{1,2") }
    }

    @Test(
        "patterns that stand for too much are refused at once",
        arguments: [
            "{0..99999999}", "{0..999}{0..999}{0..999}", String(repeating: "{0,1}", count: 64),
            String(repeating: "{", count: 40) + "a,b" + String(repeating: "}", count: 40), "{0..99999999999999999999}",
            String(repeating: "x", count: 70_000),
        ])
    func tooMuch(pattern: String) {
        #expect(throws: DatasetError.self) { try BraceExpansion.texts(of: pattern) }
    }

    @Test(
        "the texts are those of Python's braceexpand",
        .enabled(if: PythonReference.isPresent, Comment(rawValue: PythonReference.reason)))
    func parity() throws {
        var lots = Mutation(seed: 5)
        let words = ["{", "}", ",", "..", "0", "12", "a", "\\", "{1..3}", "{a,b}"]
        let drawn = (0..<2000).map { _ in
            (0...lots.number(below: 9)).map { _ in words[lots.number(below: words.count)] }.joined()
        }
        let folder = try TemporaryFolder()
        let patterns = Self.patterns + drawn
        let path = try folder.write(JSONEncoder().encode(patterns), as: "patterns.json")
        let output = try PythonReference.run("shards.py", ["braces", path])
        let expected = try JSONDecoder().decode([[String]?].self, from: Data(output.utf8))
        #expect(expected.count == patterns.count)
        for (pattern, texts) in zip(patterns, expected) {
            #expect((try? BraceExpansion.texts(of: pattern)) == texts, "\(pattern)")
        }
    }

    @Test("any text is expanded or refused")
    func fuzz() {
        var lots = Mutation(seed: 9)
        for round in 0..<FuzzIterations.count(default: 3000) {
            let bytes = lots.mutated(
                Array(Self.patterns[round % Self.patterns.count].utf8),
                words: ["{", "}", "..", "99999", ",", "{0..999}"])
            _ = try? BraceExpansion.texts(of: String(decoding: bytes, as: UTF8.self))
        }
    }
}
