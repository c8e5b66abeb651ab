/// The modules of a TorchScript archive.
extension NamedTensors {
    /// More than the depth of any model's modules.
    private static var depthLimit: Int { 64 }

    /// The parameters and buffers of a pickled module and the modules in it, under the names of its `state_dict()`, and
    /// its integer attributes.
    init(moduleIn root: Int, of heap: PickleHeap, sources: inout ScriptSources, pickleSize: Int) throws {
        self.init(pickleSize: pickleSize)
        try add(module: root, prefix: "", depth: 0, heap, &sources)
    }

    private mutating func add(
        module index: Int, prefix: String, depth: Int, _ heap: PickleHeap, _ sources: inout ScriptSources
    ) throws {
        let object = heap.objects[index]
        let type = try sources.type(object.className)
        guard type.isModule else {
            guard depth == 0 else { return }
            throw TorchFormatError(expected: "a module", found: "an object of \(object.className.brief)")
        }
        guard depth < Self.depthLimit else {
            throw TorchFormatError(expected: "modules at most \(Self.depthLimit) deep", found: "deeper ones")
        }
        guard let attributes = heap.items(object.state) else {
            throw TorchFormatError(
                expected: "the attributes of \(object.className.brief) in a dict",
                found: object.state?.kind ?? "none")
        }
        for (key, value) in attributes {
            guard case .string(let attribute) = key else {
                throw TorchFormatError(expected: "attributes under names", found: "one under \(key.kind)")
            }
            let name = prefix + attribute
            try spend(name)
            switch value {
            case .tensor(let view) where type.tensors.contains(attribute): add(name, tensor: view)
            case .integer(let integer): add(name, integer: integer)
            case .object(let child): try add(module: child, prefix: name + ".", depth: depth + 1, heap, &sources)
            default: break
            }
        }
    }
}
