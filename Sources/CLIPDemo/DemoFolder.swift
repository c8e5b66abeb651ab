internal import CLIPFiles
internal import CLIPTraining
internal import Foundation

extension EmojiDemo {
    /// Throws where the output folder holds anything that the tour would write over and that no tour wrote: another run, or
    /// somebody's page.
    func checkFolder() throws {
        let run = RunFolder(output)
        let written = [
            run.configuration, run.metrics, run.validation, run.findings, run.events, run.report, run.reportNotes,
            run.checkpoint, run.model, samplesPath, pagePath,
        ]
        guard let found = written.first(where: FileManager.default.fileExists) else { return }
        if let earlier = try? run.readConfiguration(), isTour(earlier) { return }
        throw FileError(
            .unwritable, path: output,
            "expected a new folder or that of an earlier demo, found \(found) of something else; choose another folder")
    }

    /// The folder of the pictures to try.
    var samplesPath: String { "\(output)/samples" }

    /// The page.
    var pagePath: String { "\(output)/index.html" }

    /// Whether a run is the recipe's, whatever its seed and length.
    private func isTour(_ run: TrainingConfiguration) -> Bool {
        var other = recipe
        (other.seed, other.steps, other.loaderThreads) = (run.seed, run.steps ?? 1, run.loaderThreads)
        return run == other.configuration(output: run.output)
    }
}
