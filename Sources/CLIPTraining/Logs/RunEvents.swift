import CLIPData
import CLIPImaging
import CLIPModels
import CLIPTensor
internal import Foundation

/// What a run tells TensorBoard.
struct RunEvents {
    private let file: EventFile

    init(_ file: EventFile) { self.file = file }

    /// The figures of a step.
    func append(_ line: MetricsLine) throws {
        let values: [(String, Double)] = [
            ("train/loss", line.loss), ("train/logit_scale", line.logitScale),
            ("train/learning_rate", line.learningRate), ("train/gradient_norm", line.gradientNorm),
            ("speed/pairs_per_second", line.pairsPerSecond), ("speed/data_wait", line.dataWait),
            ("memory/resident_megabytes", Double(line.residentBytes) / 1e6),
            ("memory/peak_megabytes", Double(line.peakBytes) / 1e6),
        ]
        try file.append(.values(values.map { ($0.0, .scalar($0.1)) }), step: line.step)
    }

    /// The spread of each tensor's values, under `kind/NAME`. One that has none, or none that is finite, is left out.
    func append(_ tensors: [(name: String, tensor: Tensor)], kind: String, step: Int) throws {
        let values = try withoutGradients {
            try tensors.compactMap { entry in
                try entry.tensor.histogram().map { ("\(kind)/\(entry.name)", Event.Value.histogram($0)) }
            }
        }
        try file.append(.values(values), step: step)
    }

    /// How alike the embeddings of a batch are.
    func append(_ spread: EmbeddingSpread, step: Int) throws {
        let values = [("train/mean_cosine_of_images", spread.images), ("train/mean_cosine_of_texts", spread.texts)]
        try file.append(.values(values.compactMap { name, value in value.map { (name, .scalar($0)) } }), step: step)
    }

    /// A picture.
    func append(_ image: Bitmap, tag: String, step: Int) throws {
        let png = [UInt8](try image.pngData(name: tag))
        try file.append(.values([(tag, .image(png: png, width: image.width, height: image.height))]), step: step)
    }

    /// What was measured, what it was at the start, and how much less or more it is now.
    func append(_ result: ValidationResult, start: ValidationResult?) throws {
        var values = result.metrics.sorted { $0.key < $1.key }.map { ("validation/\($0.key)", $0.value) }
        for (name, before) in start?.metrics.sorted(by: { $0.key < $1.key }) ?? [] {
            guard let now = result.metrics[name] else { continue }
            values += [("start/\(name)", before), ("change_from_start/\(name)", now - before)]
        }
        try file.append(.values(values.map { ($0.0, .scalar($0.1)) }), step: result.step)
    }
}
