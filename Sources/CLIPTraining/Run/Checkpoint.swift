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
    /// What the run is, so that no other one goes on from here.
    var configuration: TrainingConfiguration
    /// Tells the weights that training leaves as they are, which lie in the run's start and not here.
    var frozen: String?
}

extension Checkpoint {
    private static let weights = "model.safetensors"
    private static let optimiser = "optimiser.safetensors"
    static let state = "state.json"
    private static let checksums = "checksums.json"

    /// The names of all files of a checkpoint, and of those among them whose checksums are kept.
    static let files: Set<String> = summed.union([checksums])
    private static let summed: Set<String> = [weights, optimiser, state]

    /// Writes the folder whole or not at all, in the place of an older checkpoint.
    func write(_ trainer: Trainer, to path: String) throws {
        var state = self
        state.frozen = try trainer.frozenFingerprint()
        try AtomicFolder.write(to: path, replaceable: Self.files) { folder in
            try folder.writing(Self.weights) { try Safetensors.write(Self.byName(trainer.changing), to: $0) }
            try folder.writing(Self.optimiser) { try Safetensors.write(Self.byName(trainer.state), to: $0) }
            try folder.write(Array(try JSONEncoder().encode(state)), as: Self.state)
            try folder.writing(Self.checksums) { place in
                let sums = try FileChecksums(of: Self.summed, in: parentFolder(of: place))
                try AtomicFile.write(sums.encoded(), to: place)
            }
        }
    }

    /// Reads the state of a checkpoint, after a look at all of its bytes.
    ///
    /// - Throws: `FileError` naming the file that is missing or damaged.
    static func open(_ path: String) throws -> Checkpoint {
        try FileChecksums(file: "\(path)/\(checksums)").check(summed, in: path)
        let state = "\(path)/\(state)"
        do {
            return try JSONDecoder().decode(Checkpoint.self, from: Data(try contents(ofFile: state)))
        } catch let error as DecodingError {
            throw FileError(.badData, path: state, "expected the state of a run: \(error.inOneLine)")
        }
    }

    /// Brings a trainer of the run that `plan` describes to the state of this checkpoint, whose files lie in `path`.
    func restore(_ trainer: Trainer, _ plan: TrainingPlan, from path: String) throws {
        try plan.configuration.checkContinues(configuration, in: path)
        try check(plan, "\(path)/\(Self.state)")
        let weights = try Safetensors(opening: "\(path)/\(Self.weights)")
        guard try frozen == trainer.frozenFingerprint() else {
            throw TrainingError("\(path): expected the start that the run began with, found other weights there")
        }
        for parameter in trainer.changing {
            guard let saved = weights.entry(parameter.name), saved.shape == parameter.tensor.shape else {
                throw TrainingError(
                    "\(weights.path): expected a tensor \(parameter.name) of the shape \(parameter.tensor.shape)")
            }
            try withoutGradients { try parameter.tensor.copy(from: weights.tensor(parameter.name)) }
        }
        let moments = try Safetensors(opening: "\(path)/\(Self.optimiser)")
        try trainer.resume(at: step) { try moments.entry($0).map { try moments.tensor($0.name) } }
    }

    /// Throws where the counts do not fit the run, or one another: each batch is whole, and each epoch has at least one.
    private func check(_ plan: TrainingPlan, _ path: String) throws {
        guard (0...plan.steps).contains(step) else {
            throw TrainingError("\(path): expected step 0 to \(plan.steps), found \(step)")
        }
        let pairs = step * plan.configuration.batchSize
        guard position.samplesSeen == pairs, (0...step).contains(position.epoch), (0...step).contains(position.step)
        else {
            throw TrainingError(
                "\(path): expected \(pairs) pairs after \(step) steps, found \(position.samplesSeen), "
                    + "and step \(position.step) of epoch \(position.epoch)")
        }
    }

    /// Whether the model was measured by then.
    var isMeasured: Bool {
        let interval = configuration.validation?.every ?? 0
        return interval > 0 && step >= interval
    }

    private static func byName(_ tensors: [NamedTensor]) -> [String: Tensor] {
        Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.tensor) })
    }
}
