internal import CLIPData
internal import CLIPEvaluation
internal import CLIPPage

/// Scenes with their own caption and the mirrored one.
struct MirrorSection {
    private let answers: EmojiAnswers
    private static let hits = 8
    private static let misses = 4

    init(_ answers: EmojiAnswers) {
        self.answers = answers
    }

    func html() throws -> HTML {
        let trials = answers.mirrored.trials
        let right = trials.indices.filter { trials[$0].isRight }.prefix(Self.hits)
        let wrong = trials.indices.filter { !trials[$0].isRight }.prefix(Self.misses)
        return """
            <section aria-labelledby="mirror"><h2 id="mirror">Left or right, above or below</h2>
            <p>The same words with left for right, or above for below, are false of the picture. In
            \(answers.mirrored.accuracy.unbrokenPercent) of \(trials.count) held-out scenes the true caption is nearer; guessing
            gives \(0.5.unbrokenPercent). Some that are right, then some that are not.</p>
            <div class="cards">\(try (right + wrong).map(card))</div></section>
            """
    }

    private func card(_ index: Int) throws -> HTML {
        let scene = answers.questions.mirrored[index]
        let trial = answers.mirrored.trials[index]
        let verdict = Verdict(isRight: trial.isRight)
        let nearer: HTML = trial.isRight ? "the true one is nearer" : "the mirrored one is nearer"
        return """
            <div class="card">\(try Picture(scene).html(isDescribedBeside: true))<div>
            \(option(scene.caption, trial.own, "true"))\(option(scene.mirroredCaption ?? "", trial.other, "mirrored"))
            <p class="note">\(verdict.html) \(nearer) by \(Double(abs(trial.own - trial.other)), digits: 3)</p></div></div>
            """
    }

    private func option(_ caption: String, _ score: Float, _ kind: HTML) -> HTML {
        """
        <p class="choice"><span class="tag">\(kind)</span> \(caption) <span class="score">\(Double(score), digits: 3)</span></p>
        """
    }
}
