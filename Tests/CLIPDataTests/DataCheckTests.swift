import CLIPData
import CLIPImaging
import Foundation
import Testing

@Suite("A look through a data set") struct DataCheckTests {
    private let folder: Folder
    private let pairs: TablePairs

    init() throws {
        folder = try Folder()
        _ = try folder.table(of: 200)
        try FileManager.default.copyItem(atPath: folder.path("5.png"), toPath: folder.path("copy.png"))
        _ = try folder.write("no image", to: "text.png")
        let whole = try Data(contentsOf: folder.url.appending(path: "6.png"))
        try folder.write(whole.prefix(whole.count / 2), to: "half.png")
        try folder.write(Bitmap.gradient(1, width: 300, height: 40).pngData(), to: "wide.png")
        let rows = (0..<200).map { "\($0).png\tpicture \($0 % 150)" }
        let others = [
            "copy.png\ta copy", "text.png\tno image", "none.png\tnone", "none2.png\tnone", "half.png\thalf",
            "wide.png\t<script>alert(1)</script> & a long, long caption", "short",
        ]
        pairs = try TablePairs(
            contentsOf: folder.write((["filepath\ttitle"] + rows + others).joined(separator: "\n"), to: "all.tsv"))
    }

    private func report() throws -> DataReport {
        try DataCheck.report(on: pairs, named: "all.tsv", tokenizer: ByteTokenizer())
    }

    @Test("what can be read is counted, and what cannot is told by its reason")
    func counts() throws {
        let report = try report()
        #expect(report.samples == 206 && report.readable == 202 && report.captions == 202 && report.skipped.count == 1)
        #expect(
            report.unreadable.map(\.reason) == ["missing file", "not a JPEG, PNG or WebP image", "truncated image"])
        #expect(report.unreadable.map(\.samples.count) == [2, 1, 1])
        #expect(report.unreadable[0].samples.first.map(\.name) == ["none.png", "none2.png"])
        #expect(report.hasBadSamples && report.formats == [.png: 202] && report.modes == [.rgb: 202])
    }

    @Test("images and captions that are there more than once are found")
    func duplicates() throws {
        let report = try report()
        #expect(report.duplicateImages.groups == 1 && report.duplicateImages.superfluous == 1)
        #expect(report.duplicateImages.largest[0].names == ["5.png", "copy.png"])
        #expect(report.duplicateImages.largest[0].thumbnail?.width == 12)
        #expect(report.duplicateCaptions.groups == 50 && report.duplicateCaptions.superfluous == 50)
        #expect(report.duplicateCaptions.largest.first?.names == ["picture 0"])
    }

    @Test("lengths and sizes are spread as they are")
    func spreads() throws {
        let report = try report()
        let tokens = try #require(report.tokens)
        #expect(tokens.cut == 1 && tokens.counts.reduce(0, +) == 202 && tokens.quantile(1) == 16)
        #expect(tokens.quantile(0.5) == "picture 50".utf8.count + 2)
        #expect(
            report.widths.quantile(0) == 12 && report.widths.quantile(1) == 300 && report.heights.quantile(0.5) == 10)
    }

    @Test("a quantile is the smallest number that a share of them does not exceed")
    func quantiles() {
        let spread = DataReport.Spread((1...20).map { Int32($0) })
        var tokens = DataReport.TokenLengths(context: 20, counts: Array(repeating: 1, count: 21))
        tokens.counts[0] = 0
        for (share, number) in [(0, 1), (0.05, 1), (0.06, 2), (0.5, 10), (0.95, 19), (1, 20)] {
            #expect(spread.quantile(share) == number && tokens.quantile(share) == number)
        }
        #expect(DataReport.Spread([]).quantile(0.5) == 0)
    }

    @Test("kinds that are equally common are in the order of their names")
    func ties() throws {
        var counted = try report()
        counted.formats = [.png: 2, .webp: 2, .jpeg: 2]
        #expect(counted.formatCounts.map(\.name) == ["jpeg", "png", "webp"])
        counted.formats[.webp] = 3
        #expect(counted.formatCounts.map(\.name) == ["webp", "jpeg", "png"])
    }

    @Test("the contact sheet is bounded and spread over the set")
    func contactSheet() throws {
        let sheet = try report().contactSheet
        #expect((110...120).contains(sheet.count) && sheet[0].name == "0.png")
        #expect(sheet.allSatisfy { max($0.picture.width, $0.picture.height) <= 112 })
    }

    @Test("the report is the same whatever thread looks at what")
    func repeats() throws {
        #expect(try report().json == report().json)
    }

    @Test("the page holds all of it, and no caption becomes markup")
    func page() throws {
        let html = try DataPage(report()).html()
        #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !html.contains("<script"))
        #expect(html.contains("missing file: 2") && html.contains("data:image/png;base64,") && html.count < 3_000_000)
        #expect(!html.contains("http"))
    }

    @Test("a set without one readable sample has a report")
    func nothing() throws {
        let file = try folder.write("filepath\ttitle\nnone.png\ta\n", to: "nothing.tsv")
        let report = try DataCheck.report(
            on: TablePairs(contentsOf: file), named: "nothing", tokenizer: ByteTokenizer())
        #expect(report.readable == 0 && report.contactSheet.isEmpty)
        #expect(try DataPage(report).html().contains("missing file"))
    }

    @Test("a look that is to stop stops")
    func stop() throws {
        #expect(throws: CancellationError.self) {
            try DataCheck.report(on: pairs, named: "", tokenizer: nil, shouldStop: { true })
        }
    }
}
