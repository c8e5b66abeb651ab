internal import CLIPEvaluation
internal import CLIPPage
package import CLIPTraining

/// The page that shows what a run has learned: one HTML file without anything outside it.
package struct DemoPage {
    /// What the model answered.
    package let answers: EmojiAnswers
    /// The steps of the run.
    package let history: [MetricsLine]
    /// What the run was, in words.
    package let settings: [Setting]
    /// What to try next, as lines for a shell.
    package let commands: [NextCommand]

    /// A name and a value of the run's settings.
    package struct Setting: Sendable, Hashable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A page of these parts.
    package init(answers: EmojiAnswers, history: [MetricsLine], settings: [Setting], commands: [NextCommand]) {
        self.answers = answers
        self.history = history
        self.settings = settings
        self.commands = commands
    }

    /// The whole page.
    package func html() throws -> String {
        PageFrame(
            title: "clip demo: a CLIP of emoji scenes", head: head,
            main: """
                \(figures)
                \(LossSection(history).html)
                \(try RetrievalSection(answers).html())
                \(try MatrixSection(answers).html())
                \(try MirrorSection(answers).html())
                \(try KindSection(answers).html())
                \(run)
                """,
            foot: """
                <p>Written by <code>clip demo</code>. Pictures: Noto Color Emoji (SIL Open Font License); names: \
                Unicode CLDR.</p>
                """
        ).text
    }

    private var head: HTML {
        let seen = history.last.map { "\($0.pairs.grouped) pictures with captions" } ?? "nothing"
        return """
            <p class="eyebrow">clip demo</p>
            <h1>What a small CLIP learned from emoji scenes</h1>
            <p class="lead">It saw \(seen), of \(answers.questions.kinds.count.grouped) kinds of things, for
            \((history.last?.seconds ?? 0).duration). Everything below was asked afterwards, of the saved model, and with
            combinations of things that it had never seen together.</p>
            """
    }

    private var figures: HTML {
        """
        <section aria-labelledby="figures"><h2 id="figures" class="hidden">Figures</h2>
        <div class="tiles">\(answers.figures.map(tile))</div>
        </section>
        """
    }

    private func tile(_ figure: EmojiFigure) -> HTML {
        let first: HTML = figure.top5 == nil ? "right" : "right at once"
        let five: HTML = figure.top5.map { "\($0.unbrokenPercent) among five" } ?? "of two captions"
        return """
            <div class="tile"><h3>\(figure.title)</h3>
            <p class="big">\(figure.top1.unbrokenPercent)</p>
            <p>\(first), \(five)</p>
            \(Meter(share: figure.top1, chance: figure.chance1).html)
            <p class="note">\(figure.count.grouped) \(figure.subject); guessing: \(figure.chance1.unbrokenPercent)</p></div>
            """
    }

    private var run: HTML {
        let rows = settings.map { "<tr><th scope=\"row\">\($0.name)</th><td>\($0.value)</td></tr>" as HTML }
        let next = commands.map { "<p>\($0.purpose)</p><pre><code>\($0.line)</code></pre>" as HTML }
        return """
            <section aria-labelledby="run"><h2 id="run">The run</h2>
            <div class="scroll"><table class="settings"><tbody>\(rows)</tbody></table></div></section>
            <section aria-labelledby="next"><h2 id="next">Try it yourself</h2>\(next)</section>
            """
    }
}

/// A command for the user to try.
package struct NextCommand: Sendable, Hashable {
    /// What it does.
    package let purpose: String
    /// The line for a shell.
    package let line: String

    package init(_ purpose: String, _ line: String) {
        self.purpose = purpose
        self.line = line
    }
}
