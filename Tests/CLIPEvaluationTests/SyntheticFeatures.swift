import CLIP
import CLIPEvaluation
import CLIPTensor

/// Features as embeddings of images lie: clusters around a common direction, and sentences near the clusters' middles.
struct SyntheticFeatures {
    let train: LabelledFeatures
    let validation: LabelledFeatures
    let test: LabelledFeatures
    let text: Embeddings

    init(classes: Int = 5, width: Int = 16, perClass: Int = 24, noise: Double = 0.25, seed: UInt64 = 1) throws {
        let generator = try RandomGenerator(seed: seed)
        let common = try Tensor.normal([1, width], using: generator)
        let means = try Tensor.normal([classes, width], deviation: 0.7, using: generator) + common
        let names = (0..<classes).map { "class \($0)" }
        func draw(_ perClass: Int) throws -> LabelledFeatures {
            let labels = (0..<classes * perClass).map { $0 % classes }
            let centres = try means.indexed(0, by: Tensor(labels.map(Int64.init), shape: [labels.count]))
            let rows = try centres + Tensor.normal([labels.count, width], deviation: 4 * noise, using: generator)
            return try LabelledFeatures(
                Embeddings(width: width, values: rows.normalized().elements()), labels: labels, classes: names)
        }
        (train, validation, test) = try (draw(perClass), draw(8), draw(40))
        let sentences = try means + Tensor.normal([classes, width], deviation: 0.5, using: generator)
        text = Embeddings(width: width, values: try sentences.normalized().elements())
    }

    /// The problem of all training images.
    func problem(validates: Bool = true) throws -> FewShotProblem {
        try FewShotProblem(
            train: train, validation: validates ? validation : validation.subset([]), text: text, logitScale: 20,
            shots: 24)
    }
}
