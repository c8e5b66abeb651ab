public import CLIPTensor

// Shapes: B pairs in the batch.

/// CLIP's loss: each image picks its text among the batch's, and each text its image (Radford et al. 2021). Where several
/// match, each of them is an equal share of the target (Yang et al. 2022).
public struct ContrastiveLoss: Sendable {
    /// The loss.
    public init() {}

    /// The mean of both directions' cross entropies, a scalar. A large batch is worked out in strips.
    public func callAsFunction(_ features: PairFeatures, _ matches: Matches) throws -> Tensor {
        try Tiles.scalar(of: features) {
            try whole(logits: $0, matches)
        } tiled: {
            try tiled(features, matches, $0)
        }
    }

    /// The same from similarities `[B, B]`, images in rows, texts in columns.
    package func whole(logits: Tensor, _ matches: Matches) throws -> Tensor {
        guard !matches.areOwn else {
            let own = try Tensor.range(matches.count, device: logits.device)
            return try (logits.crossEntropy(targets: own) + logits.transposed().crossEntropy(targets: own)) / 2
        }
        let mask = try matches.mask(0..<matches.count, on: logits.device)
        let shares = try mask / mask.sum(1, keepsAxis: true)
        // A match holds both ways, so that the texts' targets are those of the images.
        let both = try logits.logSoftmax() + logits.transposed().logSoftmax()
        return try -(shares * both).sum(1).mean() / 2
    }

    /// The same in strips:
    /// 2B · loss = Σᵢ ln Σⱼ exp lᵢⱼ + Σⱼ ln Σᵢ exp lᵢⱼ − Σ over matches of lᵢⱼ · (1/nᵢ + 1/nⱼ), where n counts the matches.
    package func tiled(_ features: PairFeatures, _ matches: Matches, _ tiles: Tiles) throws -> Tensor {
        let device = features.images.device
        let shares = try Tensor(matches.sizes.map { 1 / $0 }, shape: [1, matches.count]).moved(to: device)
        return try tiles.crossEntropy(features) { rows in
            try matches.mask(rows, on: device) * (shares + shares.slice(1, rows).transposed())
        }
    }
}

extension Tiles {
    /// The mean cross entropy of both directions, in strips: 2B · loss = Σᵢ ln Σⱼ exp lᵢⱼ + Σⱼ ln Σᵢ exp lᵢⱼ − Σ lᵢⱼ tᵢⱼ.
    ///
    /// - Parameter target: of a strip `[rows, B]`, the share of each text in its image's target and that of each image in its
    ///   text's, added.
    func crossEntropy(
        _ features: PairFeatures, target: @escaping (_ rows: Range<Int>) throws -> Tensor
    ) throws -> Tensor {
        let (device, count) = (features.images.device, features.count)
        let sums = try LogSums(count: count, on: device)
        return try sum(features) { strips in
            var matching = try Tensor.zeros([], device: device)
            try strips { rows, logits in
                try sums.add(logits, rows)
                matching = try matching + (logits * target(rows)).sum()
            }
            return try (sums.total() - matching) / Double(2 * count)
        } slope: { rows, logits in
            try (sums.shares(logits, rows) - target(rows)) / Double(2 * count)
        }
    }
}

/// The logarithms of the sums of exponentials over each row and each column, which the value leaves to the gradient.
final class LogSums {
    private var rows: [Range<Int>: Tensor] = [:]
    private var columns: Tensor
    private var rowTotal: Tensor

    /// Of `count` rows and columns, of which none is added yet.
    init(count: Int, on device: Device) throws {
        columns = try Tensor.full([count], -.infinity, device: device)
        rowTotal = try Tensor.zeros([], device: device)
    }

    func add(_ logits: Tensor, _ strip: Range<Int>) throws {
        let sums = try logits.logSumExp(1)
        rows[strip] = sums
        rowTotal = try rowTotal + sums.sum()
        columns = try columns.logAddExp(logits.logSumExp(0))
    }

    func total() throws -> Tensor { try rowTotal + columns.sum() }

    /// The shares of each element in its row and in its column, added.
    func shares(_ logits: Tensor, _ strip: Range<Int>) throws -> Tensor {
        guard let sums = rows[strip] else { preconditionFailure("a strip of the value") }
        return try (logits - sums.unsqueezed(1)).exponential() + (logits - columns).exponential()
    }
}
