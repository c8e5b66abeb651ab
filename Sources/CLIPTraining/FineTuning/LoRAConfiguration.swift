internal import CLIPFiles
public import CLIPModels

/// Low-rank adapters that are trained in place of the weights (Hu et al. 2021).
public struct LoRAConfiguration: Codable, Sendable, Hashable {
    /// What is saved at the end of a run.
    public enum Result: String, Codable, Sendable, Hashable, CaseIterable {
        /// The model with the adapters' changes in its weights.
        case merged
        /// The adapters alone, in PEFT's format.
        case adapter
        /// One and the other.
        case both

        public init(from decoder: any Decoder) throws { self = try decoder.word() }
    }

    /// The rank of each change.
    public var rank = 8
    /// Changes are multiplied with alpha / rank.
    public var alpha = 16.0
    /// The layers of each block that are adapted.
    public var targets: [AdaptedProjection] = [.query, .value]
    /// The towers whose blocks are adapted.
    public var towers = Tower.allCases
    /// The parts outside the blocks of these towers that are trained whole and kept with the adapter.
    public var modulesToSave: [SavedModule] = []
    /// The folder of an adapter to go on from, which brings its rank, alpha, layers and modules.
    public var from: String?
    /// What is saved at the end.
    public var save = Result.merged

    /// The defaults.
    public init() {}

    private enum CodingKeys: String, CodingKey {
        case rank, alpha, targets, towers
        case modulesToSave = "modules_to_save"
        case from, save
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        rank = try container.decodeIfPresent(Int.self, forKey: .rank) ?? rank
        alpha = try container.decodeIfPresent(Double.self, forKey: .alpha) ?? alpha
        targets = try container.decodeIfPresent([AdaptedProjection].self, forKey: .targets) ?? targets
        towers = try container.decodeIfPresent([Tower].self, forKey: .towers) ?? towers
        modulesToSave =
            try container.decodeIfPresent([SavedModule].self, forKey: .modulesToSave) ?? modulesToSave
        from = try container.decodeIfPresent(String.self, forKey: .from)
        save = try container.decodeIfPresent(Result.self, forKey: .save) ?? save
    }

    func validate(start: String?, lock: LockConfiguration?) throws {
        func check(_ isValid: Bool, _ key: String, _ reason: String) throws {
            if !isValid { throw TrainingError("lora\(key)", reason) }
        }
        try check(start != nil, "", "expected a model to adapt, named by the key start")
        try check(lock == nil, "", "expected no lock beside it, since adapters alone are trained")
        try check((1...4096).contains(rank), ".rank", "expected 1 to 4096, found \(rank)")
        try check(alpha > 0 && alpha.isFinite, ".alpha", "expected a number above 0, found \(alpha)")
        try check(
            !targets.isEmpty && Set(targets).count == targets.count, ".targets",
            "expected each layer once, at least one")
        try check(
            !towers.isEmpty && Set(towers).count == towers.count, ".towers", "expected each tower once, at least one")
        try check(
            Set(modulesToSave).count == modulesToSave.count, ".modules_to_save", "expected each module at most once")
        guard from != nil else { return }
        let plain = LoRAConfiguration()
        try check(
            rank == plain.rank && alpha == plain.alpha && targets == plain.targets && towers == plain.towers
                && modulesToSave.isEmpty,
            ".from", "expected no rank, alpha, targets, towers and modules_to_save beside it, which the adapter brings")
    }
}
