internal import CLIPDemo

/// Shows on standard error how far the tour is.
struct DemoDisplay: Sendable {
    private let bar = TrainingBar(tellsFindings: false)

    /// Shows a station of the tour.
    func show(_ stage: EmojiDemo.Stage) {
        switch stage {
        case .preparing: Console.note("drawing emoji scenes and learning a vocabulary from their captions")
        case .pacing: Console.note("measuring the pace of this machine")
        case .training(let progress): bar.show(progress)
        case .evaluating:
            finish()
            Console.note("opening the saved model and asking it about scenes that it never saw")
        }
    }

    /// Clears the bar.
    func finish() { bar.finish() }
}
