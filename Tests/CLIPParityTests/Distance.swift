import CLIPTensor

/// How far a tensor lies from what was expected, computed in 64 bits.
struct Distance {
    private let found: Tensor
    private let expected: Tensor

    init(_ found: Tensor, from expected: Tensor) throws {
        guard found.shape == expected.shape else {
            throw TensorError("expected the shape \(expected.shape), found \(found.shape)")
        }
        self.found = try found.detached().cast(to: .float64)
        self.expected = try expected.detached().cast(to: .float64)
    }

    /// The greatest difference of two elements.
    var greatest: Double {
        get throws { try (found - expected).absolute().maximum().scalar() }
    }

    /// The norm of the difference over the norm of what was expected, which counts as at least `floor`.
    func relative(floor: Double = 1e-30) throws -> Double {
        try (found - expected).norm().scalar() / max(expected.norm().scalar(), floor)
    }

    /// 1 less the least cosine between two rows.
    var leastCosine: Double {
        get throws { try -(-(found.normalized() * expected.normalized()).sum(-1)).maximum().scalar() }
    }
}
