internal import CLIPFiles
import Foundation

/// A file of MNIST's format: a magic number that says the type and the number of dimensions, the sizes of these as big-endian
/// integers of 32 bits, and the elements. https://yann.lecun.com/exdb/mnist/
private struct IDXFile {
    let file: UnpackedFile
    let sizes: [Int]
    /// Where the elements begin.
    let start: Int

    /// Opens a file of bytes in so many dimensions, and checks its size against its header.
    init(_ path: String, dimensions: Int) throws {
        file = try UnpackedFile(records: path)
        let expected = "expected an idx file of bytes in \(dimensions) dimension\(dimensions == 1 ? "" : "s")"
        start = 4 + 4 * dimensions
        guard file.count >= start else {
            throw DatasetError(path, "\(expected), found only \(file.count) bytes")
        }
        let header = try file.bytes(of: Extent(offset: 0, count: start))
        let magic: [UInt8] = [0, 0, 8, UInt8(dimensions)]
        guard header.starts(with: magic) else {
            throw DatasetError(
                path, "\(expected) (\(Self.hexadecimal(magic))), found \(Self.hexadecimal(header[..<4]))")
        }
        sizes = (1...dimensions).map { dimension in
            header[(4 * dimension)..<(4 * dimension + 4)].reduce(0) { $0 << 8 | Int($1) }
        }
        var count = 1
        for size in sizes {
            let (product, overflows) = count.multipliedReportingOverflow(by: size)
            count = overflows ? .max : product
        }
        guard count > 0, count == file.count - start else {
            let shape = sizes.map(String.init).joined(separator: " × ")
            throw DatasetError(
                path, "expected \(shape) bytes behind the header, as it says, found \(file.count - start)")
        }
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        "0x" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension RecordImages {
    /// The digits, which are MNIST's classes where nobody names others.
    private static let digits = (0...9).map(String.init)
    /// No image of such a set is longer or wider.
    private static let longestSide = 4096

    /// Whether a folder's files are those of MNIST, Fashion-MNIST or another set of the format.
    static func isIDX(_ files: [String]) -> Bool { files.contains { $0.contains("idx3-ubyte") } }

    /// Reads MNIST's files: `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, or `train-…`; a dot may stand before `idx`,
    /// and `.gz` at the end.
    ///
    /// - Parameter split: `test` or `train`.
    /// - Throws: `FileError` or ``DatasetError`` for a file that is missing or broken, and for a label that is that of no class.
    init(idxIn folder: String, split: String, names: ClassNames?, name: String) throws {
        guard let prefix = ["test": "t10k", "train": "train"][split] else {
            throw DatasetError(folder, "expected the split test or train of MNIST's files, found \(split.quoted())")
        }
        let images = try IDXFile(Self.file("\(prefix)-images", "idx3-ubyte", in: folder), dimensions: 3)
        let labels = try IDXFile(Self.file("\(prefix)-labels", "idx1-ubyte", in: folder), dimensions: 1)
        let (count, height, width) = (images.sizes[0], images.sizes[1], images.sizes[2])
        guard max(width, height) <= Self.longestSide else {
            throw DatasetError(
                images.file.path,
                "expected images of at most \(Self.longestSide) pixels a side, found \(width)×\(height)")
        }
        guard labels.sizes[0] == count else {
            throw DatasetError(
                labels.file.path, "expected \(count) labels, as many as there are images, found \(labels.sizes[0])")
        }
        // A list of names by index is the set's own; names by class have the digits for keys.
        let own = names == nil || names?.keys != nil ? Self.digits : nil
        let classes = try SetClasses(names, own: own, missing: DatasetError(folder, "expected names of classes"))
        var lists = LabelLists()
        let bytes = try labels.file.bytes(of: Extent(offset: labels.start, count: count))
        for (index, label) in bytes.enumerated() {
            try checkLabel(Int(label), of: classes.synonyms.count, "\(labels.file.path) label \(index)")
            lists.append(Int(label))
        }
        let part = Part(file: images.file, start: images.start, stride: width * height, range: 0..<count)
        let layout = Layout(width: width, height: height, isColored: false)
        self.init([part], layout, labels: lists, classes: classes, name: name)
    }

    private static func file(_ stem: String, _ kind: String, in folder: String) throws -> String {
        let names = ["-", "."].flatMap { mark in ["", ".gz"].map { "\(stem)\(mark)\(kind)\($0)" } }
        if let name = names.first(where: { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }) {
            return "\(folder)/\(name)"
        }
        throw FileError(.notFound, path: "\(folder)/\(names[0])", "expected this file, or it packed as .gz, found none")
    }
}
