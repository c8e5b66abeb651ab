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
    private let path: String
    private let handle: FileHandle
    private let encoder: JSONEncoder

    /// Opens the file; lines of steps after `step`, which a resumed run takes again, are cut off.
    init(_ path: String, keepingStepsUpTo step: Int) throws {
        self.path = path
        let kept = Self.read(path).filter { $0.step <= step }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        self.encoder = encoder
        do {
            let lines = try kept.map { try encoder.encode($0) + Data("\n".utf8) }
            try lines.reduce(Data(), +).write(to: URL(filePath: path), options: .atomic)
            handle = try FileHandle(forWritingTo: URL(filePath: path))
            try handle.seekToEnd()
        } catch {
            throw TrainingError("\(path): cannot be written: \(error.localizedDescription)")
        }
    }

    deinit { try? handle.close() }

    func append(_ line: MetricsLine) throws {
        do {
            try handle.write(contentsOf: encoder.encode(line) + Data("\n".utf8))
        } catch {
            throw TrainingError("\(path): cannot be written: \(error.localizedDescription)")
        }
    }

    /// The lines of a file; those that are broken, such as the last one of a run that was killed, are left out.
    static func read(_ path: String) -> [MetricsLine] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return data.split(separator: UInt8(ascii: "\n")).compactMap {
            try? JSONDecoder().decode(MetricsLine.self, from: Data($0))
        }
    }
}

extension RunFolder {
    /// The metrics of the run so far, in the order of its steps.
    public func readMetrics() -> [MetricsLine] { MetricsLog.read(metrics) }
}
