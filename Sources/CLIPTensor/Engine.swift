internal import CCLIPTorch

/// The process-wide state of libtorch.
public enum Engine {
    /// The version of the library that runs, such as "2.13.0".
    public static var version: String { String(cString: clip_torch_version()) }

    /// The number of threads that one operator uses.
    public static var threadCount: Int {
        get { Int(clip_thread_count()) }
        set { clip_set_thread_count(Int32(clamping: max(1, newValue))) }
    }

    /// Keeps freed memory in the process for the next tensor, which spares a small model's training step the page faults
    /// of its activations. For a process of one's own; a library leaves it to its host.
    public static func keepFreedMemory() { clip_keep_freed_memory() }

    /// Treats denormal numbers as 0 on this thread and on those that its operators start. Call it before the first
    /// operator of a thread that trains: the moments of rarely seen tokens decay into denormals, which slow the optimiser
    /// a hundredfold.
    public static func flushDenormals() { clip_flush_denormals() }

    /// Asks for operators that give the same bits in every run, and an error from those that cannot.
    public static func setDeterministic(_ enabled: Bool) throws {
        _ = try checked("setDeterministic") { clip_set_deterministic(enabled, &$0) }
    }
}
