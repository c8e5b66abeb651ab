/// What a loader has met so far.
public struct LoaderReport: Sendable, Hashable {
    /// The data set's samples that could not be used; one that fails in every epoch counts once.
    public internal(set) var bad = BadSamples()
    /// How often a sample was read, or tried to be, over all epochs.
    public internal(set) var read = 0
    /// How often that failed.
    public internal(set) var failedReads = 0
    /// How many batches the trainer has taken.
    public internal(set) var batches = 0
    /// How many texts of these batches were cut.
    public internal(set) var truncated = 0
    /// How long the trainer waited for the batches that it took, the first one included.
    public internal(set) var waited: Duration = .zero
}
