/// State dicts, alone or within a training checkpoint.
extension NamedTensors {
    /// The tensors of the state dict that a pickled dict is or holds: under `state_dict`, under `model`, the dict itself,
    /// or the only dict in it that holds tensors. What else a training checkpoint says in plain values is ``metadata``.
    init(stateDictIn root: PickleValue, of heap: PickleHeap, pickleSize: Int) throws {
        self.init(pickleSize: pickleSize)
        guard case .dictionary(let rootIndex) = root else {
            throw TorchFormatError(expected: "a dict of tensors", found: root.kind)
        }
        let index = try Self.stateDict(in: rootIndex, heap)
        for (key, value) in heap.dictionaries[index] { try add(key, value) }
        stripWrappers()
        if index != rootIndex { readMetadata(heap.dictionaries[rootIndex]) }
    }

    private mutating func add(_ key: PickleValue, _ value: PickleValue) throws {
        switch (key, value) {
        case (.string(let name), .tensor(let view)): add(name, tensor: view)
        case (.string(let name), .integer(let integer)): add(name, integer: integer)
        case (_, .tensor): throw TorchFormatError(expected: "tensors under names", found: "one under \(key.kind)")
        default: break
        }
    }

    private mutating func readMetadata(_ items: [PickleHeap.Item]) {
        for (key, value) in items {
            if case .string(let name) = key, let text = value.plainText { metadata[name] = text }
        }
    }

    private static func stateDict(in root: Int, _ heap: PickleHeap) throws -> Int {
        let items = heap.dictionaries[root]
        // Worked out once for each dict, however often it is referred to.
        let holdsTensors = heap.dictionaries.map { $0.contains { $0.value.isTensor } }
        func holder(_ value: PickleValue?) -> Int? {
            if case .dictionary(let index)? = value, holdsTensors[index] { index } else { nil }
        }
        for name in ["state_dict", "model"] {
            if let found = holder(heap.value(name, of: items)) { return found }
        }
        if holdsTensors[root] { return root }
        let found = Set(items.compactMap { holder($0.value) })
        guard let only = found.first, found.count == 1 else {
            throw TorchFormatError(
                expected: "a dict of tensors, or one under state_dict or model",
                found: found.isEmpty ? "none" : "\(found.count) dicts of tensors")
        }
        return only
    }
}

extension PickleValue {
    fileprivate var isTensor: Bool { if case .tensor = self { true } else { false } }
}
