/// Captions that occur several times in a batch.
struct RepetitionWatcher: Watcher {
    private static let mostShare = 0.05
    private let regimen: Doctor.Regimen
    private var share = TotalShare()

    init(_ regimen: Doctor.Regimen) { self.regimen = regimen }

    mutating func look(at step: StepObservation) -> Finding? {
        guard let share = share.add(step.repeatedCaptions, of: step.pairs), share > Self.mostShare else { return nil }
        guard !regimen.equalCaptionsMatch else { return nil }
        return Finding(
            step: step.step, ailment: .repeatedCaptions,
            seen: "\(share.share) of the pairs have the caption of another pair of their batch",
            meaning: "the loss asks to tell equal captions apart, which punishes what is right",
            advice: regimen.distinctCaptions
                ? "there are too few captions for distinct_captions; set equal_captions_match, which counts them as matches"
                : "set equal_captions_match, which counts them as matches, or distinct_captions, which keeps them apart"
        )
    }
}

/// Texts that are longer than the context.
struct CutTextWatcher: Watcher {
    private static let mostShare = 0.05
    private let contextLength: Int
    private var share = TotalShare()

    init(_ regimen: Doctor.Regimen) { contextLength = regimen.contextLength }

    mutating func look(at step: StepObservation) -> Finding? {
        guard let share = share.add(step.cutTexts, of: step.pairs), share > Self.mostShare else { return nil }
        return Finding(
            step: step.step, ailment: .cutTexts,
            seen: "\(share.share) of the texts are longer than the context of \(contextLength) tokens and are cut",
            meaning: "what stands at their end is never learned",
            advice: "shorten the captions, learn a larger vocabulary, or give the model a longer context_length")
    }
}

/// A trainer that waits for its batches.
struct DataWaitWatcher: Watcher {
    private static let mostShare = 0.3
    /// The loader's first batches are waited for in any run.
    private static let firstStep = 10
    private var shares = RecentValues(30)

    mutating func look(at step: StepObservation) -> Finding? {
        guard step.step > Self.firstStep else { return nil }
        shares.append(step.dataWait)
        guard shares.isFull, shares.mean > Self.mostShare else { return nil }
        return Finding(
            step: step.step, ailment: .dataWait,
            seen: "\(shares.mean.share) of the time was spent waiting for data over the last \(shares.capacity) steps",
            meaning: "the model could learn from more pairs in the same time",
            advice:
                "raise loader_threads, keep decoded images with data.cache_megabytes, or shrink the images beforehand")
    }
}

/// The share of something among all pairs so far, once there are enough of them.
private struct TotalShare {
    private static let leastPairs = 200
    private static let leastBatches = 4
    private var (found, pairs, batches) = (0, 0, 0)

    mutating func add(_ found: Int, of pairs: Int) -> Double? {
        self.found += found
        self.pairs += pairs
        batches += 1
        return self.pairs >= Self.leastPairs && batches >= Self.leastBatches
            ? Double(self.found) / Double(self.pairs) : nil
    }
}
