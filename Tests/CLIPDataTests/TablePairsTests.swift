import CLIPData
import CLIPFiles
import CLIPImaging
import CLIPTestSupport
import Foundation
import Testing

@Suite struct TablePairsTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func titles(_ text: String, separator: Character = ",") throws -> (titles: [String], skipped: BadSamples) {
        var options = TableOptions()
        options.separator = separator
        let pairs = try TablePairs(contentsOf: folder.write(text, to: "table.csv"), options: options)
        return ((0..<pairs.count).map { pairs.row(at: $0)["title"] ?? "-" }, pairs.skipped)
    }

    private func message(_ text: String, _ change: (inout TableOptions) -> Void = { _ in }) throws -> String? {
        var options = TableOptions()
        change(&options)
        let file = try folder.write(text, to: "table.tsv")
        return #expect(throws: DatasetError.self) { try TablePairs(contentsOf: file, options: options) }?.description
            .replacing(folder.url.path, with: "")
    }

    @Test("A row that names a pipe, a device or a folder is refused without waiting for it", .timeLimit(.minutes(1)))
    func specialFiles() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "clip-pipes-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(mkfifo(folder.appending(path: "pipe.png").path, 0o600) == 0)
        let table = folder.appending(path: "t.tsv")
        let rows = ["pipe.png", "/dev/zero", "/dev/stdin", "."].map { "\($0)\ta caption" }
        try (["filepath\ttitle"] + rows).joined(separator: "\n").write(to: table, atomically: true, encoding: .utf8)
        let pairs = try TablePairs(contentsOf: table)
        for index in 0..<pairs.count {
            let error = #expect(throws: FileError.self) { try pairs.pairs(at: index, epoch: 0) }
            #expect(error?.path == pairs.name(at: index))
        }
    }

    @Test func `quoted fields hold separators, quotes and line breaks`() throws {
        let text = "filepath,title\na,\"one, two\"\nb,\"say \"\"hi\"\"\"\nc,\"two\nlines\"\nd,5\" wide\ne,\"end\"tail\n"
        #expect(try titles(text).titles == ["one, two", "say \"hi\"", "two\nlines", "5\" wide", "endtail"])
    }

    @Test(arguments: ["\n", "\r\n", "\r"]) func `lines end as the system has it`(end: String) throws {
        let lines = ["\u{FEFF}filepath,title", "a,one", "", "  ", "b,zwei ü", "c,three"]
        let (titles, skipped) = try titles(lines.joined(separator: end))
        #expect(titles == ["one", "zwei ü", "three"])
        #expect(skipped.count == 0)
    }

    @Test func `broken lines are passed over, counted and named`() throws {
        var data = Data("filepath\ttitle\na\tgood\nb\nc\tone\ttwo\n\tno path\nd\t\ne\tn\0ul\nf\t".utf8)
        data += [0xFF, 0xFE]
        data += Data("\ng\t\"open\nh\t\(String(repeating: "x", count: 2 << 20))\ni\tlast".utf8)
        let pairs = try TablePairs(contentsOf: folder.write(data, to: "table.tsv"))
        #expect((0..<pairs.count).map(pairs.name) == ["a", "i"])
        #expect(
            pairs.skipped.first.map(\.description) == [
                "table.tsv line 3: expected 2 columns, found 1",
                "table.tsv line 4: expected 2 columns, found 3",
                "table.tsv line 5: nothing in the column filepath",
                "table.tsv line 6: nothing to make a caption of",
                "table.tsv line 7: a NUL byte",
                "table.tsv line 8: text that is not UTF-8",
                "table.tsv line 9: a quote that is not closed",
                "table.tsv line 10: 2097154 bytes in one record, expected at most 1048576",
            ])
        #expect(pairs.skipped.count == 8)
    }

    @Test func `only the first broken lines are kept by name`() throws {
        let text = "filepath,title\na,b\n" + String(repeating: "broken\n", count: 500)
        let skipped = try titles(text).skipped
        #expect(skipped.count == 500 && skipped.first.count == 10)
    }

    @Test func `files that are no table say so`() throws {
        #expect(
            try message("image,text\na,b\n")
                == "/table.tsv: expected the columns filepath and title separated by tabs, found image,text")
        #expect(try message("") == "/table.tsv: expected a line of column names, found nothing")
        #expect(
            try message("filepath\ttitle\nx\n")
                == "/table.tsv: expected rows, found none that can be read (1 broken; "
                + "the first: table.tsv line 2: expected 2 columns, found 1)")
        let missing = folder.url.appending(path: "none.tsv")
        let notFound = #expect(throws: FileError.self) { try TablePairs(contentsOf: missing) }
        #expect(notFound?.code == .notFound)
        #expect(notFound?.description == "\(missing.path): expected a table of text, found no such file")
        let noTable = #expect(throws: DatasetError.self) { try TablePairs(contentsOf: folder.url) }
        #expect(noTable?.description == "\(folder.url.path): expected a table of text, found a folder")
        #expect(throws: DatasetError.self) { try TablePairs(contentsOf: URL(filePath: "/dev/zero")) }
        let wide = try folder.write(Data([0xFF, 0xFE, 0x66, 0]), to: "wide.tsv")
        let error = #expect(throws: DatasetError.self) { try TablePairs(contentsOf: wide) }
        #expect(error?.description.hasSuffix("found UTF-16, not UTF-8") == true)
    }

    @Test func `templates with unknown places are refused`() throws {
        let text = "filepath\ttitle\tcolour\na\tb\tred\n"
        #expect(
            try message(text) { $0.captions = ["a {color} thing"] }
                == "/table.tsv: caption template \"a {color} thing\": expected one of the columns filepath, title, colour, "
                + "found {color}")
        for template in ["a {title", "a title}", ""] {
            #expect(try message(text) { $0.captions = [CaptionTemplate(template)] } != nil)
        }
        #expect(try message(text) { $0.captions = [CaptionTemplate("{title}", weight: -1)] } != nil)
        #expect(try message(text) { $0.words = ["kind": ["a": "b"]] } != nil)
    }

    @Test func `captions are drawn by weight, epoch and seed`() throws {
        var options = TableOptions()
        options.captions = [
            "{title}", CaptionTemplate("a {colour} {kind} {{}}", weight: 3), CaptionTemplate("never", weight: 0),
        ]
        options.words = ["kind": ["dog": ""], "colour": ["Red": "rosy"]]
        let file = try folder.table(of: 2)
        let pairs = try TablePairs(contentsOf: file, options: options, seed: 4)
        let drawn = try (0..<400).map { try pairs.pairs(at: 0, epoch: $0)[0].caption }
        #expect(Set(drawn) == ["picture 0", "a rosy cat {}"])
        #expect((240...360).contains(drawn.count { $0 == "a rosy cat {}" }))
        let again = try TablePairs(contentsOf: file, options: options, seed: 4)
        #expect(try (0..<400).map { try again.pairs(at: 0, epoch: $0)[0].caption } == drawn)
        // The template that needs a kind is left out where there is none.
        #expect(try Set((0..<50).map { try pairs.pairs(at: 1, epoch: $0)[0].caption }) == ["picture 1"])
    }

    @Test func `images in memory are those from files, within the budget`() throws {
        let file = try folder.table(of: 6, width: 40, height: 30)
        var options = TableOptions()
        options.images.shortestEdge = 10
        let plain = try TablePairs(contentsOf: file, options: options)
        let budget = SourceBudget(cacheBytes: 1300)
        let cached = try TablePairs(contentsOf: file, options: options, seed: 0, budget: budget)
        for epoch in 0..<3 {
            for index in 0..<6 {
                let pair = try cached.pairs(at: index, epoch: epoch)[0]
                #expect(try pair == plain.pairs(at: index, epoch: epoch)[0])
                #expect(pair.image.width == 13 && pair.image.height == 10)
            }
        }
        #expect(budget.imageBytes == 3 * 390)
    }

    @Test func `images that cannot be read are named by the loader`() throws {
        _ = try folder.table(of: 6)
        try folder.write(Data("no image".utf8), to: "text.png")
        try folder.write(Data(), to: "empty.png")
        let file = try folder.write(
            "filepath\ttitle\n0.png\ta\nmissing.png\tb\n1.png\tc\ntext.png\td\nempty.png\te\n2.png\tf\n3.png\tg\n",
            to: "some.tsv")
        let loader = try BatchLoader(TablePairs(contentsOf: file), LoaderOptions(batch: 4) { $0.shuffles = false })
        #expect(try loader.next()?.captions == ["a", "c", "f", "g"])
        let bad = loader.report.bad.first
        #expect(bad.map(\.name) == ["missing.png", "text.png", "empty.png"])
        #expect(bad[0].description == "missing.png: expected a file, found none (No such file or directory)")
    }

    @Test func `paths may be relative to another folder`() throws {
        _ = try folder.table(of: 1)
        let elsewhere = try Folder()
        let file = try elsewhere.write("filepath\ttitle\n0.png\ta\n", to: "table.tsv")
        var options = TableOptions()
        options.imageFolder = folder.url
        #expect(try TablePairs(contentsOf: file, options: options).pairs(at: 0, epoch: 0)[0].image.width == 12)
        #expect(throws: FileError.self) { try TablePairs(contentsOf: file).pairs(at: 0, epoch: 0) }
    }

    @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.reason)))
    func `the fashion table is read whole`() throws {
        let pairs = try TablePairs(contentsOf: SharedData.folder.appending(path: "fashion/train.tsv"))
        #expect(pairs.count == 6654 && pairs.skipped.count == 0)
        #expect(try pairs.pairs(at: 0, epoch: 0)[0].caption == "Nike Women As Nike Eleme White T-Shirt")
    }
}
