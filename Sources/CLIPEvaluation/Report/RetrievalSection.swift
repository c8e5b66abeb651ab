package import CLIPImaging
package import CLIPPage

/// What a retrieval has to show: the captions whose image stands furthest behind, and what is found in its place.
package struct RetrievalSection {
    /// A caption and what it finds.
    package struct Query {
        package let caption: String
        /// The place of its image, from 1.
        package let place: Int
        /// The image of the caption.
        package let own: Int
        /// The images found, the best first.
        package let found: [(image: Int, cosine: Float)]

        package init(caption: String, place: Int, own: Int, found: [(image: Int, cosine: Float)]) {
            (self.caption, self.place, self.own, self.found) = (caption, place, own, found)
        }
    }

    private let worst: [Query]
    private let model: String
    private let dataset: String
    private let image: (Int) throws -> Bitmap
    private let name: (Int) -> String

    package init(
        worst: [Query], model: String, dataset: String, name: @escaping (Int) -> String,
        image: @escaping (Int) throws -> Bitmap
    ) {
        (self.worst, self.model, self.dataset) = (worst, model, dataset)
        (self.name, self.image) = (name, image)
    }

    /// The section; `number` tells it from others on the page.
    package func html(_ number: Int) throws -> HTML {
        """
        <section aria-labelledby="retrieval-\(number)"><h2 id="retrieval-\(number)">\(dataset) by \(model)</h2>
        <p>The captions whose image stands furthest behind. What is found in its place may be as right: captions that fit many
        images make a figure low that no model can make high.</p>
        <div class="queries">\(try worst.map(query))</div></section>
        """
    }

    private func query(_ query: Query) throws -> HTML {
        let images = try query.found.map { found -> HTML in
            let verdict = Verdict(isRight: found.image == query.own)
            return """
                <li class="\(verdict.name)">\(try picture(found.image))<span>\(verdict.html) \(Double(found.cosine), digits: 2)</span></li>
                """
        }
        return """
            <div class="query"><h3>\(query.caption)</h3><p class="note">its own is at place \(query.place.grouped)</p>
            <div class="own">\(try picture(query.own))</div><ol class="row">\(images)</ol></div>
            """
    }

    private func picture(_ index: Int) throws -> HTML {
        try Picture(image(index).thumbnail, caption: name(index)).html()
    }
}
