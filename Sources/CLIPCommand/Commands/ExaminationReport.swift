internal import CLIPData
internal import CLIPPage
internal import CLIPTraining

/// What the doctor found, as lines for a person.
struct ExaminationReport {
    private let found: Examination

    init(_ found: Examination) {
        self.found = found
    }

    var text: String { (steps + data + found.validations.map { $0.line() } + findings).joined(separator: "\n") + "\n" }

    private var steps: [String] {
        let losses = found.losses.map { "; the loss went from \($0.first.fixed(3)) to \($0.last.fixed(3))" } ?? ""
        return [
            "took \(found.steps.grouped) of \(found.plannedSteps.grouped) steps on \(found.pairs.grouped) pairs\(losses)"
        ]
    }

    private var data: [String] {
        var bad = found.skipped
        bad.add(found.report.bad)
        guard bad.count > 0 else { return ["all samples of these steps could be read"] }
        return ["\(bad.count.grouped) samples could not be used, the first of them:"]
            + bad.first.prefix(5).map { "  \($0)" }
    }

    private var findings: [String] {
        guard !found.findings.isEmpty else { return ["nothing to complain of"] }
        return found.findings.enumerated().map { number, finding in
            "\(number + 1). step \(finding.step): \(finding.seen)\n   this matters: \(finding.meaning)\n"
                + "   what to do: \(finding.advice)"
        }
    }
}
