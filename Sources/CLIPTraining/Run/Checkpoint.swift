import CLIPData
internal import CLIPFiles
import CLIPModels
import CLIPTensor
internal import Foundation

/// The state of a run between two steps, from which it goes on as if it had never stopped.
struct Checkpoint: Codable {
    /// Steps taken.
    var step: Int
    /// Where the loader goes on.
    var position: LoaderPosition
}

extension Checkpoint {
    private static let weights = "model.safetensors"
    private static let optimiser = "optimiser.safetensors"
    private static let state = "state.json"

    /// Writes the folder whole or not at all, in the place of an older checkpoint.
    func write(_ trainer: Trainer, to path: String) throws {
        let model = trainer.model.parameters + trainer.model.buffers
        try AtomicFolder.write(to: path, replaceable: [Self.weights, Self.optimiser, Self.state]) { folder in
            try folder.writing(Self.weights) { try Safetensors.write(Self.byName(model), to: $0) }
            try folder.writing(Self.optimiser) { try Safetensors.write(Self.byName(trainer.state), to: $0) }
            try folder.write(Array(try JSONEncoder().encode(self)), as: Self.state)
        }
    }

    /// Reads a checkpoint into a trainer.
    static func resume(_ trainer: Trainer, from path: String) throws -> Checkpoint {
        let checkpoint: Checkpoint
        do {
            let bytes = try contents(ofFile: "\(path)/\(state)")
            checkpoint = try JSONDecoder().decode(Checkpoint.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw TrainingError("\(path)/\(state): expected the state of a run, found \(error.localizedDescription)")
        }
        let weights = try Safetensors(opening: "\(path)/\(weights)")
        for parameter in trainer.model.parameters + trainer.model.buffers {
            guard let saved = weights.entry(parameter.name), saved.shape == parameter.tensor.shape else {
                throw TrainingError(
                    "\(weights.path): expected a tensor \(parameter.name) of the shape \(parameter.tensor.shape)")
            }
            try withoutGradients { try parameter.tensor.copy(from: weights.tensor(parameter.name)) }
        }
        let moments = try Safetensors(opening: "\(path)/\(optimiser)")
        try trainer.resume(at: checkpoint.step) { try moments.entry($0).map { try moments.tensor($0.name) } }
        return checkpoint
    }

    private static func byName(_ tensors: [NamedTensor]) -> [String: Tensor] {
        Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.tensor) })
    }
}
