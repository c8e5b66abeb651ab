import CLIPTensor

/// A loss over all B × B pairings of a batch, a strip of them at a time, so that its memory grows with B and not with B².
///
/// Only embeddings are kept for the gradient; each strip's similarities are worked out a second time for it.
package struct Tiles {
    /// The most similarities that are worked out at a time: 64 MiB of them.
    package static let largest = 1 << 24

    /// A scalar of the features: of all similarities `[B, B]` at once, or in strips where a batch has more than are worked
    /// out at a time.
    static func scalar(
        of features: PairFeatures, whole: (_ logits: Tensor) throws -> Tensor, tiled: (Tiles) throws -> Tensor
    ) throws -> Tensor {
        let count = features.count
        return try count * count > largest ? tiled(Tiles(count: count)) : whole(features.logits())
    }

    /// The rows of each strip.
    let strips: [Range<Int>]

    /// Strips of a batch of `count` pairs.
    package init(count: Int, largest: Int = Self.largest) {
        let rows = max(1, largest / max(1, count))
        strips = stride(from: 0, to: count, by: rows).map { $0..<min(count, $0 + rows) }
    }

    /// A scalar of the features, with its gradients.
    ///
    /// - Parameters:
    ///   - value: the scalar, from a function that gives each strip's similarities `[rows, B]` in turn.
    ///   - slope: of each similarity of a strip, the derivative of the scalar by it: `[rows, B]`.
    func sum(
        _ features: PairFeatures,
        value: ((_ body: (Range<Int>, Tensor) throws -> Void) throws -> Void) throws -> Tensor,
        slope: @escaping (_ rows: Range<Int>, _ logits: Tensor) throws -> Tensor
    ) throws -> Tensor {
        let strips = strips
        let inputs = [features.images, features.texts, features.scale] + (features.bias.map { [$0] } ?? [])
        return try Tensor.function(of: inputs) {
            [try value { body in for rows in strips { try body(rows, try features.logits(rows)) } }]
        } backward: { gradients in
            guard let gradient = gradients[0] else { return inputs.map { _ in nil } }
            let sums = try Slopes(features)
            for rows in strips { try sums.add(rows, features, slope: slope, times: gradient) }
            return sums.all(hasBias: features.bias != nil)
        }[0]
    }
}

/// The derivatives by the features, added up strip by strip.
private struct Slopes {
    private let images: Tensor
    private let texts: Tensor
    private let scale: Tensor
    private let bias: Tensor

    init(_ features: PairFeatures) throws {
        images = try features.images.zerosLike()
        texts = try features.texts.zerosLike()
        scale = try features.scale.zerosLike()
        bias = try features.scale.zerosLike()
    }

    func add(
        _ rows: Range<Int>, _ features: PairFeatures, slope: (Range<Int>, Tensor) throws -> Tensor,
        times gradient: Tensor
    ) throws {
        let strip = try features.images.slice(0, rows)
        let cosines = try strip.matrixProduct(features.texts.transposed())
        let slope = try slope(rows, features.biased(cosines * features.scale)) * gradient
        // Into their place at once: pieces that are kept between large strips would leave holes in the heap.
        try images.slice(0, rows).add(slope.matrixProduct(features.texts) * features.scale)
        try texts.add(slope.transposed().matrixProduct(strip) * features.scale)
        try scale.add((slope * cosines).sum())
        try bias.add(slope.sum())
    }

    func all(hasBias: Bool) -> [Tensor?] {
        [images, texts, scale] + (hasBias ? [bias] : [])
    }
}
