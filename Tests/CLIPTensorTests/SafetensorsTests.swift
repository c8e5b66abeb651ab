import CLIPFiles
import CLIPTensor
import CLIPTestSupport
import Foundation
import Testing

@Suite("safetensors")
struct SafetensorsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func file(_ header: String, data: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8)
            + [UInt8](repeating: 0, count: data)
    }

    @Test("Tensors of every type come back as they were written, with the metadata")
    func roundTrip() throws {
        var tensors: [String: Tensor] = [:]
        for dtype in DType.allCases {
            tensors["\(dtype)"] = try Tensor([0, 1, 2, 3, 4, 5] as [Float], shape: [2, 3]).cast(to: dtype)
        }
        tensors["scalar"] = try Tensor(2.5 as Float)
        tensors["empty"] = try Tensor.zeros([0, 3])
        tensors["transposed"] = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]).transposed(0, 1)
        let path = folder.path("a.safetensors")
        try Safetensors.write(tensors, metadata: ["format": "pt", "é": "\"\n"], to: path)
        let file = try Safetensors(opening: path)
        #expect(file.header.metadata == ["format": "pt", "é": "\"\n"])
        #expect(Set(file.names) == Set(tensors.keys))
        for (name, tensor) in tensors {
            let read = try file.tensor(name)
            #expect(read.dtype == tensor.dtype && read.shape == tensor.shape)
            #expect(try read.elements(as: Double.self) == tensor.elements(as: Double.self))
        }
        #expect(try folder.names() == ["a.safetensors"])
    }

    @Test("A tensor outlives the file object and changes in place without changing the file")
    func lifetime() throws {
        let path = folder.path("a.safetensors")
        try Safetensors.write(["x": Tensor.ones([3])], to: path)
        let tensor = try Safetensors(opening: path).tensor("x")
        _ = try Operator("aten::mul_", overload: "Scalar")(.tensor(tensor), 5)
        #expect(try tensor.elements(as: Float.self) == [5, 5, 5])
        #expect(try Safetensors(opening: path).tensor("x").elements(as: Float.self) == [1, 1, 1])
        try Safetensors.write(["x": tensor], to: path)
        #expect(try Safetensors(opening: path).tensor("x").elements(as: Float.self) == [5, 5, 5])
    }

    @Test("Elements that the header does not align are copied")
    func misaligned() throws {
        let header =
            #"{"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"x":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}}"#
        var bytes = file(header, data: 1)
        bytes += withUnsafeBytes(of: (1.5 as Float, -2 as Float)) { Array($0) }
        let path = try folder.write(bytes, as: "m.safetensors")
        #expect(try Safetensors(opening: path).tensor("x").elements(as: Float.self) == [1.5, -2])
    }

    static let hostile: [(String, Int, String)] = [
        ("{}", 4, "expected 0 bytes of data"),
        ("[]", 0, "brace"),
        ("{\"x\":1}", 0, "dtype"),
        ("{\"x\"", 0, "not JSON"),
        (#"{"__metadata__":3}"#, 0, "__metadata__"),
        (#"{"__metadata__":{"a":3}}"#, 0, "__metadata__"),
        (#"{"x":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}"#, 4, "F8_E4M3"),
        (#"{"x":{"dtype":"U32","shape":[1],"data_offsets":[0,4]}}"#, 4, "U32"),
        (#"{"x":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}"#, 4, "dtype"),
        (#"{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4, "-1"),
        (#"{"x":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, 4, "shape"),
        (#"{"x":{"dtype":"F32","shape":"1","data_offsets":[0,4]}}"#, 4, "shape"),
        (#"{"x":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0, "shape"),
        (#"{"x":{"dtype":"F32","shape":[0,4611686018427387904,4],"data_offsets":[0,0]}}"#, 0, "shape"),
        (#"{"x":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}"#, 4, "shape"),
        (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}"#, 4, "within 4 bytes"),
        (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4, "start and an end"),
        (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, 4, "start and an end"),
        (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#, 4, "data_offsets"),
        (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4, "shape [2]"),
        (
            #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
            4,
            "overlaps"
        ),
        (
            #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#,
            12, "gap"
        ),
        (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 8, "expected 4 bytes of data"),
        (
            #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
            8,
            "occurs twice"
        ),
    ]

    @Test(
        "A header that contradicts the format or the size is refused in one line that names the file",
        arguments: hostile)
    func hostileHeaders(header: String, data: Int, reason: String) throws {
        let path = try folder.write(file(header, data: data), as: "h.safetensors")
        let error = #expect(throws: FileError.self) { try Safetensors(opening: path) }
        let line = error?.description ?? ""
        #expect(line.hasPrefix(path) && line.contains(reason) && !line.contains("\n"), "\(line)")
        #expect(error?.code == .badData)
    }

    @Test("A header length beyond the file or the format's bound, and a truncated file, are refused")
    func lengths() throws {
        for length in [9, 100_000_001, UInt64.max, 1 << 63] as [UInt64] {
            let bytes = withUnsafeBytes(of: length.littleEndian) { Array($0) } + Array("{}".utf8)
            let path = try folder.write(bytes, as: "l.safetensors")
            #expect(throws: FileError.self) { try Safetensors(opening: path) }
        }
        #expect(throws: FileError.self) { try Safetensors(opening: folder.write([], as: "e.safetensors")) }
        #expect(throws: FileError.self) { try Safetensors(opening: folder.write([1, 2], as: "s.safetensors")) }
        #expect(throws: FileError.self) { try Safetensors(opening: folder.url.path) }
    }

    @Test("Damaged headers are read or refused, never more")
    func damage() throws {
        let path = folder.path("a.safetensors")
        try Safetensors.write(
            ["a": Tensor.ones([3, 4]), "b": Tensor.zeros([2], dtype: .int64), "c": Tensor.zeros([5], dtype: .uint8)],
            to: path)
        let bytes = try contents(ofFile: path)
        let words = [
            "18446744073709551616", "-1", "\"F8_E5M2\"", "[[[[", "\"shape\":", "4611686018427387904", "0", "{}",
        ]
        var mutation = Mutation(seed: 11)
        var read = 0
        let iterations = FuzzIterations.count(default: 120_000)
        for _ in 0..<iterations {
            let damaged = mutation.mutated(bytes, words: words)
            let header = damaged.withUnsafeBytes { try? SafetensorsHeader(parsing: $0, fileSize: damaged.count) }
            guard let header else { continue }
            read += 1
            for entry in header.entries { #expect(entry.range.upperBound <= damaged.count) }
        }
        #expect(read > 100 && read < iterations - 1000)
    }

    @Test(
        "A full disk is told in one line, and nothing is left", .enabled(if: TinyDisk.isPermitted, "\(TinyDisk.reason)")
    )
    func fullDisk() throws {
        let disk = try TinyDisk(kilobytes: 64)
        let path = disk.folder.path("m.safetensors")
        let error = #expect(throws: FileError.self) { try Safetensors.write(["x": Tensor.zeros([100_000])], to: path) }
        #expect(error?.description == "\(path): cannot be written: No space left on device")
        #expect(try disk.folder.names() == [])
    }

    @Test(
        "The reference implementation reads what is written here, and writes the same bytes",
        .enabled(if: PythonReference.isPresent, "\(PythonReference.reason)"))
    func reference() throws {
        var tensors = ["z": try Tensor.zeros([0, 3]), "a \"é\"": try Tensor.ones([]), "a": try Tensor.ones([2, 2])]
        for (index, dtype) in DType.allCases.enumerated() {
            tensors["\(dtype)"] = try Tensor.full([index + 1, 3], 1, dtype: dtype)
            tensors["b.\(dtype)"] = try Tensor.full([5], 1, dtype: dtype)
        }
        try Safetensors.write(tensors, to: folder.path("ours.safetensors"))
        try PythonReference.run("tensors.py", [folder.url.path])
        #expect(
            try contents(ofFile: folder.path("ours.safetensors")) == contents(ofFile: folder.path("theirs.safetensors"))
        )
    }
}
