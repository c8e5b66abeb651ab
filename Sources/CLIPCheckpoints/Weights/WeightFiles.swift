internal import CLIPFiles
public import CLIPTensor

/// What a header says of a tensor.
struct TensorEntry: Hashable {
    var dtype: DType
    var shape: [Int]
}

/// A file of named tensors, of which opening reads the header alone.
protocol TensorFile {
    /// The path, which errors name.
    var path: String { get }
    /// The names of all tensors.
    var names: [String] { get }
    /// What the header says of a tensor; nil where there is none of the name.
    func description(of name: String) -> TensorEntry?
    /// The tensor of a name, over the mapped file; nil where there is none.
    func mapped(_ name: String) throws -> Tensor?
}

extension Safetensors: TensorFile {
    func mapped(_ name: String) throws -> Tensor? { try entry(name).map { try tensor($0.name) } }

    func description(of name: String) -> TensorEntry? {
        entry(name).map { TensorEntry(dtype: $0.dtype, shape: $0.shape) }
    }
}

extension TorchFile: TensorFile {
    func mapped(_ name: String) throws -> Tensor? { try tensor(name) }

    func description(of name: String) -> TensorEntry? {
        entry(name).map { TensorEntry(dtype: $0.dtype, shape: $0.shape) }
    }
}

/// The tensors of a model's folder: one safetensors file, or the shards that an index lists.
public struct WeightFiles {
    /// The path of the file or the index, which errors name.
    public let path: String
    /// The files that hold tensors.
    let files: [any TensorFile]
    private let places: [String: Int]

    /// Opens the file, or all shards of an index.
    init(path: String) throws {
        self.path = path
        files = try path.hasSuffix(".json") ? Self.shards(path) : [Self.open(path)]
        var places: [String: Int] = [:]
        for (index, file) in files.enumerated() {
            for name in file.names where places.updateValue(index, forKey: name) != nil {
                throw FileError(
                    .badData, path: file.path, "expected each tensor once, found \(name.quoted()) in another shard too")
            }
        }
        self.places = places
    }

    /// A safetensors file by its suffix, else a file of PyTorch's.
    private static func open(_ path: String) throws -> any TensorFile {
        path.hasSuffix(".safetensors") ? try Safetensors(opening: path) : try TorchFile(opening: path)
    }

    private static func shards(_ path: String) throws -> [any TensorFile] {
        let index = try Fields(file: path)
        guard let map = try index.fields("weight_map") else { throw index.refused("weight_map", "an object", "none") }
        let names = try Set(map.names.map { try map.string($0) }).sorted()
        let suffix = path.hasSuffix(".bin.index.json") ? ".bin" : ".safetensors"
        guard let odd = names.first(where: { $0.contains("/") || !$0.hasSuffix(suffix) }) else {
            let files = try names.map { try open("\(parentFolder(of: path))/\($0)") }
            try checkComplete(files, map)
            return files
        }
        throw index.refused("weight_map", "names of \(suffix) files in the same folder", odd.quoted())
    }

    /// Throws where a shard lacks a tensor that the index finds there.
    private static func checkComplete(_ files: [any TensorFile], _ map: Fields) throws {
        for file in files {
            let present = Set(file.names)
            for name in map.names where file.path.hasSuffix("/\(try map.string(name))") && !present.contains(name) {
                throw FileError(
                    .badData, path: file.path, "expected the tensor \(name.quoted()) as \(map.path) says, found none")
            }
        }
    }

    /// The names of all tensors.
    public var names: [String] { files.flatMap(\.names) }

    /// The single file of PyTorch's, where the tensors lie in one.
    var torchFile: TorchFile? { files.count == 1 ? files[0] as? TorchFile : nil }

    /// The paths of the files that hold tensors.
    public var paths: [String] { files.map(\.path) }

    /// The number of elements by their type.
    public var elementCounts: [DType: Int] {
        var counts: [DType: Int] = [:]
        for file in files {
            for entry in file.names.compactMap(file.description(of:)) {
                counts[entry.dtype, default: 0] += entry.shape.reduce(1, *)
            }
        }
        return counts
    }

    /// What a header says of a tensor.
    func entry(_ name: String) -> TensorEntry? { places[name].flatMap { files[$0].description(of: name) } }

    /// A tensor over its mapped file; nil where there is none of the name.
    public func tensor(_ name: String) throws -> Tensor? { try places[name].flatMap { try files[$0].mapped(name) } }
}
