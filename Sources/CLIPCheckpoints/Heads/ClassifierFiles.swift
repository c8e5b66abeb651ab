internal import CLIPFiles
package import CLIPTensor

/// What the files of trained classifiers have in common: names of classes, and tensors of finite numbers.
extension Fields {
    /// The member `labels`: different names, at least one.
    package func labels() throws -> [String] {
        let listed = self["labels"]?.array?.map(\.string)
        let labels = listed?.compactMap { $0 } ?? []
        guard !labels.isEmpty, labels.count == listed?.count, Set(labels).count == labels.count else {
            throw refused("labels", "a list of different names", "\(self["labels"]?.kind ?? "none")")
        }
        return labels
    }
}

extension Safetensors {
    /// The finite numbers of a tensor in a shape, row by row.
    package func numbers(_ name: String, _ shape: [Int]) throws -> [Float] {
        guard let entry = entry(name), entry.shape == shape, entry.dtype.isFloatingPoint, shape.last ?? 0 > 0
        else {
            let found = entry(name).map { "\($0.shape) of \($0.dtype)" } ?? "none"
            throw FileError(
                .badData, path: path, "expected the tensor \(name) of numbers in the shape \(shape), found \(found)")
        }
        let values = try tensor(name).elements(as: Float.self)
        guard let wrong = values.first(where: { !$0.isFinite }) else { return values }
        throw FileError(.badData, path: path, "expected finite numbers in \(name), found \(wrong)")
    }
}
