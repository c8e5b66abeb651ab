internal import CLIPData
internal import CLIPEvaluation
internal import CLIPPage

/// Single emoji and what they are taken for.
struct KindSection {
    private let answers: EmojiAnswers
    private static let hits = 12
    private static let misses = 12

    init(_ answers: EmojiAnswers) {
        self.answers = answers
    }

    func html() throws -> HTML {
        let ranks = answers.kinds.ranks
        let right = ranks.indices.filter { ranks[$0] == 0 }
        let wrong = ranks.indices.filter { ranks[$0] > 0 }.sorted { (ranks[$1], $0) < (ranks[$0], $1) }
        let spread = Swift.stride(from: 0, to: right.count, by: max(1, right.count / Self.hits)).map { right[$0] }
        return """
            <section aria-labelledby="kinds"><h2 id="kinds">What is this?</h2>
            <p>One emoji in the middle, and the names of all \(answers.kinds.classes) kinds to choose from, each in
            \(answers.questions.templates.count) prompts whose embeddings are averaged. Some of the \(right.count) that it got
            right, then the worst mistakes.</p>
            <div class="cards small">\(try spread.prefix(Self.hits).map(card))</div>
            \(try mistakes(wrong))</section>
            """
    }

    private func mistakes(_ wrong: [Int]) throws -> HTML {
        guard !wrong.isEmpty else { return "<p>Not one of them was taken for another.</p>" }
        let names = wrong.sorted().map { index -> HTML in
            "<li>\(name(index)) <span class=\"note\">taken for \(name(answers.kinds.guesses[index].first ?? index))</span></li>"
        }
        return """
            <h3>The worst mistakes</h3>
            <div class="cards small">\(try wrong.prefix(Self.misses).map(card))</div>
            <details><summary>All \(wrong.count) kinds that were taken for another</summary>
            <ul class="columns">\(names)</ul></details>
            """
    }

    private func card(_ index: Int) throws -> HTML {
        let guesses = answers.kinds.guesses[index]
        let rows = zip(guesses, answers.probabilities[index]).prefix(3).map { guess, probability -> HTML in
            let verdict = Verdict(isRight: guess == index)
            return """
                <p class="option"><span>\(verdict.html) \(name(guess))</span><span class="score">\(probability.unbrokenPercent)</span></p>\
                \(Meter(share: probability, chance: nil).html)
                """
        }
        let rank = answers.kinds.ranks[index]
        let place: HTML = rank == 0 ? .empty : "<p class=\"note\">place \(rank + 1) of \(answers.kinds.classes)</p>"
        return """
            <div class="card">\(try Picture(answers.questions.portraits[index]).html(isDescribedBeside: true))<div>
            <h4>\(name(index))</h4>\(place)\(Array(rows))</div></div>
            """
    }

    private func name(_ kind: Int) -> String { answers.questions.kinds[kind].name }
}
