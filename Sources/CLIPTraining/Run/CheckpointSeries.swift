internal import CLIPFiles
internal import Foundation

/// The last checkpoints of a run: a folder each, named by its step.
package struct CheckpointSeries {
    /// The folder of their folders.
    private let path: String
    /// The steps of damaged ones after which the run took up its way before them.
    private var passedOver: Set<Int> = []

    /// Those in a folder that may not be there yet.
    package init(_ path: String) { self.path = path }

    private static let prefix = "step-"

    /// The steps of the checkpoints that are there, whole or not, in their order.
    private func steps() throws -> [Int] {
        try names().compactMap { name in
            guard let step = Int(name.dropFirst(Self.prefix.count)), step >= 0 else { return nil }
            return Self.name(step) == name ? step : nil
        }.sorted()
    }

    private func names() throws -> [String] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw FileError(.unwritable, path: path, "cannot be looked into: \(error.localizedDescription)")
        }
    }

    /// The folder of the newest one, whole or not.
    package func newest() throws -> String? { try steps().last.map(folder) }

    private static func name(_ step: Int) -> String { prefix + String(format: "%09ld", step) }

    private func folder(_ step: Int) -> String { "\(path)/\(Self.name(step))" }

    /// Writes a checkpoint, and then removes all but the last `count`, of which those that were passed over are none.
    ///
    /// - Parameter onNotice: Told of an old checkpoint that cannot be removed, which ends no run.
    mutating func write(
        _ checkpoint: Checkpoint, _ trainer: Trainer, keeping count: Int, onNotice: (String) -> Void
    ) throws {
        try makeFolder(path)
        try checkpoint.write(trainer, to: folder(checkpoint.step))
        passedOver.remove(checkpoint.step)
        let kept = try steps().filter { !passedOver.contains($0) }.suffix(count)
        for step in try steps() where !kept.contains(step) {
            do {
                try AtomicFolder.remove(folder(step), replaceable: Checkpoint.files)
            } catch let error as FileError {
                onNotice("an old checkpoint stays: \(error)")
            }
        }
    }

    /// Brings a trainer to the newest checkpoint that is whole.
    ///
    /// - Parameter onNotice: Told of each damaged one that was passed over, and why.
    /// - Throws: `FileError` where there is none; ``TrainingError`` where none is whole, with the newest one's reason, or
    ///   where the newest whole one is of another run or another step.
    mutating func resume(_ trainer: Trainer, _ plan: TrainingPlan, onNotice: (String) -> Void) throws -> Checkpoint {
        var damages: [FileError] = []
        for step in try steps().reversed() {
            let folder = folder(step)
            let checkpoint: Checkpoint
            do {
                checkpoint = try Checkpoint.open(folder)
            } catch let damage as FileError {
                damages.append(damage)
                passedOver.insert(step)
                continue
            }
            for damage in damages { onNotice("passed over a damaged checkpoint: \(damage)") }
            if !damages.isEmpty { onNotice("going on from \(folder)") }
            guard checkpoint.step == step else {
                throw TrainingError(
                    "\(folder)/\(Checkpoint.state): expected step \(step), as its folder is called, found step "
                        + "\(checkpoint.step); a folder that was renamed gets its name back or goes")
            }
            try checkpoint.restore(trainer, plan, from: folder)
            return checkpoint
        }
        if let damage = damages.first { throw TrainingError("no checkpoint is whole: \(damage)") }
        throw FileError(.notFound, path: path, "expected a checkpoint to go on from, found none")
    }

    /// Throws where anything that no run wrote lies in a checkpoint's folder; what a killed process left half-written goes.
    func checkReplaceable() throws {
        for name in try names() where name.hasPrefix(".\(Self.prefix)") && name.hasSuffix(".partial") {
            let whole = name.dropFirst().dropLast(".partial".count)
            try AtomicFolder.check("\(path)/\(whole)", replaceable: Checkpoint.files)
        }
        for step in try steps() { try AtomicFolder.check(folder(step), replaceable: Checkpoint.files) }
    }

    /// Removes all of them, and their folder where nothing else is in it.
    func remove() throws {
        for step in try steps() { try AtomicFolder.remove(folder(step), replaceable: Checkpoint.files) }
        rmdir(path)
    }
}
