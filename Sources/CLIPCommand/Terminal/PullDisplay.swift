internal import CLIPHub
internal import Foundation
internal import Synchronization

/// The path of a model as its user named it: a path that is there, or `ORG/NAME`, which is pulled from the hub.
func modelPath(_ name: String) async throws -> String {
    let model = try await PullDisplay.show { bar in try await ModelLocation(of: name) { bar.show($0) } }
    if let warning = model.warning { Console.report(warning) }
    return model.path
}

/// A pull as the terminal shows it.
enum PullDisplay {
    /// Runs `body` with a bar that it moves.
    static func show<Result>(_ body: (PullBar) async throws -> Result) async throws -> Result {
        let bar = PullBar()
        defer { bar.finish() }
        return try await body(bar)
    }
}

/// The bar of a pull: it counts megabytes, and shows the files behind them.
final class PullBar: Sendable {
    private struct State {
        var bar: ProgressBar?
        var shown = 0
    }

    private let state = Mutex(State())

    func show(_ progress: HubProgress) {
        state.withLock { state in
            let bar = state.bar ?? ProgressBar("pulling", total: progress.totalBytes / 1_000_000, unit: "MB")
            state.bar = bar
            let done = progress.bytes / 1_000_000
            bar.advance(by: done - state.shown, detail: "\(progress.files)/\(progress.totalFiles) files")
            state.shown = done
        }
    }

    func finish() { state.withLock { $0.bar?.finish() } }
}
