import CLIPPage
import Testing

@Suite struct CurveTests {
    private func curve(_ lines: [Curve.Line]) -> String {
        Curve(title: "a < b", unit: "steps", lines: lines).html.source
    }

    @Test("a diagram without a point is nothing")
    func empty() {
        #expect(curve([]).isEmpty)
        #expect(curve([.init("nan", xs: [1, 2], ys: [.nan, .infinity])]).isEmpty)
    }

    @Test("values of any size give finite places")
    func sizes() {
        for ys in [[0, 0], [1e-12, 2e-12], [-5, 5], [1e300, -1e300], [3, 3]] as [[Double]] {
            let html = curve([.init("y", xs: [1, 2], ys: ys, look: .smoothed)])
            #expect(html.contains("<svg ") && !html.contains("nan") && !html.contains("inf"), "\(ys)")
        }
    }

    @Test("several lines are told apart by a legend, and titles are escaped")
    func legend() {
        let html = curve([.init("one", xs: [1], ys: [1]), .init("two", xs: [1], ys: [2], look: .dotted)])
        #expect(html.contains("class=\"keys\"") && html.contains("<circle") && html.contains("a &lt; b"))
    }
}
