internal import CLIPTensor

/// A value that a pickle makes.
///
/// Containers and objects lie in a ``PickleHeap``, and a value is their index there: a list that contains itself is a
/// list with its own number in it, and everything goes away at once, however deep it is nested.
enum PickleValue {
    case none
    case bool(Bool)
    case integer(Int)
    /// An integer beyond 64 bits: its bytes, little-endian, in two's complement.
    case longInteger(Range<Int>)
    case real(Double)
    case string(String)
    /// Bytes, of which no one needs to know more.
    case bytes
    case device

    case tuple(Int)
    case list(Int)
    case set(Int)
    case dictionary(Int)

    case global(TorchGlobal)
    case storage(Int)
    case tensor(Int)
    case object(Int)

    /// The kind of value, for errors.
    var kind: String {
        switch self {
        case .none: "None"
        case .bool: "a bool"
        case .integer, .longInteger: "an integer"
        case .real: "a float"
        case .string: "a string"
        case .bytes: "bytes"
        case .device: "a device"
        case .tuple: "a tuple"
        case .list: "a list"
        case .set: "a set"
        case .dictionary: "a dict"
        case .global(let global): "the global \(global.name.brief)"
        case .storage: "a storage"
        case .tensor: "a tensor"
        case .object: "a TorchScript object"
        }
    }

    /// A number or a text, as a line of text.
    var plainText: String? {
        switch self {
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .real(let value): "\(value)"
        case .string(let value): value
        default: nil
        }
    }
}

/// The containers and objects of a pickle.
struct PickleHeap {
    /// A key of a dict and its value.
    typealias Item = (key: PickleValue, value: PickleValue)

    /// Elements that the file keeps outside of the pickle.
    struct Storage {
        var key: String
        var dtype: DType
        /// The number of elements that are stored.
        var count: Int
        /// Which of them belong to the storage: a view of another in old files, otherwise all.
        var part: Range<Int>
    }

    /// A view of a storage, as it was written: nothing of it is checked yet.
    struct TensorView {
        var storage: Int
        var dtype: DType
        /// The index of the first element in the storage.
        var offset: Int
        /// The tuple of the sizes, a sequence of the heap.
        var shape: Int
        /// The tuple of the strides.
        var strides: Int
    }

    /// An instance of a class of a TorchScript archive: a record of attributes.
    struct Object {
        var className: String
        var state: PickleValue?
    }

    /// The elements of tuples, lists and sets.
    var sequences: [[PickleValue]] = []
    var dictionaries: [[Item]] = []
    var storages: [Storage] = []
    var tensors: [TensorView] = []
    var objects: [Object] = []

    mutating func add(sequence: [PickleValue]) -> Int { add(sequence, to: \.sequences) }

    mutating func add(dictionary: [Item]) -> Int { add(dictionary, to: \.dictionaries) }

    mutating func add<Element>(_ element: Element, to list: WritableKeyPath<PickleHeap, [Element]>) -> Int {
        self[keyPath: list].append(element)
        return self[keyPath: list].count - 1
    }

    /// The elements of a tuple or a list.
    func elements(_ value: PickleValue) -> [PickleValue]? {
        switch value {
        case .tuple(let index), .list(let index): sequences[index]
        default: nil
        }
    }

    /// The items of a dict.
    func items(_ value: PickleValue?) -> [Item]? {
        guard case .dictionary(let index)? = value else { return nil }
        return dictionaries[index]
    }

    /// The last value of a dict under a text.
    func value(_ key: String, of items: [Item]) -> PickleValue? {
        items.last {
            if case .string(let name) = $0.key { name == key } else { false }
        }?.value
    }
}
