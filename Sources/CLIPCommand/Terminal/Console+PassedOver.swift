internal import CLIPData
internal import CLIPPage

extension Console {
    /// Says how many of something were passed over, and names the first of them; nothing where there were none.
    static func note(passedOver samples: BadSamples, _ what: String) {
        guard samples.count > 0 else { return }
        note("\(samples.count.grouped) \(what) were passed over, the first of them:")
        for sample in samples.first { note("  \(sample)") }
    }
}
