internal import CLIPFiles
public import Foundation

extension FilePairs {
    /// Reads a file with a JSON object on each line: `{"image": "a.jpg", "caption": "a dog"}`. The caption may be a list of
    /// texts, of which one is drawn for each epoch. Lines that are broken are passed over and counted in ``skipped``.
    ///
    /// - Parameter seed: What captions are drawn by, with the epoch and the line.
    /// - Throws: `FileError` where there is no such file, ``DatasetError`` where no line can be read.
    public init(jsonLines file: URL, options: Options = Options(), seed: UInt64 = 0) throws {
        let budget = SourceBudget(cacheBytes: options.images.cacheBytes)
        try self.init(jsonLines: file, options: options, seed: seed, budget: budget)
    }

    init(jsonLines file: URL, options: Options, seed: UInt64, budget: SourceBudget) throws {
        let lines = try JSONLines(file: file.path, options)
        let list = try lines.captionedFiles()
        try self.init(
            list, in: file.deletingLastPathComponent(), name: file.path, options: options, seed: seed, budget: budget)
    }
}

/// A file with a JSON object on each line.
struct JSONLines {
    private let file: MappedFile
    private let path: String
    private let imageKey: String
    private let captions: Captions

    /// Where the captions of an object come from.
    private enum Captions {
        case key(String)
        case keys([String], CaptionSource)
        /// Texts that name classes.
        case labels(String, separator: Character?)
    }

    private var name: String { (path as NSString).lastPathComponent }

    /// A longer line is broken: 1 MiB.
    private static let longestLine = 1 << 20
    /// How much of the file a thread reads at a time.
    private static let pieceSize = 4 << 20

    init(file path: String, _ options: FilePairs.Options) throws {
        file = try MappedFile(path: path)
        self.path = path
        imageKey = options.imageKey ?? "image"
        guard !options.captions.isEmpty else {
            captions = .key(options.captionKey ?? "caption")
            return
        }
        var keys: [String] = []
        for name in try options.captions.flatMap({ try $0.columns(file: path) }) where !keys.contains(name) {
            keys.append(name)
        }
        captions = .keys(keys, try CaptionSource(TableOptions(options), columns: keys, file: path))
    }

    /// The lines as images with the names of their classes in the place of captions.
    init(file path: String, imageKey: String, labelKey: String, separator: Character?) throws {
        file = try MappedFile(path: path)
        (self.path, self.imageKey) = (path, imageKey)
        captions = .labels(labelKey, separator: separator)
    }

    /// The images and captions of all lines, read on all processors.
    ///
    /// - Throws: ``DatasetError`` where no line has a key of the captions' templates.
    func captionedFiles() throws -> CaptionedFiles {
        var list = listOfAll()
        guard case .keys(let keys, let source) = captions, list.count > 0 else { return list }
        list.kind = .cells(source)
        for (number, key) in keys.enumerated()
        where !(0..<list.count).contains(where: { !list.captions(at: $0)[number].isEmpty }) {
            throw DatasetError(path, "expected lines with the key \(key.quoted()) of a caption template, found none")
        }
        return list
    }

    private func listOfAll() -> CaptionedFiles {
        let pieces = pieces()
        let lineCounts = parallelMap(pieces.count) { file.bytes[pieces[$0]].count { $0 == UInt8(ascii: "\n") } }
        let firstLines = lineCounts.reduce(into: [1]) { $0.append($0[$0.count - 1] + $1) }
        let lists = parallelMap(pieces.count) { piece in
            list(of: pieces[piece], from: firstLines[piece])
        }
        return lists.reduce(into: CaptionedFiles()) { $0.append($1) }
    }

    /// Parts of the file that end with a line's end.
    private func pieces() -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var start = file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while start < file.count {
            let least = min(start + Self.pieceSize, file.count)
            let end = file.bytes[least...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? file.count
            pieces.append(start..<end)
            start = end
        }
        return pieces
    }

    private func list(of piece: Range<Int>, from firstLine: Int) -> CaptionedFiles {
        var list = CaptionedFiles()
        var (start, number) = (piece.lowerBound, firstLine)
        while start < piece.upperBound {
            let end = file.bytes[start..<piece.upperBound].firstIndex(of: UInt8(ascii: "\n")) ?? piece.upperBound
            let line = UnsafeRawBufferPointer(rebasing: file.bytes[start..<end])
            if !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) {
                add(line, "\(name) line \(number)", to: &list)
            }
            (start, number) = (end + 1, number + 1)
        }
        return list
    }

    private func add(_ line: UnsafeRawBufferPointer, _ place: String, to list: inout CaptionedFiles) {
        guard line.count <= Self.longestLine else {
            list.skipped.add(
                BadSample(name: place, reason: "expected at most \(Self.longestLine) bytes, found \(line.count)"))
            return
        }
        do {
            let object = try JSON(parsing: line)
            guard object.members != nil else {
                list.skipped.add(BadSample(name: place, reason: "expected a JSON object, found \(object.kind)"))
                return
            }
            let image = object[imageKey]?.string
            switch captions {
            case .key(let key): list.append(path: image, captions: object[key]?.texts ?? [], name: place)
            case .keys(let keys, let source):
                list.append(path: image, cells: keys.map { object[$0]?.cell ?? "" }, source, name: place)
            case .labels(let key, let separator):
                list.append(path: image, labels: object[key]?.labels(separator), separator, name: place)
            }
        } catch {
            list.skipped.add(BadSample(name: place, reason: "expected JSON: \(error)"))
        }
    }
}

extension JSON {
    /// A text alone, or the texts of a list.
    fileprivate var texts: [String] { string.map { [$0] } ?? array?.compactMap(\.string) ?? [] }

    /// The names of classes: those of a list, or those of a text between separators. `nil` where there is no text.
    fileprivate func labels(_ separator: Character?) -> [String]? {
        if let array { return array.compactMap(\.cell) }
        return cell.flatMap { CaptionedFiles.labels(in: $0, separator) }
    }

    /// A text, a number or a truth value as a table has it.
    fileprivate var cell: String? {
        switch self {
        case .string(let text): text
        case .integer, .unsigned, .number, .bool: compactText
        default: nil
        }
    }
}
