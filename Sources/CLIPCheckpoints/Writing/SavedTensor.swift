internal import CLIPFiles
internal import CLIPModels
internal import CLIPTensor

/// A tensor of the model on its way into a file: what the header says of it, and its elements when their turn comes.
struct SavedTensor {
    /// The model's name.
    let name: String
    let dtype: DType
    let shape: [Int]
    let load: () throws -> Tensor

    /// The tensors of a model, converted to a type.
    static func all(of model: CLIPModel, dtype: DType) -> [SavedTensor] {
        (model.parameters + model.buffers).map { entry in
            // A count of batches is an integer wherever it is read.
            let type = entry.name.hasSuffix("num_batches_tracked") ? .int64 : dtype
            return SavedTensor(name: entry.name, dtype: type, shape: entry.tensor.shape) {
                try entry.tensor.detached().cast(to: type)
            }
        }
    }

    /// The tensors of a layout that make up this one.
    func deferred(_ adapter: some WeightAdapter) throws -> [Safetensors.Deferred] {
        let place = adapter.place(of: name)
        guard let shapes = place.partShapes(of: shape) else {
            throw TensorError("\(name): expected a shape that can be parted in \(place.names.count), found \(shape)")
        }
        return zip(place.names, shapes).enumerated().map { index, part in
            Safetensors.Deferred(name: part.0, dtype: dtype, shape: part.1) {
                try place.parted(load())[index].tensor
            }
        }
    }
}

extension ModelFolder {
    /// The tensors as they are saved, each in its own type, but for positions that are interpolated; what the files may lack
    /// and do is left out.
    func savedTensors() throws -> [SavedTensor] {
        // The same tensors in the same order, at the size that the model was opened for.
        let target = isResized ? try ModelPlan(configuration) : plan
        return try zip(plan.entries, target.entries).compactMap { entry, written in
            let parts = adapter.place(of: entry.name).names.compactMap(weights.entry)
            guard let dtype = parts.first?.dtype else { return nil }
            guard parts.allSatisfy({ $0.dtype == dtype }) else {
                throw FileError(
                    .badData, path: weights.path,
                    "expected one type for the parts of \(entry.name), found \(Set(parts.map { "\($0.dtype)" }).sorted())"
                )
            }
            let written = (shape: written.shape, dtype: changes.widens && dtype.isFloatingPoint ? .float32 : dtype)
            return SavedTensor(name: entry.name, dtype: written.dtype, shape: written.shape) {
                try present(entry.name).cast(to: written.dtype)
            }
        }
    }
}
