import CLIPFiles
import CLIPTestSupport
import Testing

@Suite("JSON")
struct JSONTests {
    private func parse(_ text: String) throws -> JSON { try parse(Array(text.utf8)) }

    private func parse(_ bytes: [UInt8]) throws -> JSON {
        try bytes.withUnsafeBytes { try JSON(parsing: $0, limit: 100_000) }
    }

    @Test("Values are read and written with their order and kind")
    func roundTrip() throws {
        let text = #"{"b":[1,-2,0.5,1e+20,true,false,null],"a":{"é\n\"\\":"😀\u0001/"},"e":[],"o":{}}"#
        let value = try parse(text)
        #expect(value["b"]?.array?.first?.integer == 1)
        #expect(value["b"]?.array?[2].double == 0.5)
        #expect(try parse(value.compactText) == value)
        #expect(try parse(value.indentedText) == value)
        #expect(value.compactText == text)
        #expect(try parse(#""\ud83d\ude00\u00e9\/\b""#).string == "😀é/\u{08}")
        #expect(try parse("9223372036854775807").integer == Int.max)
        #expect(try parse("9223372036854775808").double == 9_223_372_036_854_775_808)
    }

    @Test(
        "What is not strict JSON is refused",
        arguments: [
            "", " ", "{", "[", "[1,]", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "{a:1}", "01", "-", "1.", ".5", "1e", "+1",
            "NaN",
            "1e999", "Infinity", "nul", "\"", "\"\\x\"", "\"\\ud83d\"", "\"\\ud83d\\u0041\"", "\"\u{01}\"", "1 2",
            "[1]]", "'a'",
            String(repeating: "[", count: 100_000),
        ])
    func refused(text: String) {
        #expect(throws: JSON.SyntaxError.self) { try parse(text) }
    }

    @Test("Names that look alike and have other bytes are two names")
    func names() throws {
        let value = try parse("{\"e\u{301}\": 1, \"\u{e9}\": 2}")
        #expect(value.members?.map(\.value.integer) == [1, 2])
        #expect(throws: JSON.SyntaxError.self) { try parse("{\"\u{e9}\": 1, \"\u{e9}\": 2}") }
    }

    @Test("Text that is not UTF-8, and more values than allowed, are refused")
    func bounds() {
        #expect(throws: JSON.SyntaxError.self) { try parse([0x22, 0xFF, 0x22]) }
        #expect(throws: JSON.SyntaxError.self) { try parse([0x22, 0xC3, 0x22]) }
        #expect(throws: JSON.SyntaxError.self) {
            try parse("[" + String(repeating: "1,", count: 100_000) + "1]")
        }
    }

    @Test("An integer above the largest signed one keeps its digits")
    func unsigned() throws {
        let value = try parse("[18446744073709551615, 9223372036854775807]")
        #expect(value == [.unsigned(.max), .integer(.max)])
        #expect(value.compactText == "[18446744073709551615,9223372036854775807]")
    }

    @Test("Damaged text is read or refused, never more")
    func damage() throws {
        let text = Array(#"{"a":[1,-2.5e3,true,null,"x\u00e9\n"],"b":{"c":"d"},"e":"😀"}"#.utf8)
        var mutation = Mutation(seed: 7)
        var read = 0
        for _ in 0..<100_000 {
            let damaged = mutation.mutated(text, words: ["\\ud800", "1e999", "{\"", "[[", "\"a\":", "\\"])
            if let value = try? parse(damaged) {
                read += 1
                #expect(try parse(value.compactText) == value)
            }
        }
        #expect(read > 1000 && read < 90_000)
    }
}
