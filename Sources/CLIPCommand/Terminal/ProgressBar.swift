internal import Foundation
internal import Synchronization

/// Progress on standard error: a bar that moves on a terminal, a plain line every ten seconds elsewhere. Short work shows
/// neither.
///
/// ```swift
/// let bar = ProgressBar("embedding", total: images.count, unit: "images")
/// bar.advance(by: 32)
/// bar.finish()
/// ```
final class ProgressBar: Sendable {
    private struct State {
        var done = 0
        var detail = ""
        var lastShown: ContinuousClock.Instant
        var isShown = false
    }

    private let title: String
    private let total: Int
    private let unit: String
    private let start = ContinuousClock.now
    private let state: Mutex<State>

    /// A bar for `total` units, such as images or steps.
    init(_ title: String, total: Int, unit: String) {
        self.title = title
        self.total = total
        self.unit = unit
        state = Mutex(State(lastShown: start))
    }

    /// Counts units that are done; `detail` is shown behind the numbers, such as "loss 1.234".
    func advance(by count: Int = 1, detail: String? = nil) {
        state.withLock { state in
            state.done += count
            if let detail { state.detail = detail }
            let interval: Duration = Console.isErrorTerminal ? .milliseconds(100) : .seconds(10)
            guard ContinuousClock.now - state.lastShown >= interval else { return }
            state.lastShown = .now
            state.isShown = true
            show(state)
        }
    }

    /// Writes a line above the bar.
    func note(_ text: String) {
        state.withLock { state in
            clear(state)
            Console.note(text)
            if state.isShown && Console.isErrorTerminal { show(state) }
        }
    }

    /// Makes room for results where they go to the same terminal; the bar comes back with its next step.
    func clearForOutput() { state.withLock { clear($0) } }

    /// Ends the bar: clears it from a terminal.
    func finish() {
        state.withLock { state in
            clear(state)
            state.isShown = false
        }
    }

    private func clear(_ state: State) {
        guard Console.isErrorTerminal && state.isShown else { return }
        try? Console.write(Array("\r\u{1B}[K".utf8), to: STDERR_FILENO)
    }

    private func show(_ state: State) {
        let text = line(state)
        guard Console.isErrorTerminal else { return Console.note(text) }
        try? Console.write(Array("\r\(text.prefix(terminalWidth() - 1))\u{1B}[K".utf8), to: STDERR_FILENO)
    }

    private func line(_ state: State) -> String {
        let seconds = max((ContinuousClock.now - start) / .seconds(1), 1e-9)
        let rate = Double(state.done) / seconds
        let left = rate > 0 ? Double(total - state.done) / rate : 0
        let bar = Console.isErrorTerminal ? " \(Self.bar(Double(state.done) / Double(max(total, 1))))" : ""
        let detail = state.detail.isEmpty ? "" : "  \(state.detail)"
        return
            "\(title)\(bar) \(state.done)/\(total) \(unit)  \(Self.rounded(rate))/s  \(Self.clock(left)) left\(detail)"
    }

    private static func bar(_ fraction: Double) -> String {
        let width = 24
        let filled = Int((min(max(fraction, 0), 1) * Double(width)).rounded(.down))
        return "\(String(repeating: "█", count: filled))\(String(repeating: "░", count: width - filled))"
    }

    private static func rounded(_ rate: Double) -> String { String(format: rate < 10 ? "%.1f" : "%.0f", rate) }

    private static func clock(_ seconds: Double) -> String {
        let whole = Int(min(max(seconds, 0), 8_640_000).rounded())
        let (hours, minutes) = (whole / 3600, whole / 60 % 60)
        let tail = String(format: "%02d:%02d", minutes, whole % 60)
        return hours > 0 ? "\(hours):\(tail)" : tail
    }

    private func terminalWidth() -> Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 10 else { return 80 }
        return Int(size.ws_col)
    }
}
