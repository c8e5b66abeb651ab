package import CLIPTensor

/// Where a layout keeps a tensor of the model: under one name, or in parts along the first axis; either may be transposed
/// against the model's, or have an axis of length 1 in front.
package struct TensorPlace: Hashable {
    package var names: [String]
    var isTransposed = false
    /// The sizes of the parts, relative to one another; equal ones where it is nil.
    var shares: [Int]?
    /// Whether the layout's tensor has an axis of length 1 before those of the model's.
    var hasLeadingAxis = false

    package init(_ names: String..., isTransposed: Bool = false, shares: [Int]? = nil, hasLeadingAxis: Bool = false) {
        self.names = names
        self.isTransposed = isTransposed
        self.shares = shares
        self.hasLeadingAxis = hasLeadingAxis
    }

    /// The names with a prefix.
    func prefixed(_ prefix: String) -> TensorPlace {
        var place = self
        place.names = names.map { prefix + $0 }
        return place
    }

    /// The shape of each part of a tensor of the model; nil where it cannot be parted so.
    package func partShapes(of shape: [Int]) -> [[Int]]? {
        if isTransposed { return shape.count == 2 ? [shape.reversed()] : nil }
        let leading = hasLeadingAxis ? [1] : []
        guard names.count > 1 else { return [leading + shape] }
        guard let first = shape.first, let lengths = lengths(of: first) else { return nil }
        return lengths.map { leading + [$0] + shape.dropFirst() }
    }

    private func lengths(of length: Int) -> [Int]? {
        let shares = shares ?? Array(repeating: 1, count: names.count)
        let total = shares.reduce(0, +)
        return length % total == 0 ? shares.map { length / total * $0 } : nil
    }

    /// The tensor of the model, made of the layout's.
    package func joined(_ parts: [Tensor]) throws -> Tensor {
        let bare = try hasLeadingAxis ? parts.map { try $0.reshaped(Array($0.shape.dropFirst())) } : parts
        let whole = bare.count == 1 ? bare[0] : try Tensor.concatenated(bare, axis: 0)
        return isTransposed ? try whole.transposed().contiguous() : whole
    }

    /// The layout's tensors, made of the model's.
    package func parted(_ tensor: Tensor) throws -> [(name: String, tensor: Tensor)] {
        let tensor = isTransposed ? try tensor.transposed().contiguous() : tensor
        guard names.count > 1, let lengths = lengths(of: tensor.size(0)) else {
            return [(names[0], hasLeadingAxis ? try tensor.reshaped([1] + tensor.shape) : tensor)]
        }
        var start = 0
        return try zip(names, lengths).map { name, length in
            defer { start += length }
            let part = try tensor.slice(0, start..<start + length)
            return (name, hasLeadingAxis ? try part.reshaped([1] + part.shape) : part)
        }
    }
}
