internal import CLIPFiles
internal import CLIPModels
internal import CLIPTensor

/// What is done to a model's tensors on their way out of its files, each by itself: an adapter is added, the average with
/// another model's taken.
struct WeightChanges {
    /// Whether the tensors are saved in 32 bits, whatever type they came in.
    let widens: Bool
    private var steps: [(String, Tensor) throws -> Tensor] = []

    /// Opens what the options name and checks that it belongs to the architecture as it is saved.
    init(_ options: ModelFolder.Options, _ configuration: CLIPConfiguration, path: String) throws {
        widens = options.average != nil
        if let adapter = options.adapter {
            let adapters = try AdapterFolder.read(adapter, for: configuration)
            steps.append(adapters.merged)
        }
        if let average = options.average {
            steps.append(try Self.averaging(average, options, configuration, path))
        }
    }

    /// The tensor of a name after all changes; 32-bit where there were any.
    func callAsFunction(_ name: String, _ tensor: Tensor) throws -> Tensor {
        try steps.reduce(tensor) { try $1(name, $0) }
    }

    /// θ = (1 − share)·θ₀ + share·θ₁ (Wortsman et al. 2022, "WiSE-FT").
    private static func averaging(
        _ average: ModelFolder.Average, _ options: ModelFolder.Options, _ configuration: CLIPConfiguration,
        _ path: String
    ) throws -> (String, Tensor) throws -> Tensor {
        var opening = ModelFolder.Options()
        opening.architecture = options.architecture
        let other = try ModelFolder(opening: average.model, options: opening)
        guard other.configuration.vision == configuration.vision, other.configuration.text == configuration.text,
            other.configuration.embeddingWidth == configuration.embeddingWidth
        else {
            throw FileError(
                .badData, path: average.model, "expected a model of the architecture of \(path), found another")
        }
        return { name, tensor in
            // A count of batches has no average.
            guard tensor.dtype.isFloatingPoint else { return tensor }
            guard let there = try other.tensor(name) else {
                throw FileError(.badData, path: average.model, "expected the tensor \(name), found none")
            }
            return try tensor.cast(to: .float32) * (1 - average.share) + there.cast(to: .float32) * average.share
        }
    }
}
