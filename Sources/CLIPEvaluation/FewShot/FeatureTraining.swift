internal import CLIPTensor
internal import Foundation

/// Training of a few tensors on features in memory: AdamW in mini batches, with a rate that falls to 0 along a cosine.
struct FeatureTraining {
    /// How often each image is seen.
    var epochs: Int
    /// The images of a step.
    var batchSize = 256
    /// The rate of the first step.
    var learningRate: Double
    var weightDecay = 0.01
    var epsilon = 1e-8
    /// The order of the images follows from it.
    var seed: UInt64 = 0

    /// Changes `parameters` in place.
    ///
    /// - Parameters:
    ///   - count: The number of images.
    ///   - loss: The loss of the images with these indices, a scalar.
    ///   - afterEpoch: Is called after each epoch.
    func run(
        _ parameters: [Tensor], count: Int, loss: (Tensor) throws -> Tensor, afterEpoch: () throws -> Void
    ) throws {
        for parameter in parameters { try parameter.requireGradient() }
        let moments = try parameters.map { (first: try $0.zerosLike(), second: try $0.zerosLike()) }
        let steps = epochs * ((count + batchSize - 1) / batchSize)
        let counter = try Tensor.zeros([])
        var step = 0
        for epoch in 0..<epochs {
            try Task.checkCancellation()
            let order = Array(0..<count).shuffled(seed: seed, stream: epoch)
            for start in stride(from: 0, to: count, by: batchSize) {
                let batch = order[start..<min(start + batchSize, count)]
                for parameter in parameters { parameter.clearGradient() }
                try withGradients { try loss(Tensor(batch.map(Int64.init), shape: [batch.count])).backward() }
                try withoutGradients {
                    try counter.add(Tensor.ones([]))
                    try Tensor.adamW(
                        parameters, gradients: parameters.map { try $0.gradient ?? $0.zerosLike() },
                        firstMoments: moments.map(\.first), secondMoments: moments.map(\.second), count: counter,
                        step: constants(progress: Double(step) / Double(steps)))
                }
                step += 1
            }
            try withoutGradients(afterEpoch)
        }
    }

    private func constants(progress: Double) -> Tensor.AdamWStep {
        Tensor.AdamWStep(
            learningRate: learningRate * (1 + cos(.pi * progress)) / 2, betas: (0.9, 0.999), weightDecay: weightDecay,
            epsilon: epsilon)
    }
}
