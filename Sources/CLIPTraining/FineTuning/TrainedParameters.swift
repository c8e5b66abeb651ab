package import CLIPModels

/// Says of each parameter of a model whether training changes it.
package struct TrainedParameters {
    private let locks: [(groups: TowerGroups, unlocked: Int)]
    private let trainsNothing: Bool
    private let trainsImagesAlone: Bool
    /// Whether locked batch norms keep their running statistics.
    package let freezesStatistics: Bool

    /// - Throws: ``TrainingError`` where more groups are unlocked than a tower has.
    package init(_ run: TrainingConfiguration, _ architecture: CLIPConfiguration) throws {
        let asked = [(Tower.image, run.lock?.image), (.text, run.lock?.text)]
        locks = try asked.compactMap { tower, lock in
            guard let lock else { return nil }
            let groups = TowerGroups(tower, of: architecture)
            guard (0...groups.count).contains(lock.unlockedGroups) else {
                throw TrainingError(
                    "lock.\(tower.rawValue).unlocked_groups",
                    "expected 0 to \(groups.count), found \(lock.unlockedGroups)"
                )
            }
            guard lock.freezesStatistics || groups.hasBatchNorms else {
                throw TrainingError(
                    "lock.\(tower.rawValue).freeze_bn_stats",
                    "expected a ResNet, which has such statistics, found another tower"
                )
            }
            return (groups, lock.unlockedGroups)
        }
        trainsNothing = run.lora != nil
        trainsImagesAlone = run.head != nil
        freezesStatistics = run.lora != nil || run.lock?.image?.freezesStatistics ?? false
    }

    /// Whether training changes the parameter of a name.
    package func contains(_ name: String) -> Bool {
        if trainsNothing || trainsImagesAlone && !name.hasPrefix("visual.") { return false }
        return locks.allSatisfy { lock in
            lock.groups.index(of: name).map { $0 >= lock.groups.count - lock.unlocked } ?? true
        }
    }
}
