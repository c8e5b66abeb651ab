internal import CLIP

/// Names the inputs of a command that could not be used, and decides the status that follows from them.
struct InputReport {
    private let total: Int
    private var failed: [Int] = []
    private var isAllMissing = true

    /// A report on `total` inputs.
    init(total: Int) {
        self.total = total
    }

    /// Whether an input could not be used.
    var hasFailures: Bool { !failed.isEmpty }

    /// Whether no input could be used.
    var hasOnlyFailures: Bool { failed.count == total }

    /// Names inputs that could not be used, with the reason of each.
    mutating func add(_ failures: [ImageFailure], above bar: ProgressBar) {
        for failure in failures {
            bar.note("clip: \(failure)")
            failed.append(failure.position)
            isAllMissing = isAllMissing && ExitStatus(for: failure.reason) == .noInput
        }
    }

    /// Says which input each row of a file of rows belongs to, where inputs were left out of it.
    func explainRows() {
        guard hasFailures && !hasOnlyFailures else { return }
        Console.report("left out \(failed.count) of \(total) inputs, counted from 0: \(rows())")
    }

    /// Throws where an input could not be used: 66 where none of them is there, 65 otherwise. All was said before.
    func finish() throws {
        guard hasFailures else { return }
        throw CommandFailure(hasOnlyFailures && isAllMissing ? .noInput : .badData)
    }

    /// The runs of rows and the inputs that they are, such as "rows 0–4 are inputs 0–4, rows 5–8 are inputs 6–9".
    func rows() -> String {
        var parts: [String] = []
        var (row, input) = (0, 0)
        for end in failed.sorted() + [total] {
            if end > input { parts.append(Self.part(row: row, input: input, count: end - input)) }
            row += end - input
            input = end + 1
        }
        return parts.joined(separator: ", ")
    }

    private static func part(row: Int, input: Int, count: Int) -> String {
        if count == 1 { return "row \(row) is input \(input)" }
        return "rows \(row)–\(row + count - 1) are inputs \(input)–\(input + count - 1)"
    }
}
