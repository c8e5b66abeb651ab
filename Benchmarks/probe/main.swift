// Fits logistic regressions to the features in a file, one for each penalty λ on standard input, or searches for the penalty
// where a line says so, and prints for each line its seconds, iterations, objective, accuracy on the validation images and λ:
//
//     probe-benchmark FILE.safetensors
//
// FILE holds `train` [N, E], `train_labels` [N], `validation` [M, E], `validation_labels` [M]. Or lets the few-shot methods
// learn from samples of the training images, of the file with `text` [K, E] too, tests them on the validation images, and
// prints a line for each:
//
//     probe-benchmark few-shot FILE.safetensors

import CLIP
import CLIPEvaluation
import CLIPTensor

let arguments = Array(CommandLine.arguments.dropFirst())
guard let path = arguments.last, arguments.dropLast().isEmpty || arguments.dropLast() == ["few-shot"] else {
    throw EvaluationError("expected a file of features")
}
Engine.keepFreedMemory()
let file = try Safetensors(opening: path)
let (train, validation) = try (features("train", file), features("validation", file))
if arguments.count == 1 {
    try fitPenalties(train, validation)
} else {
    try compareMethods(train, validation, text: file.tensor("text"))
}

func fitPenalties(_ train: LabelledFeatures, _ validation: LabelledFeatures) throws {
    let clock = ContinuousClock()
    let regression = try LogisticRegression(train)
    while let line = readLine() {
        let start = clock.now
        let fit =
            if let lambda = Double(line) { try regression.fit(lambda: lambda) } else {
                try LinearProbe(train: train, validation: validation).fit
            }
        let seconds = (clock.now - start) / .seconds(1)
        print(seconds, fit.iterations, fit.objective, try fit.accuracy(on: validation), fit.lambda)
        flushOutput()
    }
}

func compareMethods(_ train: LabelledFeatures, _ validation: LabelledFeatures, text: Tensor) throws {
    let study = try FewShotStudy(
        pool: train, test: validation, text: Embeddings(width: text.size(1), values: text.elements()),
        logitScale: 100)
    let clock = ContinuousClock()
    var start = clock.now
    var seconds: [String: Double] = [:]
    let result = try study.run { step in
        seconds["\(step.method) \(step.shots)", default: 0] += (clock.now - start) / .seconds(1)
        start = clock.now
    }
    print("zero-shot", result.zeroShot)
    for one in result.outcomes {
        let time = (seconds["\(one.method) \(one.shots)"] ?? 0) / Double(one.accuracies.count)
        print("\(one.method)\t\(one.shots)\t\(one.mean)\t\(one.deviation)\t\(time) s")
    }
}

func features(_ name: String, _ file: Safetensors) throws -> LabelledFeatures {
    let rows = try file.tensor(name)
    let labels = try file.tensor("\(name)_labels").elements(as: Int64.self).map(Int.init)
    let classes = (0...(labels.max() ?? 0)).map(String.init)
    return try LabelledFeatures(
        Embeddings(width: rows.size(1), values: rows.elements()), labels: labels, classes: classes)
}
