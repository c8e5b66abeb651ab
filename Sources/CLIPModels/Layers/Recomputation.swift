import CLIPTensor

extension Pass {
    /// A layer's result of `input`; where blocks are recomputed, without what the layer computes in between, which is
    /// computed again when the gradient is asked for.
    ///
    /// - Parameter parameter: one of the layer's, so that it has gradients where its input has none.
    func recomputed(
        _ input: Tensor, parameter: Tensor, _ layer: @escaping (Tensor, Pass) throws -> Tensor
    ) throws -> Tensor {
        guard recomputesBlocks, isTraining else { return try layer(input, self) }
        let (pass, autocast) = (self, autocastType(on: input.device))
        return try Tensor.function(of: [input, parameter]) {
            [try layer(input, pass)]
        } backward: { gradients in
            guard let gradient = gradients[0] else { return [nil, nil] }
            let start = try input.detached()
            try start.requireGradient()
            var again = pass
            again.isRecomputing = true
            let result = try withGradients {
                try withAutocast(autocast, on: input.device) { try layer(start, again) }
            }
            // The parameters' gradients are added up where they belong.
            try Tensor.backward([result], gradients: [gradient])
            return [start.gradient, nil]
        }[0]
    }
}
