internal import CLIPModels

/// Floating-point operations of the matrix products and convolutions of a forward pass, two for each multiplication with
/// its addition. Norms, activations and sums, below one in a hundred, are not counted.
extension CLIPConfiguration {
    /// For one image.
    var imageOperations: Int {
        switch vision {
        case .transformer(let tower):
            let patches = 2 * tower.grid * tower.grid * 3 * tower.patchSize * tower.patchSize * tower.width
            let blocks = transformerOperations(
                length: tower.length, width: tower.width, hidden: Int(Double(tower.width) * tower.mlpRatio),
                layers: tower.layers)
            return patches + blocks + 2 * tower.width * embeddingWidth
        case .resNet(let tower): return tower.operations(embeddingWidth: embeddingWidth)
        case .sigLIP(let tower):
            let length = tower.grid * tower.grid
            let patches = 2 * length * 3 * tower.patchSize * tower.patchSize * tower.width
            let blocks = transformerOperations(
                length: length, width: tower.width, hidden: tower.hidden, layers: tower.layers)
            return patches + blocks + tower.poolOperations
        }
    }

    /// For a text that fills the context.
    var textOperations: Int {
        transformerOperations(
            length: text.contextLength, width: text.width, hidden: Int(Double(text.width) * text.mlpRatio),
            layers: text.layers) + 2 * text.width * embeddingWidth
    }

    /// Four projections, two products of attention, two of the perceptron, for each layer.
    private func transformerOperations(length: Int, width: Int, hidden: Int, layers: Int) -> Int {
        let projections = 4 * width * width + 2 * width * hidden
        let attention = 2 * length * width
        return layers * 2 * length * (projections + attention)
    }
}

extension SigLIPVisionConfiguration {
    /// Keys and values of all patches, one query, and the perceptron behind it.
    fileprivate var poolOperations: Int {
        let length = grid * grid
        return 2 * (2 * width * width * (length + 1) + 2 * length * width + 2 * width * hidden)
    }
}

extension ModifiedResNetConfiguration {
    fileprivate func operations(embeddingWidth: Int) -> Int {
        let half = imageSize / 2
        var total = convolution(3, width / 2, 3, side: half) + convolution(width / 2, width / 2, 3, side: half)
        total += convolution(width / 2, width, 3, side: half)
        var (input, side) = (width, imageSize / 4)
        for (stage, count) in layers.enumerated() {
            let inner = width << stage
            for block in 0..<count {
                let output = block == 0 && stage > 0 ? side / 2 : side
                // The pool lies between the second convolution and the third, and before the shortcut's.
                total += convolution(input, inner, 1, side: side) + convolution(inner, inner, 3, side: side)
                total += convolution(inner, inner * 4, 1, side: output)
                if block == 0 { total += convolution(input, inner * 4, 1, side: output) }
                (input, side) = (inner * 4, output)
            }
        }
        return total + attentionPool(embeddingWidth)
    }

    private func convolution(_ input: Int, _ output: Int, _ kernel: Int, side: Int) -> Int {
        2 * input * output * kernel * kernel * side * side
    }

    /// One query over the mean and all places; keys and values for each of them.
    private func attentionPool(_ embeddingWidth: Int) -> Int {
        let length = grid * grid + 1
        let projections = features * features * (1 + 2 * length) + features * embeddingWidth
        return 2 * (projections + 2 * length * features)
    }
}
