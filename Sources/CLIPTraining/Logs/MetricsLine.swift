/// A line of the metrics file: what a step showed.
public struct MetricsLine: Codable, Sendable, Hashable {
    /// The step, from 1.
    public var step: Int
    /// The pairs trained on so far.
    public var pairs: Int
    /// The loss of the batch.
    public var loss: Double
    /// The factor on similarities.
    public var logitScale: Double
    /// The learning rate.
    public var learningRate: Double
    /// The Euclidean norm of all gradients together, before any limit.
    public var gradientNorm: Double
    /// Seconds since the run, or its resumption, began.
    public var seconds: Double
    /// Pairs a second, smoothed over about twenty steps.
    public var pairsPerSecond: Double
    /// The share of the time that was spent waiting for data, smoothed as well: from 0 to 1.
    public var dataWait: Double
    /// The memory that the process holds, in bytes.
    public var residentBytes: Int
    /// The most that it has held.
    public var peakBytes: Int

    private enum CodingKeys: String, CodingKey {
        case step, pairs, loss
        case logitScale = "logit_scale"
        case learningRate = "learning_rate"
        case gradientNorm = "gradient_norm"
        case seconds
        case pairsPerSecond = "pairs_per_second"
        case dataWait = "data_wait"
        case residentBytes = "resident_bytes"
        case peakBytes = "peak_bytes"
    }
}
