import CLIPTokenization
import Testing

/// Each step of the cleaning with what Python's `ftfy`, `html` and `str.lower` give.
@Suite struct TextCleanerTests {
    @Test(arguments: [
        ("  Hello\t\r\n World ", "hello world"),
        ("\u{201C}It\u{2019}s\u{201D} \u{2BC}n", "\"it's\" 'n"),
        ("ﬁne eﬃcient ĳs Ǆ", "fine efficient ijs dž"),
        ("ＦＵＬＬ　ｶﾞ ￣", "full ガ \u{304}"),
        ("\u{1B}[31;1mred\u{1B}[0m", "red"),
        ("a\u{0}b\u{7F}c\u{FEFF}d\u{FFFC}", "abcd"),
        ("x\u{85}\u{92}s", "x…'s"),
        ("a\u{2028}b\u{2029}c", "a b c"),
    ]) func `repairs what ftfy repairs in well-formed text`(text: String, cleaned: String) {
        #expect(clean(text) == cleaned)
    }

    @Test(arguments: [
        ("&lt;b&gt; &amp;amp;amp;lt; P&EACUTE;REZ &SZLIG;", "<b> < pérez ss"),
        ("&nTILDE; &nosuch; &;", "&ntilde; &nosuch; &;"),
        ("&notit &amp &copy2", "¬it & ©2"),
        ("&#233;&#xE9&#X80;&#0;&#xD800;&#1114112;&#1;", "éé€\u{FFFD}\u{FFFD}\u{FFFD}"),
        ("1 < 2 &amp;lt; 3", "1 < 2 < 3"),
        ("1 < 2 &amp;amp;lt; 3", "1 < 2 &lt; 3"),
    ]) func `decodes character references`(text: String, cleaned: String) {
        #expect(clean(text) == cleaned)
    }

    @Test(arguments: [
        ("ΟΔΟΣ ΣΑΣ. Σ", "οδος σας. σ"), ("ΑΣ\u{301}Α", "ασ\u{301}α"), ("İI", "i\u{307}i"), ("STRAẞE", "straße"),
    ]) func `makes small letters as Python does`(text: String, cleaned: String) {
        #expect(clean(text) == cleaned)
    }

    @Test(arguments: [
        ("e\u{301}", "é"), ("\u{1100}\u{1161}\u{11A8}", "각"), ("\u{D248}\u{11B8}", "\u{D259}"),
        ("a\u{301}\u{323}", "\u{1EA1}\u{301}"), ("\u{212B}", "å"), ("\u{958}", "\u{915}\u{93C}"),
    ]) func `composes characters`(text: String, cleaned: String) {
        #expect(clean(text) == cleaned)
    }

    @Test func `does not repair mojibake`() {
        #expect(clean("schÃ¶n") == "schã¶n")
    }

    /// Compares scalars, not characters that only look the same.
    private func clean(_ text: String) -> [UInt32] { TextCleaner.clean(text) }
}

private func == (scalars: [UInt32], text: String) -> Bool { scalars == text.unicodeScalars.map(\.value) }
