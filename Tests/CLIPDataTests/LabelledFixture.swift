import CLIPData
import CLIPImaging
import Foundation
import Testing

extension Folder {
    /// Writes a file, and the folders it lies in.
    @discardableResult
    func put(_ content: some Sequence<UInt8>, at name: String) throws -> String {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content).write(to: file)
        return file.path
    }

    /// Writes small images, whose pixels follow from their places among the names.
    func images(_ names: String...) throws {
        for (number, name) in names.enumerated() {
            try put(Bitmap.gradient(number, width: 9, height: 8).pngData(), at: name)
        }
    }

    func source(_ name: String, _ change: (inout EvaluationSource.Options) -> Void = { _ in }) -> EvaluationSource {
        var options = EvaluationSource.Options()
        change(&options)
        return EvaluationSource(name.isEmpty ? url.path : path(name), options: options)
    }

    /// A file of names of classes.
    func classNames(_ text: String, as name: String = "names.txt") throws -> ClassNames {
        try ClassNames(contentsOf: put(text.utf8, at: name))
    }
}

extension LabelledImages {
    /// The labels of all images.
    var allLabels: [[Int]] { (0..<count).map(labels) }

    /// The pixels of an image.
    func bitmap(_ index: Int) throws -> Bitmap { try image(at: index).bitmap(named: name(at: index)) }
}

/// Expects an error of one line that ends with a text, or has it anywhere where it ends with `…`.
func expectError(_ end: String, _ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation) {
    let error = #expect(throws: (any Error).self, sourceLocation: sourceLocation) { try body() }
    let text = error.map { "\($0)" } ?? ""
    let isFound = end.hasSuffix("…") ? text.contains(end.dropLast()) : text.hasSuffix(end)
    #expect(isFound && !text.contains { $0.isNewline }, "\(text)", sourceLocation: sourceLocation)
}

/// A `.npy` file as NumPy writes it.
func npy(_ type: String, _ elements: [UInt8], count: Int) -> [UInt8] {
    var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(count),), }"
    header += String(repeating: " ", count: 117 - header.utf8.count) + "\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(header.utf8) + elements
}
