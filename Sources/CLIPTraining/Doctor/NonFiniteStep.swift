import CLIPData
internal import CLIPFiles

/// A step that was not taken, since what it computed is no finite number. The parameters are as before.
package struct NonFiniteStep: Error, CustomStringConvertible {
    /// What is not finite.
    let quantity: String
    /// What was found in its place.
    let value: Double

    package var description: String { "expected a finite \(quantity), found \(value)" }
}

extension NonFiniteStep {
    /// How many samples the message names; the finding in the run's folder names all of them.
    private static let named = 3

    /// What the doctor says of it: the step, the batch, its samples.
    func finding(at step: Int, _ samples: [BatchSample], of batch: Batch) -> Finding {
        let names = samples.prefix(Self.named).map { "\($0.name) \($0.caption.quoted(60))" }
        let more = samples.count > Self.named ? " and \(samples.count - Self.named) more" : ""
        return Finding(
            step: step, ailment: .nonFinite,
            seen: "the \(quantity) is \(value) on batch \(batch.step) of epoch \(batch.epoch): "
                + names.joined(separator: ", ") + more,
            meaning: "the step was not taken, since it would have ruined every weight; the last checkpoint stays",
            advice: "go on from it with a lower learning_rate, a longer warmup_steps or optimiser.gradient_norm_limit, "
                + "and look at these samples if it is always the same batch",
            samples: samples)
    }
}

/// A sample of a batch, by name.
public struct BatchSample: Codable, Sendable, Hashable {
    /// What the data set calls it: its file, for example.
    public var name: String
    /// Its caption.
    public var caption: String
}

extension Batch {
    /// The samples by their names in the data set.
    func samples(of dataset: any PairDataset) -> [BatchSample] {
        zip(indices, captions).map { BatchSample(name: dataset.name(at: $0, epoch: epoch), caption: $1) }
    }
}
