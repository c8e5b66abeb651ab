internal import CLIP
package import CLIPImaging
package import CLIPPage
internal import Foundation

/// What a zero-shot classification has to show: what probabilities mean, the worst classes, what is taken for what.
package struct ZeroShotSection {
    private let result: ZeroShotResult
    private let model: String
    private let dataset: String
    private let image: (Int) throws -> Bitmap
    private let name: (Int) -> String

    private static let worstClasses = 20
    private static let confusions = 9
    private static let mistakes = 24

    /// - Parameters:
    ///   - image: The pixels of an image by its position in the result.
    ///   - name: What it is called.
    package init(
        _ result: ZeroShotResult, model: String, dataset: String, name: @escaping (Int) -> String,
        image: @escaping (Int) throws -> Bitmap
    ) {
        (self.result, self.model, self.dataset) = (result, model, dataset)
        (self.name, self.image) = (name, image)
    }

    /// The section; `number` tells it from others on the page.
    package func html(_ number: Int) throws -> HTML {
        """
        <section aria-labelledby="zero-shot-\(number)"><h2 id="zero-shot-\(number)">\(dataset) by \(model)</h2>
        \(reliability)\(classes)\(try confusions())\(try mistakes())</section>
        """
    }

    private var reliability: HTML {
        guard let own = result.reliability else { return .empty }
        let diagonal = Curve.Line("what would be right", xs: [0, 100], ys: [0, 100], look: .level)
        func line(_ name: String, _ reliability: Reliability) -> Curve.Line {
            let bins = reliability.bins
            return Curve.Line(
                name, xs: bins.map { $0.confidence * 100 }, ys: bins.map { $0.accuracy * 100 }, look: .dotted)
        }
        var lines = [line("the model's own", own)]
        if let calibrated = result.calibrated { lines.append(line("calibrated", calibrated)) }
        let chart = Curve(
            title: "How often it is right, in %, where it is so sure", unit: "mean probability of the best class, in %",
            lines: lines + [diagonal])
        return
            "<h3>What the probabilities mean</h3><div class=\"charts\">\(chart.html)\(spread(result.calibrated ?? own))</div>"
    }

    /// How many images have which probability, in steps of 5 %.
    private func spread(_ reliability: Reliability) -> HTML {
        let step = 5
        var counts = [Int](repeating: 0, count: 100 / step)
        for confidence in reliability.confidences {
            counts[min(Int(confidence * 100) / step, counts.count - 1)] += 1
        }
        let mean = reliability.confidences.reduce(0) { $0 + Double($1) } / Double(max(1, reliability.confidences.count))
        let which = result.calibrated == nil ? "" : ", calibrated"
        return BarChart(
            title: "Images by the probability of their best class, in %\(which)", counts: counts, values: 0...100,
            step: step, note: "mean \(mean.percent)"
        ).html
    }

    private var classes: HTML {
        let all = result.classResults
        let rows = all.prefix(Self.worstClasses).map { entry -> HTML in
            let taken = entry.confusion.map { confusion in
                "\(result.classes[confusion.guess].label) (\(confusion.count.grouped))"
            }
            return """
                <tr><th scope="row">\(result.classes[entry.index].label)</th><td>\(entry.count.grouped)</td>
                <td>\(entry.score.unbrokenPercent)</td><td>\(taken ?? "")</td></tr>
                """
        }
        let score: HTML = result.precision == nil ? "found" : "average precision"
        let title: HTML =
            all.count > Self.worstClasses ? "The worst of \(all.count) classes" : "Classes, the worst first"
        return """
            <h3>\(title)</h3><div class="scroll" tabindex="0" role="region" aria-label="classes"><table class="figures">
            <thead><tr><th scope="col">class</th><th scope="col">images</th><th scope="col">\(score)</th>
            <th scope="col">mostly taken for</th></tr></thead><tbody>\(rows)</tbody></table></div>
            """
    }

    private func confusions() throws -> HTML {
        guard let accuracy = result.accuracy else { return .empty }
        let cards = try accuracy.confusions.prefix(Self.confusions).map { confusion -> HTML in
            let example = accuracy.truths.indices.first {
                accuracy.truths[$0] == confusion.truth && accuracy.guesses[$0].first == confusion.guess
            }
            let picture = try example.map { try thumbnail($0).html() } ?? .empty
            return """
                <div class="card">\(picture)<div><h4>\(result.classes[confusion.truth].label)</h4>
                <p class="choice">taken for \(result.classes[confusion.guess].label)</p>
                <p class="note">\(confusion.count.grouped) \(confusion.count == 1 ? "image" : "images" as HTML)</p></div></div>
                """
        }
        guard !cards.isEmpty else { return .empty }
        return "<h3>What is taken for what</h3><div class=\"cards small\">\(cards)</div>"
    }

    /// The mistakes that the model is surest of.
    private func mistakes() throws -> HTML {
        guard let accuracy = result.accuracy, let sure = result.calibrated ?? result.reliability else { return .empty }
        let wrong = accuracy.ranks.indices.filter { accuracy.ranks[$0] > 0 }
            .sorted { (sure.confidences[$1], $0) < (sure.confidences[$0], $1) }
        let figures = try wrong.prefix(Self.mistakes).map { index -> HTML in
            let guess = accuracy.guesses[index].first.map { result.classes[$0].label } ?? ""
            return """
                <figure>\(try thumbnail(index).html(isDescribedBeside: true))<figcaption title="\(name(index))">\
                \(guess), \(Double(sure.confidences[index]).percent)<br>is \(result.classes[accuracy.truths[index]].label)\
                </figcaption></figure>
                """
        }
        guard !figures.isEmpty else { return .empty }
        return """
            <h3>Mistakes that it is surest of</h3>
            <div class="sheet">\(figures)</div>
            """
    }

    private func thumbnail(_ index: Int) throws -> Picture {
        try Picture(image(index).thumbnail, caption: name(index))
    }
}

extension Bitmap {
    /// The image as a report shows it.
    package var thumbnail: Bitmap {
        let longest = max(width, height)
        guard longest > Self.thumbnailSide else { return rgb() }
        func side(_ length: Int) -> Int { max(1, length * Self.thumbnailSide / longest) }
        return rgb().resized(width: side(width), height: side(height))
    }

    private static let thumbnailSide = 112
}
