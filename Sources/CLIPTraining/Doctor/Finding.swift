/// What a run suffers from.
public enum Ailment: String, Codable, Sendable, Hashable, CaseIterable {
    /// The loss stays near that of guessing.
    case stuckLoss = "stuck_loss"
    /// The loss or the gradients are no finite numbers.
    case nonFinite = "non_finite"
    /// All images, or all texts, have nearly the same embedding.
    case collapsed
    /// Pairs of a batch have the same caption.
    case repeatedCaptions = "repeated_captions"
    /// Texts are longer than the context.
    case cutTexts = "cut_texts"
    /// A high rate from the first step, or one that still rises at the end.
    case warmup
    /// The factor on similarities is at its bound.
    case logitScaleBound = "logit_scale_bound"
    /// Gradients are all but nothing.
    case vanishingGradients = "vanishing_gradients"
    /// Gradients are now and then many times as large as usual.
    case explodingGradients = "exploding_gradients"
    /// The trainer waits for data.
    case dataWait = "data_wait"
}

/// Something that the doctor saw, once a run for each ailment.
public struct Finding: Codable, Sendable, Hashable, CustomStringConvertible {
    /// The step at which it was seen, from 1; 0 before the first.
    public var step: Int
    /// What it is.
    public var ailment: Ailment
    /// What was seen.
    public var seen: String
    /// Why it matters.
    public var meaning: String
    /// What to do.
    public var advice: String
    /// The samples that it is about, where it is about some.
    public var samples: [BatchSample]?

    /// All of it in one line.
    public var description: String { "step \(step): \(seen): \(meaning); \(advice)" }
}

extension Finding: StepLine {}
