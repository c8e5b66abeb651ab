internal import Foundation

#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

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
        let thread = Thread { [self] in
            Self.nameCurrentThread(name)
            run()
        }
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Foundation's own name is lost where the thread runs before `start` has returned.
    private static func nameCurrentThread(_ name: String) {
        #if canImport(Darwin)
            pthread_setname_np(name)
        #else
            // Linux keeps 15 bytes of a name and takes no longer one.
            pthread_setname_np(pthread_self(), String(decoding: name.utf8.prefix(15), as: UTF8.self))
        #endif
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
