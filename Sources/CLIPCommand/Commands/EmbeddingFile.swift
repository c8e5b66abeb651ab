internal import ArgumentParser
internal import CLIP
internal import CLIPFiles
internal import CLIPTensor

/// A file of embeddings, in the format that its suffix names.
struct EmbeddingFile {
    private enum Format: String, CaseIterable {
        case npy
        case safetensors
        case jsonl
    }

    private let path: String
    private let format: Format

    /// Throws where the suffix names no format.
    init(path: String) throws {
        let suffix = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
        guard path.contains("."), let format = Format(rawValue: suffix) else {
            throw ValidationError("expected a .npy, .safetensors or .jsonl file")
        }
        self.path = path
        self.format = format
    }

    /// Throws where the file could not be written, before any work is done for it.
    func checkWritable() throws { _ = try AtomicFile(path: path) }

    /// Starts the file; `kind` is what its inputs are, "image" or "text".
    func writer(width: Int, kind: String) throws -> any EmbeddingWriter {
        switch format {
        case .npy: try NumpyEmbeddings(path: path, width: width)
        case .safetensors: SafetensorsEmbeddings(path: path, width: width)
        case .jsonl: try LineEmbeddings(path: path, kind: kind)
        }
    }
}

/// Takes rows over, and puts the file in its place at the end.
protocol EmbeddingWriter: AnyObject {
    func append(_ rows: Embeddings, of inputs: [String]) throws
    func finish() throws
}

private final class NumpyEmbeddings: EmbeddingWriter {
    private let writer: NumpyWriter

    init(path: String, width: Int) throws { writer = try NumpyWriter(path: path, rowShape: [width]) }

    func append(_ rows: Embeddings, of inputs: [String]) throws { try writer.append(rows.tensor()) }

    func finish() throws { try writer.finish() }
}

private final class SafetensorsEmbeddings: EmbeddingWriter {
    private let path: String
    private var rows: Embeddings

    init(path: String, width: Int) {
        self.path = path
        rows = Embeddings(width: width)
    }

    func append(_ rows: Embeddings, of inputs: [String]) { self.rows.append(rows) }

    func finish() throws { try Safetensors.write(["embeddings": rows.tensor()], to: path) }
}

private final class LineEmbeddings: EmbeddingWriter {
    private let file: AtomicFile
    private let kind: String

    init(path: String, kind: String) throws {
        file = try AtomicFile(path: path)
        self.kind = kind
    }

    func append(_ rows: Embeddings, of inputs: [String]) throws {
        for (row, input) in zip(rows, inputs) {
            let line: JSON = .object([
                .init(kind, .string(input)), .init("embedding", .array(row.map(JSON.number(shortest:)))),
            ])
            try file.write(Array("\(line.compactText)\n".utf8))
        }
    }

    func finish() throws { try file.commit() }
}
