internal import CLIPFiles

/// What an adapter's `adapter_config.json` says, as PEFT writes it.
struct AdapterConfiguration {
    static let file = "adapter_config.json"

    /// The factor of all products is `alpha` over the rank, or over its root.
    var alpha: Double
    var isRankStabilized = false
    /// The modules that are kept whole, as the file names them: in full, or by the ends of their names.
    var modulesToSave: [String] = []

    /// What an adapter of a rank is multiplied with.
    func scale(rank: Int) -> Double { alpha / (isRankStabilized ? Double(rank).squareRoot() : Double(rank)) }

    /// Keys that say nothing about the numbers, or nothing that the tensors do not say.
    private static let neutral: Set<String> = [
        "peft_type", "task_type", "inference_mode", "base_model_name_or_path", "base_model_class", "parent_library",
        "revision", "auto_mapping", "peft_version", "lora_dropout", "target_modules", "exclude_modules",
        "layers_to_transform", "layers_pattern", "init_lora_weights", "megatron_core", "qalora_group_size", "r",
        "lora_alpha", "rank_pattern", "use_rslora", "runtime_config", "bias", "ensure_weight_tying",
        "modules_to_save",
    ]
    /// Ways of drawing a new adapter that leave the weights below it as they are.
    private static let draws: [JSON] = [true, false, "gaussian", "orthogonal", "eva"]

    /// Reads a file; throws `FileError` for one that asks for more than products of two matrices.
    init(reading fields: Fields) throws {
        let kind = try fields.string("peft_type")
        guard kind == "LORA" else { throw fields.refused("peft_type", "LORA", kind.quoted()) }
        let bias = try fields.string("bias", default: "none")
        guard bias == "none" else { throw fields.refused("bias", "none", bias.quoted()) }
        if let draw = fields["init_lora_weights"], !Self.draws.contains(draw) {
            throw fields.refused(
                "init_lora_weights", "a start that leaves the model's weights", "\(draw.compactText.prefix(60))")
        }
        for name in fields.names where !Self.neutral.contains(name) {
            if let value = fields[name], !value.asksForNothing {
                throw fields.refused(name, "an adapter of two matrices alone", "\(value.compactText.prefix(60))")
            }
        }
        alpha = try fields.double("lora_alpha")
        guard alpha.isFinite else { throw fields.refused("lora_alpha", "a finite number", "\(alpha)") }
        isRankStabilized = try fields.bool("use_rslora", default: false)
        modulesToSave = try Self.modules(fields)
    }

    private static func modules(_ fields: Fields) throws -> [String] {
        guard let value = fields["modules_to_save"], value != .null else { return [] }
        let names = value.array?.compactMap(\.string) ?? []
        guard names.count == value.array?.count, names.allSatisfy({ !$0.isEmpty }) else {
            throw fields.refused("modules_to_save", "a list of names", "\(value.compactText.prefix(60))")
        }
        return names
    }

    init(alpha: Double, isRankStabilized: Bool, modulesToSave: [String]) {
        (self.alpha, self.isRankStabilized, self.modulesToSave) = (alpha, isRankStabilized, modulesToSave)
    }

    /// The text that PEFT reads.
    ///
    /// - Parameters:
    ///   - ranks: the rank of each changed module, by Hugging Face's names.
    ///   - targets: the modules, in full or by the ends of their names.
    ///   - base: the model that the adapter was trained on.
    func json(ranks: [(module: String, rank: Int)], targets: [String], base: String?) -> JSON {
        let rank = ranks.first?.rank ?? 1
        let others = ranks.filter { $0.rank != rank }.map { JSON.Member($0.module, .integer($0.rank)) }
        return [
            "base_model_name_or_path": base.map(JSON.string) ?? .null,
            "bias": "none",
            "fan_in_fan_out": false,
            "inference_mode": true,
            "init_lora_weights": true,
            "lora_alpha": alpha == alpha.rounded() && abs(alpha) < 1e15 ? .integer(Int(alpha)) : .number(alpha),
            "lora_dropout": 0.0,
            "modules_to_save": modulesToSave.isEmpty ? .null : .array(modulesToSave.map(JSON.string)),
            "peft_type": "LORA",
            "r": .integer(rank),
            "rank_pattern": .object(others),
            "target_modules": .array(targets.map(JSON.string)),
            "task_type": .null,
            "use_dora": false,
            "use_rslora": .bool(isRankStabilized),
        ]
    }
}

extension JSON {
    /// Whether a value switches nothing on.
    fileprivate var asksForNothing: Bool {
        self == .null || self == false || array?.isEmpty == true || members?.isEmpty == true
    }
}
