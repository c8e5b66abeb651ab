// Fits logistic regressions to the features in a file, one for each penalty λ on standard input, or searches for the penalty
// where a line says so, and prints for each line its seconds, iterations, objective, accuracy on the validation images and λ:
//
//     probe-benchmark FILE.safetensors
//
// FILE holds `train` [N, E], `train_labels` [N], `validation` [M, E], `validation_labels` [M].

import CLIP
import CLIPEvaluation
import CLIPTensor

guard CommandLine.arguments.count == 2 else { throw EvaluationError("expected a file of features") }
Engine.keepFreedMemory()
let file = try Safetensors(opening: CommandLine.arguments[1])
let (train, validation) = try (features("train", file), features("validation", file))
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

func features(_ name: String, _ file: Safetensors) throws -> LabelledFeatures {
    let rows = try file.tensor(name)
    let labels = try file.tensor("\(name)_labels").elements(as: Int64.self).map(Int.init)
    let classes = (0...(labels.max() ?? 0)).map(String.init)
    return try LabelledFeatures(
        Embeddings(width: rows.size(1), values: rows.elements()), labels: labels, classes: classes)
}
