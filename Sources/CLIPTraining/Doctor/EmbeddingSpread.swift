package import CLIPTensor

/// How alike the embeddings of a set are: the mean cosine of two different ones.
package struct EmbeddingSpread {
    package let images: Double
    /// Nil where no text is seen.
    package let texts: Double?

    /// Of rows of length 1, `[count, width]`, at least two of each.
    package init(images: Tensor, texts: Tensor?) throws {
        self.images = try Self.meanCosine(images)
        self.texts = try texts.map(Self.meanCosine)
    }

    package init(images: Double, texts: Double?) {
        self.images = images
        self.texts = texts
    }

    /// (‖Σx‖² − n) / (n(n − 1)): the sum over all pairs without that of each row with itself.
    private static func meanCosine(_ rows: Tensor) throws -> Double {
        let count = Double(rows.size(0))
        let length = try rows.sum(0).norm().scalar()
        return (length * length - count) / (count * (count - 1))
    }
}

/// Embeddings that are all the same.
struct SpreadWatcher {
    private static let collapsed = 0.99
    /// Fresh towers give everything much the same embedding at first.
    private static let patience = 50
    private let regimen: Doctor.Regimen
    private var sightings = 0

    init(_ regimen: Doctor.Regimen) { self.regimen = regimen }

    mutating func look(at spread: EmbeddingSpread, _ step: Int) -> Finding? {
        guard step >= regimen.warmupSteps + Self.patience else { return nil }
        let texts = spread.texts ?? -1
        sightings = max(spread.images, texts) > Self.collapsed ? sightings + 1 : 0
        guard sightings >= 2 else { return nil }
        let what = spread.images > texts ? "images" : "texts"
        return Finding(
            step: step, ailment: .collapsed,
            seen: "the mean cosine of two \(what) is \(max(spread.images, texts).short)",
            meaning: "all \(what) have nearly the same embedding, so that nothing can be found by it",
            advice: "begin again with a lower learning_rate or a longer warmup_steps, and check that "
                + (what == "images" ? "the images are not all the same" : "the captions are not all the same"))
    }
}
