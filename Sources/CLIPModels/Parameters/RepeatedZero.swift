package import CLIPTensor

/// Tensors that have a shape and no memory, each repeating one zero: a model of them tells what an architecture asks for.
package struct RepeatedZero: ParameterSource {
    package init() {}

    package func tensor(_ name: String, shape: [Int], initialisation: Initialisation) throws -> Tensor {
        try Tensor.zeros([]).expanded(shape)
    }
}
