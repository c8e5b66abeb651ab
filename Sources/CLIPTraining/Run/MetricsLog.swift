internal import CLIPFiles
internal import Foundation

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
    /// Seconds since the run, or its resumption, began.
    public var seconds: Double

    private enum CodingKeys: String, CodingKey {
        case step, pairs, loss
        case logitScale = "logit_scale"
        case learningRate = "learning_rate"
        case seconds
    }
}

/// Appends a line of JSON a step to a file.
final class MetricsLog {
    private let file: AppendedFile
    private let encoder: JSONEncoder

    /// Opens the file; lines of steps after `step`, which a resumed run takes again, are cut off.
    init(_ path: String, keepingStepsUpTo step: Int) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        self.encoder = encoder
        let kept = step > 0 ? Self.read(path).filter { $0.step <= step } : []
        try AtomicFile.write(kept.flatMap { try encoder.encode($0) + Data("\n".utf8) }, to: path)
        file = try AppendedFile(path: path)
    }

    func append(_ line: MetricsLine) throws { try file.write(encoder.encode(line) + Data("\n".utf8)) }

    /// The lines of a file; those that are broken, such as the last one of a run that was killed, are left out.
    static func read(_ path: String) -> [MetricsLine] {
        guard let bytes = try? contents(ofFile: path, limit: 1 << 30) else { return [] }
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap {
            try? JSONDecoder().decode(MetricsLine.self, from: Data($0))
        }
    }
}

extension RunFolder {
    /// The metrics of the run so far, in the order of its steps.
    public func readMetrics() -> [MetricsLine] { MetricsLog.read(metrics) }
}
