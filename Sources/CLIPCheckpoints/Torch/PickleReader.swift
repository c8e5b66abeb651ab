/// Reads a pickle, the program for a small stack machine by which Python writes objects down.
///
/// The machine is our own and only ever makes ``PickleValue``s: a class or function that a pickle names is one of
/// ``TorchGlobal``'s table or refused, and calling one means building the value that it stands for. Every step reads at
/// least a byte and makes at most one object, so that time and memory are bounded by the size of the pickle.
struct PickleReader {
    /// More than the pickle of any checkpoint: its elements lie outside.
    static let sizeLimit = 16 << 20

    let bytes: UnsafeRawBufferPointer
    let allowsScript: Bool
    var cursor: ByteCursor
    var heap = PickleHeap()
    var stack: [PickleValue] = []
    private var marks: [Int] = []
    /// Values by the numbers under which they are recalled, which picklers give one after the other.
    private var memo: [PickleValue?] = []
    /// The elements that building calls have copied.
    var copiedCount = 0

    /// A reader of the pickle at `position`. The bytes must stay valid while it reads.
    ///
    /// - Parameter allowsScript: Whether classes that a TorchScript archive defines may occur.
    init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0, allowsScript: Bool = false) throws {
        let end = min(bytes.count, position + Self.sizeLimit)
        self.bytes = UnsafeRawBufferPointer(rebasing: bytes[..<end])
        self.allowsScript = allowsScript
        cursor = try ByteCursor(self.bytes, at: position, of: "a pickle")
    }

    /// The value of the pickle; the cursor is behind its end then.
    mutating func read() throws -> PickleValue {
        guard cursor.remaining >= 2, bytes[cursor.position] == PickleOpcode.proto.rawValue else {
            throw TorchFormatError(expected: "a pickle of protocol 2 to 5", found: "other bytes")
        }
        while true {
            let place = cursor.position
            let byte = try cursor.integer(UInt8.self)
            guard let opcode = PickleOpcode(rawValue: byte) else {
                throw TorchFormatError(
                    expected: "an instruction that makes plain values at byte \(place) of a pickle",
                    found: PickleOpcode.name(ofRefused: byte))
            }
            if opcode == .stop { break }
            try executePlain(opcode)
        }
        let value = try pop()
        guard stack.isEmpty, marks.isEmpty else { throw malformed("one value at the end", "more") }
        return value
    }

    /// An error about the instruction that has just been read.
    func malformed(_ expected: String, _ found: String) -> TorchFormatError {
        TorchFormatError(expected: "\(expected) at byte \(cursor.position) of a pickle", found: found)
    }
}

/// The instructions, in three parts that hand on what is not theirs.
extension PickleReader {
    private mutating func executePlain(_ opcode: PickleOpcode) throws {
        switch opcode {
        case .proto: try checkProtocol()
        case .frame: _ = try cursor.integer(UInt64.self)
        case .none: stack.append(.none)
        case .newTrue: stack.append(.bool(true))
        case .newFalse: stack.append(.bool(false))
        case .binInt: try stack.append(.integer(Int(cursor.integer(Int32.self))))
        case .binInt1: try stack.append(.integer(Int(cursor.integer(UInt8.self))))
        case .binInt2: try stack.append(.integer(Int(cursor.integer(UInt16.self))))
        case .long1: try pushLong(cursor.takeCounted(UInt8.self))
        case .long4: try pushLong(cursor.takeCounted(Int32.self))
        case .binFloat: try stack.append(.real(Double(bitPattern: cursor.integer(UInt64.self).byteSwapped)))
        case .binString: try push(text: cursor.takeCounted(Int32.self))
        case .shortBinString, .shortBinUnicode: try push(text: cursor.takeCounted(UInt8.self))
        case .binUnicode: try push(text: cursor.takeCounted(UInt32.self))
        case .binUnicode8: try push(text: cursor.takeCounted(UInt64.self))
        case .binBytes: try push(bytes: cursor.takeCounted(UInt32.self))
        case .shortBinBytes: try push(bytes: cursor.takeCounted(UInt8.self))
        case .binBytes8, .byteArray8: try push(bytes: cursor.takeCounted(UInt64.self))
        default: try executeContainer(opcode)
        }
    }

    private mutating func executeContainer(_ opcode: PickleOpcode) throws {
        switch opcode {
        case .mark: marks.append(stack.count)
        case .pop: if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
        case .popMark: _ = try popToMark()
        case .dup: try stack.append(top())
        case .emptyTuple: push(tuple: [])
        case .tuple: try push(tuple: popToMark())
        case .tuple1: try push(tuple: pop(1))
        case .tuple2: try push(tuple: pop(2))
        case .tuple3: try push(tuple: pop(3))
        case .emptyList: stack.append(.list(heap.add(sequence: [])))
        case .list: try stack.append(.list(heap.add(sequence: popToMark())))
        case .append: try extend(with: pop(1))
        case .appends, .addItems: try extend(with: popToMark())
        case .emptySet: stack.append(.set(heap.add(sequence: [])))
        case .frozenSet: try stack.append(.set(heap.add(sequence: popToMark())))
        case .emptyDict: stack.append(.dictionary(heap.add(dictionary: [])))
        case .dict: try pushDictionary(of: popToMark())
        case .setItem: try setItems(pop(2))
        case .setItems: try setItems(popToMark())
        default: try executeObject(opcode)
        }
    }

    private mutating func executeObject(_ opcode: PickleOpcode) throws {
        switch opcode {
        case .binGet: try recall(Int(cursor.integer(UInt8.self)))
        case .longBinGet: try recall(Int(cursor.integer(UInt32.self)))
        case .binPut: try remember(Int(cursor.integer(UInt8.self)))
        case .longBinPut: try remember(Int(cursor.integer(UInt32.self)))
        case .memoize: try memo.append(top())
        case .global: try push(module: cursor.line(), name: cursor.line())
        case .stackGlobal: try pushStackGlobal()
        case .reduce: try call()
        case .newObject: try makeObject()
        case .build: try setState()
        case .binPersistentID: try pushStorage()
        default: preconditionFailure("every instruction belongs to one of the three parts")
        }
    }
}

/// The stack.
extension PickleReader {
    /// The number of values that may be taken: those above the last mark.
    private var freeCount: Int { stack.count - (marks.last ?? 0) }

    func top() throws -> PickleValue {
        guard freeCount > 0, let value = stack.last else { throw malformed("a value on the stack", "none") }
        return value
    }

    mutating func pop() throws -> PickleValue {
        let value = try top()
        stack.removeLast()
        return value
    }

    mutating func pop(_ count: Int) throws -> [PickleValue] {
        guard freeCount >= count else { throw malformed("\(count) values on the stack", "\(freeCount)") }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    mutating func popToMark() throws -> [PickleValue] {
        guard let mark = marks.popLast() else { throw malformed("a mark on the stack", "none") }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    private mutating func remember(_ index: Int) throws {
        let value = try top()
        // A pickle has fewer values than bytes; a small one cannot ask for a large memo.
        guard index < bytes.count else { throw malformed("a number in the memo below \(bytes.count)", "\(index)") }
        if index >= memo.count { memo += [PickleValue?](repeating: nil, count: index + 1 - memo.count) }
        memo[index] = value
    }

    private mutating func recall(_ index: Int) throws {
        guard index < memo.count, let value = memo[index] else {
            throw malformed("a value in the memo under \(index)", "none")
        }
        stack.append(value)
    }
}

/// Plain values and containers.
extension PickleReader {
    private mutating func checkProtocol() throws {
        let version = try cursor.integer(UInt8.self)
        guard 2...5 ~= version else { throw malformed("a pickle protocol of 2 to 5", "\(version)") }
    }

    private mutating func pushLong(_ digits: UnsafeRawBufferPointer) throws {
        guard digits.count > 8 else {
            let isNegative = (digits.last ?? 0) & 0x80 != 0
            var value: UInt64 = isNegative ? .max : 0
            for byte in digits.reversed() { value = value << 8 | UInt64(byte) }
            stack.append(.integer(Int(truncatingIfNeeded: value)))
            return
        }
        stack.append(.longInteger(cursor.position - digits.count..<cursor.position))
    }

    private mutating func push(text: UnsafeRawBufferPointer) throws {
        try stack.append(.string(String(utf8: text, of: "a string of a pickle")))
    }

    private mutating func push(bytes: UnsafeRawBufferPointer) { stack.append(.bytes) }

    mutating func push(tuple: [PickleValue]) { stack.append(.tuple(heap.add(sequence: tuple))) }

    private mutating func pushDictionary(of flat: [PickleValue]) throws {
        stack.append(.dictionary(heap.add(dictionary: [])))
        try setItems(flat)
    }

    private mutating func extend(with values: [PickleValue]) throws {
        switch try top() {
        case .list(let index), .set(let index): heap.sequences[index] += values
        case let other: throw malformed("a list or a set to add to", other.kind)
        }
    }

    private mutating func setItems(_ flat: [PickleValue]) throws {
        guard case .dictionary(let index) = try top() else {
            throw malformed("a dict to put items in", try top().kind)
        }
        guard flat.count.isMultiple(of: 2) else { throw malformed("a value for each key of a dict", "none") }
        for place in stride(from: 0, to: flat.count, by: 2) {
            heap.dictionaries[index].append((flat[place], flat[place + 1]))
        }
    }

    private mutating func push(module: UnsafeRawBufferPointer, name: UnsafeRawBufferPointer) throws {
        try push(
            module: String(utf8: module, of: "a name in a pickle"), name: String(utf8: name, of: "a name in a pickle"))
    }

    private mutating func pushStackGlobal() throws {
        let pair = try pop(2)
        guard case .string(let module) = pair[0], case .string(let name) = pair[1] else {
            throw malformed("a module and a name", "\(pair[0].kind) and \(pair[1].kind)")
        }
        try push(module: module, name: name)
    }

    private mutating func push(module: String, name: String) throws {
        try stack.append(.global(TorchGlobal(module: module, name: name, allowsScript: allowsScript)))
    }
}
