internal import CLIPData
internal import CLIPEvaluation
internal import CLIPPage

/// The cosines of some held-out images and captions as coloured cells.
struct MatrixSection {
    private let answers: EmojiAnswers
    private let count: Int

    init(_ answers: EmojiAnswers, count: Int = 24) {
        self.answers = answers
        self.count = min(count, answers.questions.scenes.count)
    }

    func html() throws -> HTML {
        let values = (0..<count).flatMap { row in (0..<count).map { Double(answers.similarities[$0, row]) } }
        guard let low = values.min(), let high = values.max() else { return .empty }
        let pictures = try (0..<count).map { try Picture(answers.questions.scenes[$0]) }
        let heads = pictures.enumerated().map { "<th scope=\"col\">\($0.element.html())</th>" as HTML }
        let rows = (0..<count).map { row($0, low, high) }
        return """
            <section aria-labelledby="matrix"><h2 id="matrix">Every picture against every caption</h2>
            <p>The cosines of \(count) held-out pictures (columns) and their captions (rows), times 100. A model that knows
            which belong together has a dark diagonal and little else.</p>
            <p class="legend" aria-hidden="true"><span>\(low, digits: 2)</span><i></i><span>\(high, digits: 2)</span></p>
            <div class="scroll" tabindex="0" role="region" aria-label="similarity matrix"><table class="matrix">
            <caption class="hidden">Cosines of pictures and captions, times 100</caption>
            <thead><tr><td></td>\(heads)</tr></thead><tbody>\(rows)</tbody></table></div></section>
            """
    }

    private func row(_ row: Int, _ low: Double, _ high: Double) -> HTML {
        let cells = (0..<count).map { column -> HTML in
            let value = Double(answers.similarities[column, row])
            let share = high > low ? (value - low) / (high - low) : 0
            let names: HTML = "\(share > 0.5 ? "strong" : "weak" as HTML)\(row == column ? " own" : "" as HTML)"
            return
                "<td class=\"\(names)\" style=\"--v:\(share * 100, digits: 0)%\">\(Int((value * 100).rounded()))</td>"
        }
        let caption = answers.questions.scenes[row].caption
        return "<tr><th scope=\"row\" title=\"\(caption)\">\(caption)</th>\(cells)</tr>"
    }
}
