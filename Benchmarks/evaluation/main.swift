// Works out all figures of a zero-shot classification of so many images among so many classes, of random embeddings, and prints
// the accuracy, the seconds, and the memory that this took at most beside the embeddings, in MiB:
//
//     evaluation-benchmark IMAGES CLASSES WIDTH

import CLIP
import CLIPEvaluation
import CLIPImaging
import CLIPTraining

let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
guard numbers.count == 3, numbers.allSatisfy({ $0 > 1 }) else {
    throw EvaluationError("expected a number of images, of classes, and the width of embeddings")
}
var generator = SeededGenerator(seed: 0)

func embeddings(_ count: Int, width: Int, using generator: inout SeededGenerator) -> Embeddings {
    let values = (0..<count * width).map { _ in Float(generator.uniform(-1...1)) }
    return Embeddings(width: width, values: values).normalized()
}

let images = embeddings(numbers[0], width: numbers[2], using: &generator)
let weights = embeddings(numbers[1], width: numbers[2], using: &generator)
let classes = (0..<numbers[1]).map { ClassPrompts(label: "class \($0)", prompts: ["class \($0)"]) }
let truths = (0..<numbers[0]).map { _ in generator.index(below: numbers[1]) }
let before = MemoryUse.resident
let clock = ContinuousClock()
let start = clock.now
let result = try ZeroShotResult(images, classes, weights: weights, truths: truths, scale: 100)
print(result.figures["acc1"]?.value ?? 0, (clock.now - start) / .seconds(1), (MemoryUse.peak - before) >> 20)
