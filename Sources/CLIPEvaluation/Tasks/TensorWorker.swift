internal import CLIPTensor

/// Runs tensor work on a thread of its own, so that libtorch keeps one team of threads for it, off the cooperative pool.
package actor TensorWorker {
    private nonisolated let thread = TensorThread(name: "clip-eval")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    package init() {}

    deinit { thread.stop() }

    /// The result of work.
    package func callAsFunction<Result: Sendable>(_ work: @Sendable () throws -> Result) throws -> Result {
        try work()
    }
}
