internal import CLIPTensor

/// A class or a function that a pickle may name. None is ever called: each stands for a value of our own.
///
/// What is not in this table is refused where it is named, so that no other code could be meant.
enum TorchGlobal {
    case orderedDictionary
    case set
    case frozenSet
    case rebuildTensor
    case rebuildTensor2
    case rebuildTensor3
    case rebuildParameter
    case storage(DType)
    case untypedStorage
    case size
    case device
    case dtype(DType)
    /// A class of a TorchScript archive.
    case scriptClass(String)
    /// A list of one type of elements in a TorchScript archive.
    case scriptList
    /// Says the type of a container in a TorchScript archive.
    case scriptTypeTag

    /// The global `module.name`.
    ///
    /// - Parameter allowsScript: Whether the file is a TorchScript archive, which defines classes of its own.
    init(module: String, name: String, allowsScript: Bool) throws {
        let full = "\(module).\(name)"
        // A name with a dot would be an attribute of something in the module.
        let isPlain = !name.contains(".")
        if isPlain, let global = Self.table[full] {
            self = global
        } else if isPlain, allowsScript, let global = Self.scriptTable[full] {
            self = global
        } else if isPlain, allowsScript, "\(module).".hasPrefix("__torch__.") {
            self = .scriptClass(full)
        } else {
            throw TorchFormatError(
                expected: "tensors, dicts, numbers and strings", found: "the global \(full.brief)")
        }
    }

    /// What the global is called, for errors.
    var name: String {
        if case .scriptClass(let name) = self { return name }
        return switch self {
        case .orderedDictionary: "collections.OrderedDict"
        case .set: "builtins.set"
        case .frozenSet: "builtins.frozenset"
        case .rebuildTensor: "torch._utils._rebuild_tensor"
        case .rebuildTensor2: "torch._utils._rebuild_tensor_v2"
        case .rebuildTensor3: "torch._utils._rebuild_tensor_v3"
        case .rebuildParameter: "torch._utils._rebuild_parameter"
        case .storage(let dtype): "torch storage of \(dtype)"
        case .untypedStorage: "torch.storage.UntypedStorage"
        case .size: "torch.Size"
        case .device: "torch.device"
        case .dtype(let dtype): "torch.\(dtype)"
        case .scriptClass(let name): name
        case .scriptList: "torch.jit._pickle.build_intlist"
        case .scriptTypeTag: "torch.jit._pickle.restore_type_tag"
        }
    }

    private static let table: [String: TorchGlobal] = {
        var table: [String: TorchGlobal] = [
            "collections.OrderedDict": .orderedDictionary,
            "builtins.set": .set, "builtins.frozenset": .frozenSet,
            // Python 2's name, which protocol 2 keeps.
            "__builtin__.set": .set, "__builtin__.frozenset": .frozenSet,
            "torch._utils._rebuild_tensor": .rebuildTensor,
            "torch._utils._rebuild_tensor_v2": .rebuildTensor2,
            "torch._utils._rebuild_tensor_v3": .rebuildTensor3,
            "torch._utils._rebuild_parameter": .rebuildParameter,
            "torch.storage.UntypedStorage": .untypedStorage,
            "torch.Size": .size, "torch.device": .device,
        ]
        for dtype in DType.allCases {
            table["torch.\(dtype)"] = .dtype(dtype)
            table["torch.\(dtype.storageName)"] = .storage(dtype)
        }
        return table
    }()

    private static let scriptTable: [String: TorchGlobal] = {
        let lists = ["intlist", "tensorlist", "doublelist", "boollist"].map { "torch.jit._pickle.build_\($0)" }
        let table = Dictionary(uniqueKeysWithValues: lists.map { ($0, TorchGlobal.scriptList) })
        return table.merging(["torch.jit._pickle.restore_type_tag": .scriptTypeTag]) { first, _ in first }
    }()
}

extension DType {
    /// PyTorch's name for a storage of such elements.
    fileprivate var storageName: String {
        switch self {
        case .uint8: "ByteStorage"
        case .int8: "CharStorage"
        case .int16: "ShortStorage"
        case .int32: "IntStorage"
        case .int64: "LongStorage"
        case .float16: "HalfStorage"
        case .float32: "FloatStorage"
        case .float64: "DoubleStorage"
        case .bool: "BoolStorage"
        case .bfloat16: "BFloat16Storage"
        }
    }
}
