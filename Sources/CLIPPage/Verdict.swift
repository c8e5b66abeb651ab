/// A sign of right or wrong that needs no colour.
package struct Verdict {
    private let isRight: Bool

    package init(isRight: Bool) { self.isRight = isRight }

    /// The class of the element that is right or wrong.
    package var name: HTML { isRight ? "right" : "wrong" }

    package var html: HTML {
        "<span class=\"verdict \(name)\"><span aria-hidden=\"true\">\(isRight ? "✓" : "✗" as HTML)</span><span class=\"hidden\">\(name)</span></span>"
    }
}
