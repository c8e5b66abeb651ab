internal import Foundation
internal import Synchronization

/// Control-C (SIGINT) and SIGTERM: the first cancels the work, so that it ends in order and removes what is not whole; the
/// second ends the process at once.
enum Interruption {
    private static let requests = Atomic<Int>(0)

    /// Whether the user has asked for the end.
    static var isRequested: Bool { requests.load(ordering: .relaxed) > 0 }

    /// A pipe that can be read from the first signal on; -1 for both ends where there is none.
    private static let alarm: (output: Int32, input: Int32) = {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return (-1, -1) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }()

    /// Waits until a descriptor is ready for `POLLIN` or `POLLOUT`, or broken. Throws `CancellationError` where the user asks
    /// for the end before: a read or a write alone would not end by that.
    static func wait(for descriptor: Int32, _ events: Int32) throws {
        var waiting = [
            pollfd(fd: descriptor, events: Int16(events), revents: 0),
            pollfd(fd: alarm.output, events: Int16(POLLIN), revents: 0),
        ]
        while poll(&waiting, 2, -1) < 0 {
            // What is wrong with the descriptor, its use will tell.
            guard errno == EINTR else { return }
        }
        if waiting[0].revents == 0 { throw CancellationError() }
    }

    /// Cancels a task when a signal arrives.
    static func cancel<Success>(_ task: Task<Success, Never>) {
        // Made before a signal may ask for it: a handler must not be the first to touch it.
        let alarm = alarm.output
        for number in [SIGINT, SIGTERM] { signal(number, handle) }
        Thread.detachNewThread {
            var waiting = pollfd(fd: alarm, events: Int16(POLLIN), revents: 0)
            while poll(&waiting, 1, -1) < 0 && errno == EINTR {}
            task.cancel()
        }
    }

    /// Runs between any two instructions of the process: nothing here takes a lock or memory.
    private static let handle: @convention(c) (Int32) -> Void = { _ in
        let number = errno
        guard requests.add(1, ordering: .relaxed).oldValue == 0 else { _exit(130) }
        var signal: UInt8 = 1
        _ = write(alarm.input, &signal, 1)
        errno = number
    }
}
