import CLIPPage
import Testing

@Suite struct HTMLTests {
    @Test("what is interpolated is escaped, so that a caption cannot become markup")
    func escaping() {
        let caption = "<script>alert(\"1\")</script> & 'more'"
        let html: HTML = "<p title=\"\(caption)\">\(caption)</p>"
        let escaped = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;more&#39;"
        #expect(html.source == "<p title=\"\(escaped)\">\(escaped)</p>")
    }

    @Test("pieces are put into pieces as they are")
    func nesting() {
        let inner: HTML = "<b>\("a < b")</b>"
        let outer: HTML = "<p>\(inner)\([inner, inner])</p>"
        #expect(outer.source == "<p><b>a &lt; b</b><b>a &lt; b</b><b>a &lt; b</b></p>")
    }

    @Test("characters that HTML forbids are replaced, others stay")
    func characters() {
        let html: HTML = "\("a\u{00}b\u{1B}c\u{85}d\ne→🐶")"
        #expect(html.source == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d\ne→🐶")
    }

    @Test("numbers have the digits that are asked for")
    func numbers() {
        #expect(("\(3) \(1.0 / 3, digits: 2)" as HTML).source == "3 0.33")
    }
}
