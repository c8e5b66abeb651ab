internal import Foundation

/// A thread of its own for tensor work, as the executor of an actor.
///
/// libtorch's OpenMP keeps a team of threads for every thread that calls it. An encoder or a trainer therefore does all of
/// its work on one thread, and others wait for it asynchronously, off the cooperative pool.
public final class TensorThread: SerialExecutor, @unchecked Sendable {
    // Safe: `jobs` and `isStopped` are only touched while `condition` is locked.
    private let condition = NSCondition()
    private var jobs: [UnownedJob] = []
    private var isStopped = false

    /// Starts a thread with a name that debuggers and profilers show.
    public init(name: String) {
        // The thread holds the state that it waits on until `stop` ends it.
        let thread = Thread { [self] in run() }
        thread.stackSize = 8 << 20
        // No job is taken while this is locked: a name that the thread gave itself would be lost where it runs before
        // `start` has returned.
        condition.withLock {
            thread.start()
            thread.name = name
        }
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        condition.withLock {
            jobs.append(job)
            condition.signal()
        }
    }

    /// Ends the thread once the work that waits is done. An actor calls it when it goes away.
    public func stop() {
        condition.withLock {
            isStopped = true
            condition.signal()
        }
    }

    private func run() {
        while let job = next() { job.runSynchronously(on: asUnownedSerialExecutor()) }
    }

    private func next() -> UnownedJob? {
        condition.withLock {
            while jobs.isEmpty && !isStopped { condition.wait() }
            return jobs.isEmpty ? nil : jobs.removeFirst()
        }
    }
}
