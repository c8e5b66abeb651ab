internal import CLIPFiles
import Foundation

/// The two sets of CIFAR in their binary version: records of one label, or a coarse and a fine one, and 32 × 32 pixels in planes
/// of red, green and blue. https://www.cs.toronto.edu/~kriz/cifar.html
enum CIFAR {
    /// Ten classes.
    case ten
    /// A hundred classes, of which the fine labels are read.
    case hundred

    /// The set whose files a folder has; `nil` where it has neither's.
    init?(_ files: [String]) {
        if files.contains("test_batch.bin") || files.contains("data_batch_1.bin") {
            self = .ten
        } else if files.contains("fine_label_names.txt") || files.contains("test.bin") || files.contains("train.bin") {
            self = .hundred
        } else {
            return nil
        }
    }

    var classCount: Int { self == .ten ? 10 : 100 }

    /// The bytes before the pixels; the last of them is the label.
    var labelBytes: Int { self == .ten ? 1 : 2 }

    /// The file with the names of the classes.
    var namesFile: String { self == .ten ? "batches.meta.txt" : "fine_label_names.txt" }

    /// The files of a split; `nil` for one that there is not.
    func files(of split: String) -> [String]? {
        switch (self, split) {
        case (.ten, "test"): ["test_batch.bin"]
        case (.ten, "train"): (1...5).map { "data_batch_\($0).bin" }
        case (.hundred, "test"): ["test.bin"]
        case (.hundred, "train"): ["train.bin"]
        default: nil
        }
    }
}

extension RecordImages {
    /// Reads CIFAR's files. The names of the classes are those of the file beside them, or those that are given.
    ///
    /// - Parameter split: `test` or `train`.
    /// - Throws: `FileError` or ``DatasetError`` for a file that is missing or broken, and for a label that is that of no class.
    init(cifar: CIFAR, in folder: String, split: String, names: ClassNames?, name: String) throws {
        guard let files = cifar.files(of: split) else {
            throw DatasetError(folder, "expected the split test or train of CIFAR's files, found \(split.quoted())")
        }
        let classes = try Self.classes(of: cifar, in: folder, names)
        let layout = Layout(width: 32, height: 32, isColored: true)
        let stride = cifar.labelBytes + layout.byteCount
        var (parts, labels) = ([Part](), LabelLists())
        for path in files.map({ "\(folder)/\($0)" }) {
            let file = try UnpackedFile(records: path)
            guard file.count > 0, file.count.isMultiple(of: stride) else {
                throw DatasetError(path, "expected records of \(stride) bytes each, found \(file.count) bytes")
            }
            let first = labels.count
            for record in 0..<(file.count / stride) {
                let label = try file.bytes(of: Extent(offset: record * stride + cifar.labelBytes - 1, count: 1))[0]
                try checkLabel(Int(label), of: cifar.classCount, "\(path) image \(record)")
                labels.append(Int(label))
            }
            parts.append(Part(file: file, start: cifar.labelBytes, stride: stride, range: first..<labels.count))
        }
        self.init(parts, layout, labels: labels, classes: classes, name: name)
    }

    private static func classes(of cifar: CIFAR, in folder: String, _ given: ClassNames?) throws -> SetClasses {
        let path = "\(folder)/\(cifar.namesFile)"
        let own = FileManager.default.fileExists(atPath: path) ? try TextList.lines(of: path) : nil
        let missing = DatasetError(folder, "expected \(cifar.namesFile) or names of the classes, found neither")
        let classes = try SetClasses(given, own: own, missing: missing)
        guard classes.synonyms.count == cifar.classCount else {
            throw DatasetError(
                own == nil ? given?.file ?? path : path,
                "expected the names of \(cifar.classCount) classes, found \(classes.synonyms.count)")
        }
        return classes
    }
}
