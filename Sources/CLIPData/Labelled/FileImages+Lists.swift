internal import CLIPFiles
import Foundation

extension CaptionedFiles {
    /// The names of classes in a cell: what stands between separators, or all of it. `nil` where nothing stands there.
    static func labels(in cell: String, _ separator: Character?) -> [String]? {
        let parts = separator.map { cell.split(separator: $0).map(String.init) } ?? [cell]
        let said = parts.compactMap(CaptionText.said)
        return said.isEmpty ? nil : said
    }

    /// Adds an image with the names of its classes, or counts it as passed over where it has no path, or no class though just
    /// one is expected.
    mutating func append(path: String?, labels: [String]?, _ separator: Character?, name: @autoclosure () -> String) {
        guard let path, !path.isEmpty else {
            return skipped.add(BadSample(name: name(), reason: "expected an image's path, found none"))
        }
        guard let labels = labels ?? (separator == nil ? nil : []) else {
            return skipped.add(BadSample(name: name(), reason: "expected a label, found none"))
        }
        append(path: path, captions: labels)
    }
}

extension FileImages {
    /// How lists of images and labels are read.
    struct ListOptions {
        var imageKey: String
        var labelKey: String
        /// What separates the cells of a table.
        var separator: Character = "\t"
        /// What separates the classes of an image that may have several.
        var labelSeparator: Character?
        /// The folder that paths are relative to, the list's own if `nil`.
        var imageFolder: String?
        var classNames: ClassNames?
        /// What reports call the set.
        var name: String
    }

    /// Reads a TSV or CSV file. A row without a path is passed over, and one without a class unless an image may have several.
    ///
    /// - Throws: ``DatasetError`` where the file is no table, lacks a column, has no row left, or a label is not among the
    ///   classes that are given.
    init(table file: URL, _ options: ListOptions) throws {
        var tableOptions = TableOptions()
        tableOptions.separator = options.separator
        var table = try Table(contentsOf: file, separator: tableOptions.separatorByte(file.path))
        let keys = [options.imageKey, options.labelKey]
        let image = try TablePairs.column(keys, in: table.columns, of: file, separator: options.separator)
        guard let label = table.columns.firstIndex(of: options.labelKey) else { preconditionFailure("it was found") }
        table.readRows { cells in
            if cells[image].isEmpty { return "nothing in the column \(options.imageKey)" }
            let isLabelled = options.labelSeparator != nil || CaptionedFiles.labels(in: cells[label], nil) != nil
            return isLabelled ? nil : "nothing in the column \(options.labelKey)"
        }
        var list = CaptionedFiles()
        list.skipped = table.skipped
        for row in 0..<table.count {
            let cells = table.cells(at: row)
            let labels = CaptionedFiles.labels(in: cells[label], options.labelSeparator)
            list.append(path: cells[image], captions: labels ?? [])
        }
        try self.init(list, file: file, isMultiLabel: options.labelSeparator != nil, options)
    }

    /// Reads a file with a JSON object on each line, whose label is a text, a number, or a list of them. The set has several
    /// labels an image where a list has other than one, or a separator is given.
    init(jsonLines file: URL, _ options: ListOptions) throws {
        let list = try JSONLines(
            file: file.path, imageKey: options.imageKey, labelKey: options.labelKey, separator: options.labelSeparator
        ).captionedFiles()
        let isMultiLabel =
            options.labelSeparator != nil || (0..<list.count).contains { list.captions(at: $0).count != 1 }
        try self.init(list, file: file, isMultiLabel: isMultiLabel, options)
    }

    /// The images of a list that has the names of their classes in the place of captions.
    private init(_ list: CaptionedFiles, file: URL, isMultiLabel: Bool, _ options: ListOptions) throws {
        guard list.count > 0 else {
            let first = list.skipped.first.first.map { "; the first: \($0)" } ?? ""
            throw DatasetError(
                file.path, "expected images with labels, found none (\(list.skipped.count) without\(first))")
        }
        let classes = try LabelClasses(options.classNames, found: list, file: file.path)
        var labels = LabelLists()
        for index in 0..<list.count {
            labels.append(
                try list.captions(at: index).map { try classes.index(of: $0, list.path(at: index), file.path) })
        }
        self.init(
            list, labels: labels, classes: classes.classes, isMultiLabel: isMultiLabel,
            in: options.imageFolder ?? file.deletingLastPathComponent().path, name: options.name)
    }
}

/// The classes that labels written as texts name.
private struct LabelClasses {
    let classes: SetClasses
    private var places: [ExactString: Int] = [:]
    /// Whether labels may be indices: where the classes are given and none of them is called by a number.
    private let mayBeIndices: Bool

    /// The classes that are given, or else the different labels of a list, sorted by their bytes.
    init(_ given: ClassNames?, found list: CaptionedFiles, file: String) throws {
        let names = given.map { $0.keys ?? $0.names } ?? Self.labels(of: list)
        guard !names.isEmpty else { throw DatasetError(file, "expected labels, found none") }
        for (index, name) in names.enumerated() where places.updateValue(index, forKey: ExactString(name)) != nil {
            throw DatasetError(
                given?.file ?? file,
                "expected different names of classes to find labels by, found \(name.quoted()) again")
        }
        mayBeIndices = given != nil && !names.contains { Int($0) != nil }
        classes = try SetClasses(given, own: names, missing: DatasetError(file, "expected labels, found none"))
    }

    private static func labels(of list: CaptionedFiles) -> [String] {
        var labels: Set<ExactString> = []
        for index in 0..<list.count { labels.formUnion(list.captions(at: index).map { ExactString($0) }) }
        return labels.map(\.text).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    func index(of label: String, _ image: String, _ file: String) throws -> Int {
        if let index = places[ExactString(label)] { return index }
        if mayBeIndices, let index = Int(label), (0..<places.count).contains(index) { return index }
        throw DatasetError(
            file,
            "the image \(image.quoted()): expected a label of the \(places.count) classes that are given, found "
                + label.quoted())
    }
}
