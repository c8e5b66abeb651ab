internal import CLIPData
internal import CLIPEvaluation
internal import CLIPPage

/// Captions with the images that they find, and images with the captions that they find.
struct RetrievalSection {
    private let answers: EmojiAnswers
    private static let shown = 5
    private static let hits = 5
    private static let misses = 3

    init(_ answers: EmojiAnswers) {
        self.answers = answers
    }

    func html() throws -> HTML {
        let captions = Self.examples(answers.textToImage)
        let images = Self.examples(answers.imageToText)
        return """
            <section aria-labelledby="retrieval"><h2 id="retrieval">Finding pictures by their captions</h2>
            <p>Each caption looks for its picture among \(answers.questions.scenes.count) that the model never saw. The
            number is the cosine of both; the right one is framed. First some that come as they come, then misses.</p>
            <div class="queries">\(try captions.map(query))</div></section>
            <section aria-labelledby="captions"><h2 id="captions">Finding captions for a picture</h2>
            <p>The other way round: the captions that are nearest to a picture.</p>
            <div class="cards">\(try images.map(card))</div></section>
            """
    }

    /// The first hits and the first misses.
    static func examples(_ retrieval: Retrieval) -> [Int] {
        let missed = retrieval.ranks.indices.filter { retrieval.ranks[$0] > 0 }.prefix(misses)
        return Array(retrieval.ranks.indices.filter { retrieval.ranks[$0] == 0 }.prefix(hits)) + missed
    }

    private func query(_ row: Int) throws -> HTML {
        let similarities = answers.similarities.transposed
        let images = try similarities.top(Self.shown, of: row).map { column -> HTML in
            let verdict = Verdict(isRight: column == row)
            return """
                <li class="\(verdict.name)">\(try Picture(answers.questions.scenes[column]).html())<span>\
                \(verdict.html) \(Double(similarities[row, column]), digits: 2)</span></li>
                """
        }
        return """
            <div class="query"><h3>\(answers.questions.scenes[row].caption)</h3>
            <p class="note">\(Self.place(answers.textToImage.ranks[row]))</p><ol class="row">\(images)</ol></div>
            """
    }

    private func card(_ row: Int) throws -> HTML {
        let captions = answers.similarities.top(3, of: row).map { column -> HTML in
            let verdict = Verdict(isRight: column == row)
            return """
                <li class="\(verdict.name)">\(verdict.html) \(answers.questions.scenes[column].caption) <span \
                class="score">\(Double(answers.similarities[row, column]), digits: 2)</span></li>
                """
        }
        let scene = answers.questions.scenes[row]
        let rank = answers.imageToText.ranks[row]
        let own: HTML = rank < 3 ? .empty : "<p class=\"note\">Its own: \(scene.caption)</p>"
        return """
            <div class="card">\(try Picture(scene).html())<div><p class="note">\(Self.place(rank))</p>
            <ol class="plain">\(captions)</ol>\(own)</div></div>
            """
    }

    private static func place(_ rank: Int) -> String {
        rank == 0 ? "found at the first place" : "its own is at place \(rank + 1)"
    }
}
