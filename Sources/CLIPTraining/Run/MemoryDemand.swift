import CLIPModels
import CLIPTensor
internal import Foundation

/// The least memory that training an architecture takes on a CPU, so that a slip of the keyboard is refused with its
/// reason and not after minutes, by the system. A run takes more.
struct MemoryDemand {
    /// Of the parameters with their gradients and moments.
    let parameters: Double
    /// Of the pixels and the weights of one layer's attention.
    let batch: Double

    init(_ configuration: TrainingConfiguration, _ architecture: CLIPConfiguration) throws {
        var architecture = architecture
        // A vocabulary that is learned may be as small as this.
        if configuration.start == nil { architecture.text.vocabularySize = 514 }
        let float = Double(MemoryLayout<Float>.size)
        let model = try CLIPModel(architecture, parameters: RepeatedZero())
        let trained = try TrainedParameters(configuration, architecture)
        let usesMuon = configuration.optimiser.kind == .muon
        parameters = model.parameters.reduce(0) { sum, parameter in
            // Beside the parameter and its gradient: the momentum of Muon, or the two moments of AdamW.
            let isMuons = usesMuon && Muon.applies(to: parameter)
            let copies: Double = !trained.contains(parameter.name) ? 1 : isMuons ? 3 : 4
            return sum + copies * float * parameter.tensor.shape.reduce(1) { $0 * Double($1) }
        }
        let side = Double(architecture.vision.imageSize)
        batch = Double(configuration.batchSize) * float * (3 * side * side + architecture.attentionWeights)
    }

    /// Throws where the machine has less.
    func check() throws {
        let memory = Double(ProcessInfo.processInfo.physicalMemory)
        guard parameters + batch > memory else { return }
        throw TrainingError(
            "model, batch_size: expected a run that fits in this machine's \(gigabytes(memory)), found one that takes at "
                + "least \(gigabytes(parameters)) for the parameters and \(gigabytes(batch)) for a batch")
    }

    private func gigabytes(_ bytes: Double) -> String { String(format: "%.1f GB", bytes / 1e9) }
}

extension CLIPConfiguration {
    /// The number of weights of the largest attention of a pair.
    fileprivate var attentionWeights: Double {
        let length = Double(text.contextLength)
        let ofText = Double(text.heads) * length * length
        guard case .transformer(let tower) = vision else { return ofText }
        return max(ofText, Double(tower.heads) * Double(tower.length) * Double(tower.length))
    }
}
