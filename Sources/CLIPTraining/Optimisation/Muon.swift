import CLIPModels
package import CLIPTensor

/// Muon: momentum whose matrices are made orthogonal before they are applied (Jordan et al. 2024), scaled so that AdamW's
/// learning rates hold (Liu et al. 2025).
///
/// Query, key and value are orthogonalised each for itself. Matrices of one shape go through one chain of products.
struct Muon {
    private struct Momentum {
        let parameter: NamedTensor
        let buffer: Tensor
        /// How many matrices the parameter stacks: 3 for a joint projection of query, key and value.
        let parts: Int
        /// The shape of each.
        let shape: [Int]
        /// What the learning rate is multiplied by.
        let factor: Double
    }

    private static let decay = 0.95

    private let groups: [[Momentum]]
    private let configuration: OptimiserConfiguration

    /// Whether the rule is meant for a parameter: the matrices inside the blocks, but no thin factors of adapters.
    static func applies(to parameter: NamedTensor) -> Bool {
        parameter.tensor.rank == 2 && parameter.name.contains(".resblocks.") && !parameter.name.contains(".lora_")
    }

    init(_ parameters: [NamedTensor], _ configuration: OptimiserConfiguration, _ depth: ParameterDepth) throws {
        let momenta = try parameters.map { parameter in
            let (rows, columns) = (parameter.tensor.size(0), parameter.tensor.size(1))
            let parts = rows == 3 * columns ? 3 : 1
            let buffer = try withoutGradients { try parameter.tensor.zerosLike() }
            return Momentum(
                parameter: parameter, buffer: buffer, parts: parts, shape: [rows / parts, columns],
                factor: configuration.factor(atDepth: depth(parameter.name)))
        }
        let byShape = Dictionary(grouping: momenta, by: \.shape)
        groups = byShape.keys.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { byShape[$0] }
        self.configuration = configuration
    }

    func step(learningRate: Double) throws {
        for group in groups {
            let reached = group.filter { $0.parameter.tensor.gradient != nil }
            guard let shape = reached.first?.shape else { continue }
            let directions = try Tensor.concatenated(reached.map { try direction(of: $0) }, axis: 0)
                .orthogonalised()
            // An orthogonal matrix has entries of the size 1/√(longer side); AdamW's steps are about 0.2 a coordinate.
            let size = 0.2 * Double(max(shape[0], shape[1])).squareRoot()
            var index = 0
            for momentum in reached {
                let tensor = momentum.parameter.tensor
                let rate = learningRate * momentum.factor
                let update = try directions.slice(0, index..<index + momentum.parts).reshaped(tensor.shape)
                try Tensor.multiply([tensor], by: 1 - rate * configuration.weightDecay)
                try tensor.add(update, times: -rate * size)
                index += momentum.parts
            }
        }
    }

    /// Nesterov's momentum `[parts, rows, columns]`.
    private func direction(of momentum: Momentum) throws -> Tensor {
        guard let gradient = momentum.parameter.tensor.gradient else { return momentum.buffer }
        try momentum.buffer.interpolate(towards: gradient, weight: 1 - Self.decay)
        let ahead = try gradient.cloned()
        try ahead.interpolate(towards: momentum.buffer, weight: Self.decay)
        return try ahead.reshaped([momentum.parts] + momentum.shape)
    }

    /// What a checkpoint keeps, by name.
    var state: [NamedTensor] {
        groups.joined().map { NamedTensor(name: "muon.\($0.parameter.name)", tensor: $0.buffer) }
    }
}

extension Tensor {
    /// Each matrix of `[n, rows, columns]` with its singular values brought near 1, by Newton and Schulz's iteration with
    /// Jordan's quintic, in 16 bits.
    package func orthogonalised(iterations: Int = 5) throws -> Tensor {
        let norms = try reshaped(size(0), -1).norm(1).reshaped(-1, 1, 1) + 1e-7
        let isTall = size(1) > size(2)
        var x = try (self / norms).cast(to: .bfloat16)
        if isTall { x = try x.transposed() }
        for _ in 0..<iterations {
            let square = try x.matrixProduct(x.transposed())
            let polynomial = try square.addingProduct(square, square, beta: -4.7750, alpha: 2.0315)
            x = try x.addingProduct(polynomial, x, beta: 3.4445, alpha: 1)
        }
        return try (isTall ? x.transposed() : x).cast(to: .float32)
    }
}
