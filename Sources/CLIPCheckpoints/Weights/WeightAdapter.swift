internal import CLIPFiles
internal import CLIPTensor

/// Where a layout keeps a tensor of the model: under one name, or in equal parts along the first axis; either may be
/// transposed against the model's.
struct TensorPlace: Hashable {
    var names: [String]
    var isTransposed = false

    init(_ names: String..., isTransposed: Bool = false) {
        self.names = names
        self.isTransposed = isTransposed
    }

    /// The shape of each part of a tensor of the model; nil where it cannot be parted so.
    func partShape(of shape: [Int]) -> [Int]? {
        if isTransposed { return shape.count == 2 ? shape.reversed() : nil }
        guard names.count > 1 else { return shape }
        guard let first = shape.first, first % names.count == 0 else { return nil }
        return [first / names.count] + shape.dropFirst()
    }

    /// The tensor of the model, made of the layout's.
    func joined(_ parts: [Tensor]) throws -> Tensor {
        let whole = parts.count == 1 ? parts[0] : try Tensor.concatenated(parts, axis: 0)
        return isTransposed ? try whole.transposed().contiguous() : whole
    }

    /// The layout's tensors, made of the model's.
    func parted(_ tensor: Tensor) throws -> [(name: String, tensor: Tensor)] {
        let tensor = isTransposed ? try tensor.transposed().contiguous() : tensor
        guard names.count > 1 else { return [(names[0], tensor)] }
        return Array(zip(names, try tensor.chunks(names.count, axis: 0)))
    }
}

/// A layout's names for the tensors of the model.
protocol WeightAdapter {
    /// Where the layout keeps the tensor that the model calls `name`.
    func place(of name: String) -> TensorPlace

    /// Whether a file may lack the tensor of the model, which then begins at zero.
    func isOptional(_ name: String) -> Bool

    /// Whether a tensor of the file is known to say nothing that the architecture does not.
    func isRedundant(_ name: String) -> Bool
}

extension WeightAdapter {
    /// The model's tensor, put together from the files; nil where a part is missing.
    func tensor(_ name: String, from weights: WeightFiles) throws -> Tensor? {
        let place = place(of: name)
        let parts = try place.names.compactMap { try weights.tensor($0) }
        return parts.count == place.names.count ? try place.joined(parts) : nil
    }

    /// Throws where the files lack a tensor of the plan, have it in another shape, or have one that the plan lacks.
    func check(_ weights: WeightFiles, against plan: ModelPlan, describedBy configuration: String) throws {
        var expected: Set<String> = []
        for entry in plan.entries {
            let place = place(of: entry.name)
            expected.formUnion(place.names)
            if isOptional(entry.name) && !place.names.contains(where: { weights.entry($0) != nil }) { continue }
            try checkParts(place, of: entry, in: weights, configuration)
        }
        let extra = weights.names.filter { !expected.contains($0) && !isRedundant($0) }.sorted()
        guard let first = extra.first else { return }
        let more = extra.count > 1 ? " and \(extra.count - 1) more" : ""
        throw FileError(
            .badData, path: weights.path,
            "expected the tensors of \(configuration), found also \(first.quoted())\(more)")
    }

    private func checkParts(
        _ place: TensorPlace, of entry: ModelPlan.Entry, in weights: WeightFiles, _ configuration: String
    ) throws {
        let shape = place.partShape(of: entry.shape) ?? entry.shape
        for name in place.names {
            let found = weights.entry(name)
            guard let found, found.shape == shape else {
                throw FileError(
                    .badData, path: weights.path,
                    "expected the tensor \(name) of the shape \(shape) as \(configuration) says, "
                        + "found \(found.map { "\($0.shape)" } ?? "none")")
            }
            guard found.dtype.isFloatingPoint || entry.isBuffer else {
                throw FileError(
                    .badData, path: weights.path,
                    "expected floating-point numbers in the tensor \(name), found \(found.dtype)")
            }
        }
    }
}
