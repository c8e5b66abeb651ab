internal import CLIPTensor

/// What calls, classes and persistent identifiers stand for.
extension PickleReader {
    /// REDUCE: the value that a call would give.
    mutating func call() throws {
        let pair = try pop(2)
        guard case .global(let global) = pair[0], case .tuple(let index) = pair[1] else {
            throw malformed("a known function and a tuple of arguments", "\(pair[0].kind) and \(pair[1].kind)")
        }
        try stack.append(result(of: global, heap.sequences[index]))
    }

    private mutating func result(of global: TorchGlobal, _ arguments: [PickleValue]) throws -> PickleValue {
        switch global {
        case .orderedDictionary: return try orderedDictionary(arguments)
        case .set, .frozenSet: return try set(arguments)
        case .rebuildTensor: return try tensor(arguments, counts: 4...4)
        case .rebuildTensor2: return try tensor(arguments, counts: 6...7)
        case .rebuildTensor3: return try tensor(arguments, counts: 7...8)
        case .rebuildParameter: return try parameter(arguments)
        case .device: return .device
        case .size where arguments.count == 1, .scriptList where arguments.count == 1: return try sequence(arguments[0])
        case .scriptTypeTag where arguments.count == 2: return arguments[0]
        case .size, .scriptList, .scriptTypeTag, .storage, .untypedStorage, .dtype, .scriptClass:
            throw malformed("a call that makes a plain value", "one of \(global.name.brief)")
        }
    }

    /// NEWOBJ: an instance of a class before it has its state.
    mutating func makeObject() throws {
        let pair = try pop(2)
        switch (pair[0], pair[1]) {
        case (.global(.scriptClass(let name)), .tuple(let index)) where heap.sequences[index].isEmpty:
            stack.append(.object(heap.add(.init(className: name, state: nil), to: \.objects)))
        case (.global(.orderedDictionary), .tuple(let index)):
            try stack.append(orderedDictionary(heap.sequences[index]))
        default:
            throw malformed("a class of the archive to make an object of", "\(pair[0].kind) and \(pair[1].kind)")
        }
    }

    /// BUILD: the state of an object.
    mutating func setState() throws {
        let state = try pop()
        switch (try top(), state) {
        case (.object(let index), _) where heap.objects[index].state == nil: heap.objects[index].state = state
        // A state dict carries the versions of its modules as an attribute.
        case (.dictionary, .dictionary): break
        case (let target, _): throw malformed("an object without a state", target.kind)
        }
    }

    private mutating func sequence(_ value: PickleValue) throws -> PickleValue {
        guard heap.elements(value) != nil else { throw malformed("a tuple or a list", value.kind) }
        return value
    }

    private mutating func set(_ arguments: [PickleValue]) throws -> PickleValue {
        guard let argument = arguments.first else { return .set(heap.add(sequence: [])) }
        guard arguments.count == 1, let elements = heap.elements(argument) else {
            throw malformed("the elements of a set in a list", argument.kind)
        }
        try countCopies(elements.count)
        return .set(heap.add(sequence: elements))
    }

    private mutating func orderedDictionary(_ arguments: [PickleValue]) throws -> PickleValue {
        guard let argument = arguments.first else { return .dictionary(heap.add(dictionary: [])) }
        guard arguments.count == 1, let pairs = heap.elements(argument) else {
            throw malformed("the items of a dict in a list", argument.kind)
        }
        try countCopies(pairs.count)
        let items = try pairs.map { pair in
            guard let pair = heap.elements(pair), pair.count == 2 else { throw malformed("items of a dict", pair.kind) }
            return (key: pair[0], value: pair[1])
        }
        return .dictionary(heap.add(dictionary: items))
    }

    /// Keeps a list from being made into a set or a dict again and again, in a few bytes each time.
    private mutating func countCopies(_ count: Int) throws {
        copiedCount += count
        guard copiedCount <= bytes.count else { throw malformed("the elements of a set or dict once", "them repeated") }
    }
}

/// Storages and tensors.
extension PickleReader {
    /// BINPERSID: `("storage", class, key, device, number of elements)`, in old files with the part that a view covers.
    mutating func pushStorage() throws {
        let identifier = try pop()
        let fields = heap.elements(identifier) ?? []
        guard 5...6 ~= fields.count, case .string("storage") = fields[0] else {
            throw malformed("the identifier of a storage", identifier.kind)
        }
        guard case .global(let type) = fields[1], let dtype = type.storedType, case .string(let key) = fields[2],
            case .integer(let count) = fields[4], count >= 0
        else {
            throw malformed("a storage's class, key and size", fields[1...].map(\.kind).joined(separator: ", "))
        }
        let part = try part(fields.count == 6 ? fields[5] : .none, count: count)
        stack.append(.storage(heap.add(.init(key: key, dtype: dtype, count: count, part: part), to: \.storages)))
    }

    /// The part of a storage that `(key, offset, size)` covers.
    private func part(_ view: PickleValue, count: Int) throws -> Range<Int> {
        if case .none = view { return 0..<count }
        guard let fields = heap.elements(view), fields.count == 3, case .integer(let offset) = fields[1],
            case .integer(let size) = fields[2], 0...count ~= offset, 0...(count - offset) ~= size
        else { throw malformed("a part of \(count) stored elements", view.kind) }
        return offset..<offset + size
    }

    /// `(storage, offset, sizes, strides, …)`; the third version adds the type of the elements as the seventh.
    private mutating func tensor(_ arguments: [PickleValue], counts: ClosedRange<Int>) throws -> PickleValue {
        guard counts ~= arguments.count, case .storage(let storage) = arguments[0],
            case .integer(let offset) = arguments[1], case .tuple(let shape) = arguments[2],
            case .tuple(let strides) = arguments[3]
        else {
            let found = arguments.prefix(4).map(\.kind).joined(separator: ", ")
            throw malformed("a tensor's storage, offset, sizes and strides", found.isEmpty ? "nothing" : found)
        }
        var dtype = heap.storages[storage].dtype
        if counts.lowerBound == 7 {
            guard case .global(.dtype(let named)) = arguments[6] else {
                throw malformed("the type of a tensor's elements", arguments[6].kind)
            }
            dtype = named
        }
        if arguments.count == counts.upperBound, counts.count > 1 {
            try checkUnmarked(arguments[counts.upperBound - 1])
        }
        let view = PickleHeap.TensorView(
            storage: storage, dtype: dtype, offset: offset, shape: shape, strides: strides)
        return .tensor(heap.add(view, to: \.tensors))
    }

    /// Marks of a tensor may say that its elements are to be negated.
    private func checkUnmarked(_ marks: PickleValue) throws {
        if case .none = marks { return }
        guard heap.items(marks)?.isEmpty == true else { throw malformed("a tensor without marks", marks.kind) }
    }

    /// `(tensor, whether it learns, hooks)`.
    private func parameter(_ arguments: [PickleValue]) throws -> PickleValue {
        guard arguments.count == 3, case .tensor = arguments[0] else {
            throw malformed("the tensor of a parameter", arguments.first?.kind ?? "nothing")
        }
        return arguments[0]
    }
}

extension TorchGlobal {
    /// The type of the elements of a storage class; an untyped one counts bytes.
    fileprivate var storedType: DType? {
        switch self {
        case .storage(let dtype): dtype
        case .untypedStorage: .uint8
        default: nil
        }
    }
}
