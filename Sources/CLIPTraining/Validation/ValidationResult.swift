internal import CLIPPage

/// What was measured on the validation set after a step.
public struct ValidationResult: Codable, Sendable, Hashable {
    /// The steps taken before; 0 is the model that the run began with.
    public var step: Int
    /// The pairs trained on before.
    public var pairs: Int
    /// Shares from 0 to 1, and the loss, by name; what is no finite number is left out.
    public var metrics: [String: Double]
    /// The value of the metric that the run is judged by, so that a larger one is better; nil where it is no finite number.
    public var score: Double?
    /// The metric's name.
    public var metric: String?
    /// Tells the set that was measured on, and how, from others.
    public var set: String?
    /// The number of different images and texts.
    public var images: Int
    public var texts: Int
    /// Seconds that the evaluation took.
    public var seconds: Double
}

extension ValidationResult: StepLine {}

extension ValidationResult {
    /// All of it in one line, beside what the model reached that the run began with.
    public func line(start: ValidationResult? = nil) -> String {
        let parts = ValidationMetrics.names(in: [self]).compactMap { name -> String? in
            guard let value = metrics[name] else { return nil }
            let isShare = name != ValidationMetrics.loss
            func text(_ value: Double) -> String { isShare ? value.percent : value.fixed(3) }
            let before = start.flatMap { step > 0 ? $0.metrics[name] : nil }
            return "\(ValidationMetrics.title(name)) \(text(value))" + (before.map { " (start \(text($0)))" } ?? "")
        }
        return "validation at step \(step): \(parts.joined(separator: ", "))"
    }

    /// Those that were measured on the last one's set, since the run went on with it.
    package static func ofLastSet(_ results: [ValidationResult]) -> [ValidationResult] {
        results.reversed().prefix { $0.set == results.last?.set }.reversed()
    }

    /// The best of a run: the first of those with the highest score. The model that the run began with is none of them, nor
    /// is what was measured before the run went on with another metric or another set.
    public static func best(of results: [ValidationResult]) -> ValidationResult? {
        let alike = ofLastSet(results).reversed().prefix { $0.metric == results.last?.metric }
        return alike.reversed().reduce(nil) { best, result in result.isBetter(than: best) ? result : best }
    }

    /// Whether it takes the place of the best so far: it is better, or was measured with another metric or on another set.
    /// The model that the run began with takes no place.
    func isBetter(than best: ValidationResult?) -> Bool {
        guard step > 0, let score else { return false }
        guard let best, best.set == set, best.metric == metric else { return true }
        return score > best.score ?? -.infinity
    }
}

/// The names of what is measured, as CLIP_benchmark has them where it measures the same.
enum ValidationMetrics {
    static let loss = "loss"
    /// The mean of the six recalls.
    static let meanRecall = "mean_recall"
    static let depths = [1, 5, 10]

    /// Captions that find their image among the first `depth`.
    static func imageRetrieval(_ depth: Int) -> String { "image_retrieval_recall@\(depth)" }

    /// Images that find one of their captions among the first `depth`.
    static func textRetrieval(_ depth: Int) -> String { "text_retrieval_recall@\(depth)" }

    /// Images whose class is the most likely one.
    static func zeroShot(_ column: String) -> String { "zero_shot_acc1/\(column)" }

    /// All of them, in the order in which they are shown.
    static func names(classes: [String]) -> [String] {
        classes.map(zeroShot) + depths.map(imageRetrieval) + depths.map(textRetrieval) + [meanRecall, loss]
    }

    /// The names of results in the order in which they are shown.
    static func names(in results: [ValidationResult]) -> [String] {
        let found = Set(results.flatMap(\.metrics.keys))
        let known = names(classes: []).filter(found.contains)
        return found.subtracting(known).sorted() + known
    }

    /// How a metric is told in words.
    static func title(_ name: String) -> String {
        if let column = name.split(separator: "/").dropFirst().first { return "\(column), zero-shot" }
        let depth = name.split(separator: "@").last.map(String.init) ?? ""
        switch name {
        case loss: return "loss"
        case meanRecall: return "mean recall"
        case _ where name.hasPrefix("image_retrieval"): return "text → image @\(depth)"
        case _ where name.hasPrefix("text_retrieval"): return "image → text @\(depth)"
        default: return name
        }
    }
}
