internal import CLIPFiles
public import CLIPTensor

/// The tensors of a model's folder: one safetensors file, or the shards that an index lists.
public struct WeightFiles {
    /// The path of the file or the index, which errors name.
    public let path: String
    /// The files that hold tensors.
    public let files: [Safetensors]
    private let places: [String: Int]

    /// Opens the file, or all shards of an index.
    init(path: String) throws {
        self.path = path
        files = try path.hasSuffix(".json") ? Self.shards(path) : [Safetensors(opening: path)]
        var places: [String: Int] = [:]
        for (index, file) in files.enumerated() {
            for name in file.names where places.updateValue(index, forKey: name) != nil {
                throw FileError(
                    .badData, path: file.path, "expected each tensor once, found \(name.quoted()) in another shard too")
            }
        }
        self.places = places
    }

    private static func shards(_ path: String) throws -> [Safetensors] {
        let index = try Fields(file: path)
        guard let map = try index.fields("weight_map") else { throw index.refused("weight_map", "an object", "none") }
        let names = try Set(map.names.map { try map.string($0) }).sorted()
        guard let odd = names.first(where: { $0.contains("/") || !$0.hasSuffix(".safetensors") }) else {
            let files = try names.map { try Safetensors(opening: "\(parentFolder(of: path))/\($0)") }
            try checkComplete(files, map)
            return files
        }
        throw index.refused("weight_map", "names of safetensors files in the same folder", odd.quoted())
    }

    /// Throws where a shard lacks a tensor that the index finds there.
    private static func checkComplete(_ files: [Safetensors], _ map: Fields) throws {
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

    /// The number of elements by their type.
    public var elementCounts: [DType: Int] {
        var counts: [DType: Int] = [:]
        for entry in files.flatMap(\.header.entries) {
            counts[entry.dtype, default: 0] += entry.range.count / entry.dtype.byteCount
        }
        return counts
    }

    /// What a header says of a tensor.
    public func entry(_ name: String) -> SafetensorsHeader.Entry? { places[name].flatMap { files[$0].entry(name) } }

    /// A tensor over its mapped file; nil where there is none of the name.
    public func tensor(_ name: String) throws -> Tensor? { try places[name].map { try files[$0].tensor(name) } }
}
