internal import CLIPImaging
internal import CLIPPage

/// A report as a page of its own: figures, curves of sizes and lengths, what is broken or there twice, and a contact sheet.
package struct DataPage {
    private let report: DataReport

    /// A page of a report.
    package init(_ report: DataReport) { self.report = report }

    /// The page's text.
    /// - Throws: `ImagingError` where a small picture cannot be encoded.
    package func html() throws -> String {
        let main: HTML = """
            \(figures)
            \(distributions)
            \(unreadable)
            \(try duplicates())
            \(try contactSheet())
            """
        return PageFrame(
            title: "clip data check: \(report.source)", head: head, main: main,
            foot: "<p>Written by <code>clip data check</code>.</p>"
        ).text
    }

    private var head: HTML {
        """
        <p class="eyebrow">clip data check</p>
        <h1>\(report.source)</h1>
        <p class="lead">\(report.samples.grouped) samples, \(report.readable.grouped) of them readable, with
        \(report.captions.grouped) captions; images of \(report.bytes.megabytes) in all: \(formats).</p>
        """
    }

    private var formats: String {
        report.formatCounts.map { "\($0.count.grouped) \($0.name)" }.joined(separator: ", ")
    }

    private var figures: HTML {
        var tiles: [HTML] = [
            tile(
                "not readable", report.samples - report.readable + report.skipped.count,
                of: report.samples + report.skipped.count, "of what the source names"),
            tile(
                "the same image", report.duplicateImages.superfluous, of: report.readable,
                "more than once, by their files"),
            tile("the same caption", report.duplicateCaptions.superfluous, of: report.captions, "more than once"),
        ]
        if let tokens = report.tokens {
            tiles.append(tile("cut captions", tokens.cut, of: report.captions, "longer than \(tokens.context) tokens"))
        }
        return """
            <section aria-labelledby="figures"><h2 id="figures" class="hidden">Figures</h2>
            <div class="tiles">\(tiles)</div></section>
            """
    }

    private func tile(_ title: String, _ count: Int, of total: Int, _ note: String) -> HTML {
        let share = Double(count) / Double(max(total, 1))
        return """
            <div class="tile"><h3>\(title)</h3><p class="big">\(count.grouped)</p>
            <p class="note">\(share.unbrokenPercent) \(note)</p></div>
            """
    }

    private var distributions: HTML {
        var charts: [HTML] = []
        if let tokens = report.tokens, report.captions > 0 {
            let longest = tokens.quantile(1)
            charts.append(
                BarChart(
                    title: "tokens of a caption", counts: Array(tokens.counts[...longest]), values: 0...longest,
                    step: 1,
                    note: "median \(tokens.quantile(0.5)), 95 % up to \(tokens.quantile(0.95)), longest \(longest)"
                ).html)
        }
        guard report.readable > 0 else { return .empty }
        let sides = [("shorter side", report.shorterSides), ("width", report.widths), ("height", report.heights)]
        charts += sides.filter { $1.quantile(0) < $1.quantile(1) }.map(chart)
        let size = "\(report.widths.quantile(0.5))×\(report.heights.quantile(0.5))"
        let isUniform = sides.allSatisfy { $1.quantile(0) == $1.quantile(1) }
        return """
            <section aria-labelledby="spread"><h2 id="spread">Sizes and lengths</h2>
            <p>Tokens with start and end; pixels of the images as they are stored\(isUniform ? ", all of them \(size)" : "").</p>
            <div class="charts">\(charts)</div></section>
            """
    }

    private func chart(_ title: String, _ spread: DataReport.Spread) -> HTML {
        let (least, largest) = (spread.quantile(0), spread.quantile(1))
        let step = max(1, (largest - least) / 40 + 1)
        var counts = [Int](repeating: 0, count: (largest - least) / step + 1)
        for value in spread.sorted { counts[(Int(value) - least) / step] += 1 }
        let note = "median \(spread.quantile(0.5)), 90 % from \(spread.quantile(0.05)) to \(spread.quantile(0.95))"
        return BarChart(title: title, counts: counts, values: least...largest, step: step, note: note).html
    }

    private var unreadable: HTML {
        guard report.hasBadSamples else { return .empty }
        var groups = report.unreadable.map { group($0.reason, $0.samples) }
        if report.skipped.count > 0 { groups.append(group("entries that are no samples", report.skipped)) }
        return """
            <section aria-labelledby="bad"><h2 id="bad">What cannot be used</h2>
            <p>Training passes over these.</p>\(groups)</section>
            """
    }

    private func group(_ reason: String, _ samples: BadSamples) -> HTML {
        let lines = samples.first.map { "<li>\($0.description)</li>" as HTML }
        let rest: HTML = samples.count > lines.count ? "<li>and \((samples.count - lines.count).grouped) more</li>" : ""
        return "<h3>\(reason): \(samples.count.grouped)</h3><ul class=\"plain\">\(lines)\(rest)</ul>"
    }
}

// What is there more than once, and the contact sheet.
extension DataPage {
    private func duplicates() throws -> HTML {
        let images = try report.duplicateImages.largest.map { group -> HTML in
            let names = group.names.map { "<li>\($0)</li>" as HTML }
            return """
                <div class="card">\(try group.thumbnail.map(picture) ?? .empty)
                <div><h4>\(group.count) times</h4><ul class="plain">\(names)</ul></div></div>
                """
        }
        let captions = report.duplicateCaptions.largest.map { group in
            "<li>\(group.count.grouped) times: \(Self.shortened(group.names.first ?? ""))</li>" as HTML
        }
        guard !images.isEmpty || !captions.isEmpty else { return .empty }
        let imageList: HTML = images.isEmpty ? "" : "<h3>Images</h3><div class=\"cards\">\(images)</div>"
        let captionList: HTML = captions.isEmpty ? "" : "<h3>Captions</h3><ul class=\"plain\">\(captions)</ul>"
        return """
            <section aria-labelledby="twice"><h2 id="twice">What is there more than once</h2>
            <p>The largest of \(report.duplicateImages.groups.grouped) groups of images with the same file and of
            \(report.duplicateCaptions.groups.grouped) groups of captions with the same text.</p>
            \(imageList)\(captionList)</section>
            """
    }

    private func contactSheet() throws -> HTML {
        guard !report.contactSheet.isEmpty else { return .empty }
        let figures = try report.contactSheet.map { thumbnail -> HTML in
            """
            <figure>\(try picture(thumbnail))<figcaption title="\(thumbnail.name), \(thumbnail.width)×\(thumbnail.height)">\
            \(Self.shortened(thumbnail.caption))</figcaption></figure>
            """
        }
        return """
            <section aria-labelledby="sheet"><h2 id="sheet">Contact sheet</h2>
            <p>\(report.contactSheet.count) samples, evenly spread over the set, in its order.</p>
            <div class="sheet">\(figures)</div></section>
            """
    }

    private func picture(_ thumbnail: DataReport.Thumbnail) throws -> HTML {
        try Picture(thumbnail.picture, caption: Self.shortened(thumbnail.name)).html(isDescribedBeside: true)
    }

    private static func shortened(_ text: String) -> String {
        text.unicodeScalars.count > 160 ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(160))) + "…" : text
    }
}
