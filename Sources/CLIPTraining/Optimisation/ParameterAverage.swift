import CLIPModels
import CLIPTensor

/// A running average of parameters, which is often the better model (Polyak and Juditsky 1992).
public struct ParameterAverage {
    private let decay: Double
    private let live: [NamedTensor]
    private let averages: [NamedTensor]

    /// Begins with the parameters as they are.
    init(of parameters: [NamedTensor], decay: Double) throws {
        self.decay = decay
        live = parameters
        averages = try withoutGradients {
            try parameters.map { NamedTensor(name: $0.name, tensor: try $0.tensor.detached().cloned()) }
        }
    }

    /// Moves on after a step, counted from 1. The first steps count more, so that the start is soon forgotten.
    func update(after step: Int) throws {
        let decay = min(decay, Double(1 + step) / Double(10 + step))
        try withoutGradients {
            try Tensor.interpolate(averages.map(\.tensor), towards: live.map(\.tensor), weight: 1 - decay)
        }
    }

    /// What a checkpoint keeps, by name.
    var state: [NamedTensor] { averages.map { NamedTensor(name: "average.\($0.name)", tensor: $0.tensor) } }

    /// Calls `body` while the parameters are the averages.
    package func applied<Result>(_ body: () throws -> Result) throws -> Result {
        try exchange()
        defer { try? exchange() }
        return try body()
    }

    /// Exchanges parameters and averages.
    private func exchange() throws {
        try withoutGradients {
            for (live, average) in zip(live, averages) {
                let kept = try live.tensor.cloned()
                try live.tensor.copy(from: average.tensor)
                try average.tensor.copy(from: kept)
            }
        }
    }
}
