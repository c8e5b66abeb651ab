package import CLIPModels
import CLIPTensor
internal import Foundation

/// The memory that training an architecture takes on a CPU, as far as it follows from shapes.
///
/// The least of it is a bound, so that a slip of the keyboard is refused with its reason and not after minutes, by the
/// system. The estimate adds what blocks keep for their gradients, in the run's precision; what is there for a moment, and
/// what libtorch, the loader and the validation take, is beside it.
package struct MemoryDemand {
    /// Bytes of the parameters with their gradients and moments.
    package let parameters: Double
    private let batchSize: Int
    private let microBatchSize: Int?
    /// Bytes of a pair's samples.
    private let samples: Double
    /// Bytes of a pair in a tower: its pixels, and the weights of one layer's attention.
    private let least: Double
    /// Bytes of a pair in the towers with all that is kept for its gradients.
    private let kept: Double

    /// What a run takes at least whose vocabulary is not read yet: it may be as small as 514.
    static func least(
        _ configuration: TrainingConfiguration, _ architecture: CLIPConfiguration, _ trained: TrainedParameters
    ) throws -> MemoryDemand {
        var architecture = architecture
        if configuration.start == nil { architecture.text.vocabularySize = 514 }
        return try MemoryDemand(configuration, architecture, trained)
    }

    package init(
        _ configuration: TrainingConfiguration, _ architecture: CLIPConfiguration, _ trained: TrainedParameters
    ) throws {
        let model = try CLIPModel(architecture, parameters: RepeatedZero())
        let usesMuon = configuration.optimiser.kind == .muon
        parameters = model.parameters.reduce(0) { sum, parameter in
            // Beside the parameter and its gradient: the momentum of Muon, or the two moments of AdamW.
            let isMuons = usesMuon && Muon.applies(to: parameter)
            let copies: Double = !trained.contains(parameter.name) ? 1 : isMuons ? 3 : 4
            return sum + copies * Self.float * parameter.tensor.shape.reduce(1) { $0 * Double($1) }
        }
        (batchSize, microBatchSize) = (configuration.batchSize, configuration.microBatchSize)
        let side = Double(architecture.vision.imageSize)
        samples = 3 * side * side
        least = Self.float * (samples + architecture.attentionWeights)
        let isRecomputed = configuration.activationCheckpointing
        // Nothing is kept of a tower that is locked.
        let towers = Tower.allCases.filter { tower in
            let groups = TowerGroups(tower, of: architecture)
            return configuration.lora?.towers.contains(tower)
                ?? model.parameters.contains { trained.contains($0.name) && groups.index(of: $0.name) != nil }
        }
        let elements = towers.map { architecture.keptElements(of: $0, isRecomputed: isRecomputed) }
        let size = configuration.precision == .bf16 ? Self.float / 2 : Self.float
        kept = Self.float * samples + size * elements.reduce(0, +)
    }

    private static let float = Double(MemoryLayout<Float>.size)

    /// The least bytes of a batch: the samples of all of it, and the pixels of those that go through the towers at once.
    package var batch: Double {
        Double(batchSize) * samples + Double(min(batchSize, microBatchSize ?? batchSize)) * least
    }

    /// Throws where the machine has less.
    func check() throws {
        let memory = Double(ProcessInfo.processInfo.physicalMemory)
        guard parameters + batch > memory else { return }
        throw TrainingError(
            "model",
            "expected one that fits with batch_size \(batchSize) in this machine's \(gigabytes(memory)), found one that takes at "
                + "least \(gigabytes(parameters)) for the parameters and \(gigabytes(batch)) for a batch")
    }

    private func gigabytes(_ bytes: Double) -> String { String(format: "%.1f GB", bytes / 1e9) }

    /// About how many bytes a step takes on a batch of so many pairs, as many of which go through the towers at a time.
    func estimate(batch: Int, microBatch: Int) -> Double {
        parameters + Double(batch) * samples + Double(min(batch, microBatch)) * kept
    }

    /// The estimates for batches of 1 to 1024, whole and in micro batches: the run's, or of 32 where it has none.
    package var curve: MemoryCurve {
        let size = microBatchSize ?? 32
        let batches = (0...10).map { 1 << $0 }
        return MemoryCurve(
            batches: batches, whole: batches.map { estimate(batch: $0, microBatch: $0) },
            microBatchSize: size, parts: batches.map { estimate(batch: $0, microBatch: size) },
            run: estimate(batch: batchSize, microBatch: microBatchSize ?? batchSize))
    }
}

/// About how many bytes a step takes on batches of several sizes.
package struct MemoryCurve: Codable, Hashable {
    /// The sizes.
    package var batches: [Int]
    /// Where a batch goes through the towers as a whole.
    package var whole: [Double]
    /// Where so many pairs do at a time.
    package var microBatchSize: Int
    package var parts: [Double]
    /// With the run's own sizes.
    package var run: Double

    /// The estimates with what a run of this peak took beyond its own, which other batches take as well.
    package func beside(peak: Double) -> MemoryCurve {
        let rest = max(0, peak - run)
        var curve = self
        (curve.whole, curve.parts) = (whole.map { $0 + rest }, parts.map { $0 + rest })
        curve.run += rest
        return curve
    }
}

extension CLIPConfiguration {
    /// The number of weights of the largest attention of a pair.
    fileprivate var attentionWeights: Double {
        let length = Double(text.contextLength)
        let ofText = Double(text.heads) * length * length
        guard case .transformer(let tower) = vision else { return ofText }
        return max(ofText, Double(tower.heads) * Double(tower.length) * Double(tower.length))
    }

    /// About how many numbers of a pair a tower keeps for the gradients.
    fileprivate func keptElements(of tower: Tower, isRecomputed: Bool) -> Double {
        let blocks: Blocks
        switch (tower, vision) {
        case (.text, _): blocks = Blocks(text.layers, text.contextLength, text.width, text.heads, text.mlpRatio)
        case (.image, .transformer(let tower)):
            blocks = Blocks(tower.layers, tower.length, tower.width, tower.heads, tower.mlpRatio)
        case (.image, .sigLIP(let tower)):
            blocks = Blocks(tower.layers, tower.grid * tower.grid, tower.width, tower.heads, tower.mlpRatio)
        case (.image, .resNet(let tower)): return tower.keptElements
        }
        return blocks.kept(isRecomputed: isRecomputed)
    }
}

/// The blocks of a transformer.
private struct Blocks {
    let layers, length, width, heads, mlp: Double

    init(_ layers: Int, _ length: Int, _ width: Int, _ heads: Int, _ mlpRatio: Double) {
        (self.layers, self.length) = (Double(layers), Double(length))
        (self.width, self.heads, mlp) = (Double(width), Double(heads), mlpRatio)
    }

    /// What is kept of a sequence (after Korthikanti et al. 2022): of each position the inputs of both norms, of the joint
    /// projection, of attention (three), of its output's, of both layers of the MLP and of its activation, and the weights
    /// of attention. Blocks that are computed again keep their input alone, and one at a time all of it.
    func kept(isRecomputed: Bool) -> Double {
        let block = length * (width * (8 + 2 * mlp) + heads * length)
        return isRecomputed ? layers * length * width + block : layers * block
    }
}

extension ModifiedResNetConfiguration {
    /// About how many numbers of an image are kept: the inputs of the convolutions and of their norms.
    fileprivate var keptElements: Double {
        let side = Double(imageSize) / 2
        var sum = 2 * side * side * 2 * Double(width)
        for (stage, blocks) in layers.enumerated() {
            let side = side / Double(2 << stage)
            sum += Double(blocks) * side * side * Double(width << stage) * 12
        }
        return sum
    }
}
