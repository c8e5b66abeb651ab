import CLIPPage

/// What the doctor found.
struct FindingsSection {
    private let findings: [Finding]

    init(_ findings: [Finding]) { self.findings = findings }

    var html: HTML {
        guard !findings.isEmpty else { return .empty }
        return """
            <section aria-labelledby="doctor"><h2 id="doctor">What to look at</h2>
            <p>Found in the run while it went on, each told once.</p>\(findings.map(warning))</section>
            """
    }

    private func warning(_ finding: Finding) -> HTML {
        let samples = (finding.samples ?? []).map { "<li>\($0.name): \($0.caption)</li>" as HTML }
        let list: HTML =
            samples.isEmpty
            ? .empty
            : "<details><summary>The \(samples.count) samples of the batch</summary><ul class=\"columns\">\(samples)</ul></details>"
        return """
            <div class="warning"><h3>Step \(finding.step.grouped): \(finding.seen)</h3>
            <p>This matters: \(finding.meaning).</p><p>What to do: \(finding.advice).</p>\(list)</div>
            """
    }
}
