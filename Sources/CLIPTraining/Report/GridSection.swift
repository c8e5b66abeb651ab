import CLIPPage

/// Captions of the validation set and the images that they find.
struct GridSection {
    private let grid: RetrievalGrid?

    init(_ grid: RetrievalGrid?) { self.grid = grid }

    var html: HTML {
        guard let grid, !grid.queries.isEmpty else { return .empty }
        return """
            <section aria-labelledby="grid"><h2 id="grid">Finding images by their captions</h2>
            <p>Each caption looks for its image among \(grid.images.grouped); always the same captions, here after
            \(grid.step.grouped) steps. The number is the cosine of both; the right one is framed.</p>
            <div class="queries">\(grid.queries.map(query))</div></section>
            """
    }

    private func query(_ query: RetrievalGrid.Query) -> HTML {
        let images = query.found.map { found -> HTML in
            let verdict = Verdict(isRight: found.isRight)
            return """
                <li class="\(verdict.name)">\(picture(found.image))<span>\(verdict.html) \(found.cosine, digits: 2)</span></li>
                """
        }
        let place: HTML = query.place == 1 ? "found at the first place" : "its own is at place \(query.place.grouped)"
        let own: HTML = query.place <= query.found.count ? .empty : "<div class=\"own\">\(picture(query.own))</div>"
        return """
            <div class="query"><h3>\(query.caption)</h3><p class="note">\(place)</p>\(own)
            <ol class="row">\(images)</ol></div>
            """
    }

    private func picture(_ image: RetrievalGrid.Thumbnail) -> HTML {
        Picture(base64: image.png, caption: image.name, width: image.width, height: image.height).html()
    }
}
