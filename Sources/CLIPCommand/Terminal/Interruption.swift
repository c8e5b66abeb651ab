internal import Dispatch
internal import Foundation
internal import Synchronization

/// Control-C (SIGINT) and SIGTERM: the first cancels the work, so that it ends in order and removes what is not whole; the
/// second ends the process at once.
enum Interruption {
    private static let requests = Atomic<Int>(0)
    // Safe: only touched once, at the start of the process.
    nonisolated(unsafe) private static var sources: [any DispatchSourceSignal] = []

    /// Whether the user has asked for the end.
    static var isRequested: Bool { requests.load(ordering: .relaxed) > 0 }

    /// Cancels a task when a signal arrives.
    static func cancel<Success>(_ task: Task<Success, Never>) {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
            source.setEventHandler {
                guard requests.add(1, ordering: .relaxed).oldValue == 0 else { _exit(ExitStatus.interrupted.code) }
                task.cancel()
            }
            source.activate()
            sources.append(source)
        }
    }
}
