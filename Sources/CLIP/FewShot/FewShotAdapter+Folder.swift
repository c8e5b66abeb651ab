internal import CLIPCheckpoints
internal import CLIPFiles
internal import CLIPTensor
internal import Foundation

/// An adapter's folder: `few_shot.json` says what it is, `few_shot.safetensors` holds its numbers in 32 bits.
extension FewShotAdapter {
    private static let description = "few_shot.json"
    private static let tensors = "few_shot.safetensors"

    /// The names of all files of an adapter's folder.
    package static let files: Set<String> = [description, tensors]

    /// Whether a folder says that it holds a few-shot adapter.
    public static func isPresent(in path: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(path)/\(description)")
    }

    /// Reads a folder. Throws `FileError` for what is missing or does not fit together.
    public init(opening path: String) throws {
        let fields = try Fields(file: "\(path)/\(Self.description)")
        let labels = try fields.labels()
        let (width, shots) = (try fields.count("width"), try fields.count("shots"))
        let parts = AdapterParts(
            fields: fields, file: try Safetensors(opening: "\(path)/\(Self.tensors)"), labels: labels.count,
            width: width)
        self.init(
            labels: labels, form: try parts.form(), method: try fields.string("method"), shots: shots,
            model: fields["model"]?.string)
    }

    /// Writes the folder, whole or not at all.
    public func write(to path: String) throws {
        try AtomicFolder.write(to: path, replaceable: Self.files) { folder in
            try folder.writing(Self.tensors) { try Safetensors.write(form.tensors(), to: $0) }
            let members: [JSON.Member] = [
                .init("method", .string(method)), .init("shots", .integer(shots)), .init("width", .integer(width)),
                .init("labels", .array(labels.map(JSON.string))),
            ]
            let digest = model.map { [JSON.Member("model", .string($0))] } ?? []
            try folder.write(JSON.object(form.members + members + digest).indentedText.utf8, as: Self.description)
        }
    }
}

extension FewShotAdapter.Form {
    /// What the description says of this form.
    fileprivate var members: [JSON.Member] {
        switch self {
        case .linear: [.init("form", "linear")]
        case .cache(let cache):
            [
                .init("form", "cache"), .init("logit_scale", .number(cache.scale)),
                .init("alpha", .number(cache.alpha)), .init("beta", .number(cache.beta)),
            ]
        case .residual(let residual):
            [
                .init("form", "residual"), .init("logit_scale", .number(residual.scale)),
                .init("ratio", .number(residual.ratio)),
            ]
        }
    }

    fileprivate func tensors() throws -> [String: Tensor] {
        switch self {
        case .linear(let linear):
            [
                "weight": try linear.weights.tensor(),
                "bias": try Tensor(linear.biases, shape: [linear.biases.count]),
            ]
        case .cache(let cache):
            [
                "text": try cache.text.tensor(), "keys": try cache.keys.tensor(),
                "classes": try Tensor(cache.classes.map(Int64.init), shape: [cache.classes.count]),
            ]
        case .residual(let residual):
            [
                "text": try residual.text.tensor(), "down": try residual.down.tensor(),
                "up": try residual.up.tensor(),
            ]
        }
    }
}

/// The files of a folder, from which a form is read.
private struct AdapterParts {
    let fields: Fields
    let file: Safetensors
    let labels: Int
    let width: Int

    func form() throws -> FewShotAdapter.Form {
        let name = try fields.string("form")
        switch name {
        case "linear":
            return .linear(.init(weights: try rows("weight", labels), biases: try file.numbers("bias", [labels])))
        case "cache": return .cache(try cache())
        case "residual": return .residual(try residual())
        default: throw fields.refused("form", "linear, cache or residual", name.quoted())
        }
    }

    private func cache() throws -> FewShotAdapter.Cache {
        let classes = try classes()
        return FewShotAdapter.Cache(
            text: try rows("text", labels), scale: try number("logit_scale"),
            keys: try rows("keys", classes.count), classes: classes, alpha: try number("alpha"),
            beta: try number("beta"))
    }

    private func residual() throws -> FewShotAdapter.Residual {
        let hidden = file.entry("down")?.shape.first ?? 0
        return FewShotAdapter.Residual(
            text: try rows("text", labels), scale: try number("logit_scale"), down: try rows("down", hidden),
            up: try rows("up", width, of: hidden), ratio: try number("ratio", below: 1))
    }

    private func rows(_ name: String, _ count: Int, of width: Int? = nil) throws -> Embeddings {
        let width = width ?? self.width
        return Embeddings(width: max(1, width), values: try file.numbers(name, [count, width]))
    }

    private func classes() throws -> [Int] {
        guard let entry = file.entry("classes"), entry.dtype == .int64, entry.shape.count == 1,
            entry.shape[0] > 0
        else {
            let found = file.entry("classes").map { "\($0.shape) of \($0.dtype)" } ?? "none"
            throw FileError(
                .badData, path: file.path, "expected the tensor classes of a list of int64, found \(found)")
        }
        let classes = try file.tensor("classes").elements(as: Int64.self)
        guard let wrong = classes.first(where: { !(0..<Int64(labels)).contains($0) }) else {
            return classes.map(Int.init)
        }
        throw FileError(.badData, path: file.path, "expected classes from 0 to \(labels - 1), found \(wrong)")
    }

    /// A number from 0 that 32 bits hold.
    private func number(_ name: String, below limit: Double = Double(Float.greatestFiniteMagnitude)) throws -> Double {
        let number = try fields.double(name)
        guard (0...limit).contains(number) else { throw fields.refused(name, "0 to \(limit)", "\(number)") }
        return number
    }
}

extension Fields {
    /// A whole number above 0.
    fileprivate func count(_ name: String) throws -> Int {
        let count = try integer(name)
        guard count > 0 else { throw refused(name, "a number above 0", "\(count)") }
        return count
    }
}
