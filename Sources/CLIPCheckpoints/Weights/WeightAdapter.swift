internal import CLIPFiles
internal import CLIPTensor

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
        let shapes = place.partShapes(of: entry.shape) ?? place.names.map { _ in entry.shape }
        for (name, shape) in zip(place.names, shapes) {
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
