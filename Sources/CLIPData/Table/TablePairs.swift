import CLIPImaging
public import Foundation

/// Pairs from a table of image paths and captions: a TSV or CSV file with a line of column names.
///
/// ```swift
/// var options = TableOptions()
/// options.captions = ["{title}", "a photo of {colour} {type} for {gender}"]
/// let pairs = try TablePairs(contentsOf: URL(filePath: "train.tsv"), options: options)
/// ```
///
/// Lines that are broken are passed over and counted in ``skipped``. Images are read when they are asked for, so that a
/// missing file is found by the loader.
public struct TablePairs: StoredPairs {
    /// The lines that were passed over.
    public var skipped: BadSamples { table.skipped }
    /// The names of the columns.
    public var columns: [String] { table.columns }

    private let table: Table
    private let captions: CaptionSource
    private let images: ImageStore
    private let imageColumn: Int
    private let places: ImagePlaces
    private let seed: UInt64

    /// Reads a table.
    ///
    /// - Parameter seed: What captions are drawn from, with the epoch and the row.
    /// - Throws: ``DatasetError`` where the file is no table, lacks a column, has no row left, or a template is wrong.
    public init(contentsOf file: URL, options: TableOptions = TableOptions(), seed: UInt64 = 0) throws {
        let budget = SourceBudget(cacheBytes: options.images.cacheBytes)
        try self.init(contentsOf: file, options: options, seed: seed, budget: budget)
    }

    package init(contentsOf file: URL, options: TableOptions, seed: UInt64, budget: SourceBudget) throws {
        var table = try Table(contentsOf: file, separator: options.separatorByte(file.path))
        let required = options.captions.isEmpty ? [options.imageKey, options.captionKey] : [options.imageKey]
        let imageColumn = try Self.column(required, in: table.columns, of: file, separator: options.separator)
        let captions = try CaptionSource(options, columns: table.columns, file: file.path)
        table.readRows { cells in
            if cells[imageColumn].isEmpty { return "nothing in the column \(options.imageKey)" }
            return captions.isApplicable(to: cells) ? nil : "nothing to make a caption of"
        }
        guard table.count > 0 else {
            let first = table.skipped.first.first.map { "; the first: \($0)" } ?? ""
            throw DatasetError(
                file.path, "expected rows, found none that can be read (\(table.skipped.count) broken\(first))")
        }
        (self.table, self.captions, self.imageColumn) = (table, captions, imageColumn)
        images = ImageStore(count: table.count, shortestEdge: options.images.shortestEdge, budget: budget.images)
        places = ImagePlaces(folder: (options.imageFolder ?? file.deletingLastPathComponent()).path)
        self.seed = captionSeed(seed)
    }

    /// The number of rows that can be read.
    public var count: Int { table.count }

    /// The pair of a row, its caption drawn for the epoch.
    public func pairs(at index: Int, epoch: Int) throws -> [Pair] {
        let caption = try caption(at: index, epoch: epoch)
        let name = name(at: index)
        let image = try images.image(at: index) { try Bitmap(file: places.path(of: name), name: name) }
        return [Pair(image: image, caption: caption)]
    }

    /// The caption of a row, drawn for the epoch.
    public func captions(at index: Int, epoch: Int) throws -> [String] { [try caption(at: index, epoch: epoch)] }

    private func caption(at index: Int, epoch: Int) throws -> String {
        let cells = table.cells(at: index)
        var generator = SeededGenerator(sample: index, epoch: epoch, seed: seed)
        return try captions.caption(for: cells, of: cells[imageColumn], using: &generator)
    }

    /// Throws where the folder that the row's image is relative to is gone.
    public func checkPresence(at index: Int, epoch: Int) throws { try places.checkPresence(of: name(at: index)) }

    package func imageBytes(at index: Int) throws -> [UInt8] {
        let name = name(at: index)
        return try storedImage(places.path(of: name), name: name)
    }

    /// What each of the templates makes of the row.
    package func allCaptions(at index: Int) throws -> [String] {
        let cells = table.cells(at: index)
        return try CaptionText.checked(captions.all(for: cells), cells[imageColumn])
    }

    package var makesCaptions: Bool { true }

    /// The path of the row's image, as the table has it.
    public func name(at index: Int, epoch: Int) -> String { table.cells(at: index)[imageColumn] }

    /// The path of the row's image with its folder.
    public func imageName(at index: Int, epoch: Int) -> String { places.path(of: name(at: index)) }

    /// The cells of a row by column name.
    public func row(at index: Int) -> [String: String] {
        Dictionary(zip(columns, table.cells(at: index))) { first, _ in first }
    }

    /// Where the row's image lies.
    public func imageFile(at index: Int) -> URL {
        URL(filePath: places.path(of: name(at: index)), directoryHint: .notDirectory)
    }

    /// The place of the first of the required columns.
    static func column(
        _ required: [String], in columns: [String], of file: URL, separator: Character
    ) throws -> Int {
        guard let first = columns.firstIndex(of: required[0]), required.allSatisfy(columns.contains) else {
            let kind = separator == "\t" ? "tabs" : "\"\(separator)\""
            throw DatasetError(
                file.path,
                "expected the columns \(required.joined(separator: " and ")) separated by \(kind), found "
                    + columns.map { String($0.prefix(80)) }.prefix(20).joined(separator: ", "))
        }
        return first
    }
}
