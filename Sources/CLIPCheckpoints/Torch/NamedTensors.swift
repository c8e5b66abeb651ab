/// The tensors of a pickle by the names under which a model has them.
struct NamedTensors {
    /// Names, and the tensors as indices into the heap.
    private(set) var tensors: [(name: String, view: Int)] = []
    private(set) var integers: [String: Int] = [:]
    var metadata: [String: String] = [:]
    /// What names may still cost, in characters.
    private var budget: Int

    /// - Parameter pickleSize: The size of the pickle in bytes. Modules may be shared and nested, so that a small pickle
    ///   could stand for endless names; what a model needs is a small multiple of its pickle.
    init(pickleSize: Int) { budget = pickleSize.multipliedReportingOverflow(by: 16).partialValue }

    /// Takes the cost of looking at a value under a name.
    mutating func spend(_ name: String) throws {
        budget -= name.utf8.count + 1
        guard budget >= 0 else {
            throw TorchFormatError(expected: "names in proportion to the pickle", found: "modules shared without end")
        }
    }

    mutating func add(_ name: String, tensor view: Int) { tensors.append((name, view)) }

    mutating func add(_ name: String, integer: Int) { integers[name] = integer }

    /// Takes away the prefix that all names have, where it is one that a wrapper of the whole model puts there:
    /// `DistributedDataParallel`, or `torch.compile`.
    mutating func stripWrappers() {
        // Each may wrap the other; more than a few cannot be.
        for _ in 0..<4 {
            guard let prefix = ["module.", "_orig_mod."].first(where: isWrapper) else { return }
            tensors = tensors.map { (String($0.name.dropFirst(prefix.count)), $0.view) }
            integers = Dictionary(
                integers.map { (String($0.key.dropFirst(prefix.count)), $0.value) }, uniquingKeysWith: { $1 })
        }
    }

    private func isWrapper(_ prefix: String) -> Bool {
        func hasPrefix(_ name: String) -> Bool { name.hasPrefix(prefix) && name != prefix }
        return tensors.allSatisfy { hasPrefix($0.name) } && integers.keys.allSatisfy(hasPrefix)
    }
}
