// Takes training steps on the batch in a folder, one for each line of standard input, and prints each one's seconds and loss:
//
//     training-benchmark FOLDER fp32|bf16
//
// FOLDER/model is a model in open_clip's layout, FOLDER/batch.safetensors holds `pixels` [B, 3, height, width] and
// `tokens` [B, 77]. Or works out the contrastive loss of so many pairs of random embeddings and its gradients, and prints
// the loss and the memory that this took at most beside the embeddings, in MiB:
//
//     training-benchmark loss PAIRS WIDTH

import CLIPCheckpoints
import CLIPModels
import CLIPTensor
import CLIPTraining

let arguments = CommandLine.arguments
if arguments.count == 4, arguments[1] == "loss", let pairs = Int(arguments[2]), let width = Int(arguments[3]) {
    try measureLoss(pairs: pairs, width: width)
} else {
    try takeSteps()
}

func measureLoss(pairs: Int, width: Int) throws {
    Engine.keepFreedMemory()
    let generator = try RandomGenerator(seed: 0)
    let leaves = try withoutGradients {
        try (0..<2).map { _ in try Tensor.normal([pairs, width], using: generator).normalized() }
    }
    for leaf in leaves { try leaf.requireGradient() }
    let before = MemoryUse.resident
    let features = PairFeatures(images: leaves[0], texts: leaves[1], scale: try Tensor(14 as Float))
    let loss = try ContrastiveLoss()(features, Matches(count: pairs))
    try loss.backward()
    print(try loss.scalar(), (MemoryUse.peak - before) >> 20)
}

func takeSteps() throws {
    guard arguments.count == 3, let precision = Precision(rawValue: arguments[2]) else {
        throw TrainingError("expected a folder and fp32 or bf16")
    }
    Engine.keepFreedMemory()
    Engine.flushDenormals()
    let model = try ModelFolder(opening: "\(arguments[1])/model").model()
    let batch = try Safetensors(opening: "\(arguments[1])/batch.safetensors")
    let (pixels, tokens) = try (batch.tensor("pixels"), batch.tensor("tokens"))
    var configuration = Trainer.Configuration(
        schedule: .init(peak: 1e-4, warmupSteps: 1, steps: 1000, shape: .constant), mean: [0, 0, 0], std: [1, 1, 1])
    configuration.precision = precision
    let trainer = try Trainer(model, configuration)
    let clock = ContinuousClock()
    while readLine() != nil {
        let start = clock.now
        let metrics = try trainer.step(pixels: pixels, tokens: tokens, matches: Matches(count: pixels.size(0)))
        print("\((clock.now - start) / .seconds(1)) \(metrics.loss)")
        flushOutput()
    }
}
