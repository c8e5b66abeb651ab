// Takes training steps on the batch in a folder, one for each line of standard input, and prints each one's seconds and loss.
//
//     training-benchmark FOLDER fp32|bf16
//
// FOLDER/model is a model in open_clip's layout, FOLDER/batch.safetensors holds `pixels` [B, 3, height, width] and
// `tokens` [B, 77].

import CLIPCheckpoints
import CLIPTensor
import CLIPTraining

let arguments = CommandLine.arguments
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
