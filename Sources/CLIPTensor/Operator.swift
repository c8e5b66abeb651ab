internal import CCLIPTorch
internal import Synchronization

/// An argument or a result of an operator.
///
/// Literals stand for themselves: `nil`, `1`, `0.5`, `true`, `[1, 2]`, `"mean"`.
public enum Value {
    case none
    case tensor(Tensor)
    case int(Int)
    case double(Double)
    case bool(Bool)
    case string(String)
    case ints([Int])
    case doubles([Double])
    case bools([Bool])
    case tensors([Tensor])
    case generator(RandomGenerator)

    /// A tensor, or nothing.
    public static func optional(_ tensor: Tensor?) -> Value { tensor.map(Value.tensor) ?? .none }

    /// The number by which operators know a type of elements.
    public static func dtype(_ dtype: DType?) -> Value { dtype.map { .int(Int($0.rawValue)) } ?? .none }

    /// The name by which operators know a device.
    public static func device(_ device: Device) -> Value { .string(device.description) }
}

extension Value: ExpressibleByNilLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral
{
    public init(nilLiteral: ()) { self = .none }
    public init(integerLiteral value: Int) { self = .int(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: Int...) { self = .ints(elements) }
}

/// An operator of libtorch, called through its boxed dispatcher by the order of its schema's arguments.
///
/// ```swift
/// let relu = Operator("aten::relu")
/// let positive = try relu(.tensor(x))
/// ```
public struct Operator: Sendable {
    /// "namespace::name.overload".
    public let name: String
    private let found: LazyReference

    /// The operator `namespace::name` with an overload; it is looked up when it is first called.
    public init(_ name: String, overload: String = "") {
        self.name = overload.isEmpty ? name : "\(name).\(overload)"
        self.found = LazyReference(name: name, overload: overload)
    }

    /// Calls the operator and returns all of its results. Arguments left out at the end take the schema's defaults.
    @discardableResult
    public func results(_ arguments: [Value]) throws -> [Value] {
        let operation = try found.reference()
        var arena = ArgumentArena()
        defer { arena.deallocate() }
        return try withUnsafeTemporaryAllocation(of: clip_value.self, capacity: arguments.count + 1) { encoded in
            for (index, argument) in arguments.enumerated() {
                encoded.initializeElement(at: index, to: arena.encode(argument))
            }
            // The arguments are borrowed: their tensors stay alive until the call returns.
            return try withExtendedLifetime(arguments) {
                try call(operation, UnsafeBufferPointer(rebasing: encoded.prefix(arguments.count)))
            }
        }
    }

    private func call(_ operation: clip_operator_ref, _ arguments: UnsafeBufferPointer<clip_value>) throws -> [Value] {
        let capacity = 8
        return try withUnsafeTemporaryAllocation(of: clip_value.self, capacity: capacity) { results in
            var count = 0
            _ = try checked(name) { error in
                clip_operator_call(
                    operation, arguments.baseAddress, arguments.count, results.baseAddress, capacity, &count, &error)
            }
            return results.prefix(min(count, capacity)).map(Value.init(taking:))
        }
    }

    /// Calls an operator whose first result is a tensor, and returns that.
    public func callAsFunction(_ arguments: Value...) throws -> Tensor {
        guard case .tensor(let tensor)? = try results(arguments).first else {
            throw TensorError("\(name): expected a tensor as its result, found none")
        }
        return tensor
    }
}

/// Finds the operator once, whichever thread asks first.
private final class LazyReference: Sendable {
    private let name: String
    private let overload: String
    private let address = Atomic<UInt>(0)

    init(name: String, overload: String) {
        self.name = name
        self.overload = overload
    }

    func reference() throws -> clip_operator_ref {
        if let known = clip_operator_ref(bitPattern: address.load(ordering: .acquiring)) { return known }
        let reference = try checked("the operator \(name)") { clip_operator_find(name, overload, &$0) }
        guard let reference else { throw TensorError("the operator \(name): not found") }
        // Two threads may both get here; each stores a reference to the same operator, and both live on.
        address.store(UInt(bitPattern: reference), ordering: .releasing)
        return reference
    }
}
