internal import CLIPModels
internal import CLIPTensor

/// The tensors that an architecture asks for, without their memory.
struct ModelPlan {
    /// A tensor of the model.
    struct Entry: Hashable {
        let name: String
        let shape: [Int]
        /// Whether it is saved with the model but not learned.
        let isBuffer: Bool
    }

    let entries: [Entry]

    init(_ configuration: CLIPConfiguration) throws {
        let model = try CLIPModel(configuration, parameters: RepeatedZero())
        entries =
            model.parameters.map { Entry(name: $0.name, shape: $0.tensor.shape, isBuffer: false) }
            + model.buffers.map { Entry(name: $0.name, shape: $0.tensor.shape, isBuffer: true) }
    }

    /// The number of elements of the learned tensors that `isIncluded` picks by name.
    func parameterCount(where isIncluded: (String) -> Bool) -> Int {
        entries.filter { !$0.isBuffer && isIncluded($0.name) }.reduce(0) { $0 + $1.shape.reduce(1, *) }
    }
}
