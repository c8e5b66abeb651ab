import CLIPFiles
import CLIPTensor
import CLIPTestSupport
import Foundation
import Testing

@Suite(".npy files")
struct NumpyFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func file(_ header: String, data: Int, version: UInt8 = 1) -> [UInt8] {
        let length = header.utf8.count
        let lengthBytes =
            version == 1 ? [UInt8(length & 255), UInt8(length >> 8)] : [UInt8(length & 255), UInt8(length >> 8), 0, 0]
        return [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, version, 0] + lengthBytes + Array(header.utf8)
            + [UInt8](repeating: 0, count: data)
    }

    @Test(
        "Arrays of every type and rank come back as they were written; bfloat16 as float32", arguments: DType.allCases)
    func roundTrip(dtype: DType) throws {
        let path = folder.path("a.npy")
        for shape in [[6], [2, 3], [1, 2, 3, 1], [6, 1]] {
            let tensor = try Tensor([0, 1, 2, 3, 4, 5] as [Float], shape: shape).cast(to: dtype)
            try NumpyFile.write(tensor, to: path)
            let read = try NumpyFile.read(path)
            #expect(read.shape == shape && read.dtype == (dtype == .bfloat16 ? .float32 : dtype))
            #expect(try read.elements(as: Double.self) == tensor.elements(as: Double.self))
        }
        for shape in [[], [0], [0, 4]] {
            try NumpyFile.write(Tensor.ones(shape, dtype: dtype), to: path)
            #expect(try NumpyFile.read(path).shape == shape)
        }
    }

    @Test("Rows are appended one batch after the other, and their number is known at the end")
    func writer() throws {
        let path = folder.path("rows.npy")
        let writer = try NumpyWriter(path: path, rowShape: [2, 3])
        for n in 0..<20 {
            try writer.append(Tensor.full([n, 2, 3], Double(n), dtype: .float64))
            #expect(!FileManager.default.fileExists(atPath: path))
        }
        #expect(throws: TensorError.self) { try writer.append(Tensor.zeros([1, 3, 2])) }
        try writer.finish()
        let read = try NumpyFile.read(path)
        #expect(read.shape == [190, 2, 3] && read.dtype == .float32)
        #expect(try read.select(0, 189).elements(as: Float.self) == [Float](repeating: 19, count: 6))
        #expect(try folder.names() == ["rows.npy"])
    }

    @Test("A writer that goes away leaves nothing")
    func abandon() throws {
        do {
            let writer = try NumpyWriter(path: folder.path("rows.npy"), rowShape: [4])
            try writer.append(Tensor.zeros([10, 4]))
        }
        #expect(try folder.names() == [])
    }

    @Test("Headers as other writers lay them out are read")
    func variants() throws {
        let headers = [
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }          \n",
            "{\"shape\":(2,3,),\"fortran_order\":False,\"descr\":\"<f4\"}",
            "{'shape': (2L, 3L), 'descr': '<f4', 'fortran_order': False}",
        ]
        for (header, version) in zip(headers, [1, 2, 3] as [UInt8]) {
            let path = try folder.write(file(header, data: 24, version: version), as: "v.npy")
            #expect(try NumpyFile.read(path).shape == [2, 3])
        }
    }

    static let hostile: [(String, Int, String)] = [
        ("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", 24, "Fortran"),
        ("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", 16, "objects"),
        ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", 8, "records"),
        ("{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }", 8, ">f4"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", 8, "[3]"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", 8, "found 8 bytes"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", 8, "size"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", 0, "elements"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", 0, "size"),
        ("{'descr': '<f4', 'fortran_order': False, }", 0, "shape"),
        ("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (0,), }", 0, "once"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (0,), 'x': 1}", 0, "once"),
        ("__import__('os').system('true')", 0, "expected {"),
        ("", 0, "truncated"),
    ]

    @Test(
        "Another format, order or size than the header says is refused in one line that names the file",
        arguments: hostile)
    func hostileHeaders(header: String, data: Int, reason: String) throws {
        let path = try folder.write(file(header, data: data), as: "h.npy")
        let error = #expect(throws: FileError.self) { try NumpyFile.read(path) }
        let line = error?.description ?? ""
        #expect(line.hasPrefix(path) && line.contains(reason) && !line.contains("\n"), "\(line)")
    }

    @Test("A text file, a truncated file, an unknown version and a folder are refused")
    func otherFiles() throws {
        let good = file("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", data: 24)
        for bytes in [
            Array("hello, world".utf8), [], Array(good.prefix(30)), Array(good.dropLast()),
            file("", data: 0, version: 9),
        ] {
            #expect(throws: FileError.self) { try NumpyFile.read(folder.write(bytes, as: "t.npy")) }
        }
        #expect(throws: FileError.self) { try NumpyFile.read(folder.url.path) }
    }

    @Test("Damaged headers are read or refused, never more")
    func damage() {
        let bytes = file("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }     \n", data: 24)
        var mutation = Mutation(seed: 3)
        var read = 0
        let iterations = FuzzIterations.count(default: 120_000)
        for _ in 0..<iterations {
            let damaged = mutation.mutated(
                bytes, words: ["9999999999999", "'<f8'", "(((", "True", "''", "2, 3, 0", "{"])
            let header = damaged.withUnsafeBytes { try? NumpyHeader(parsing: $0, fileSize: damaged.count) }
            guard let header else { continue }
            read += 1
            #expect(header.dataOffset <= damaged.count)
        }
        #expect(read > 100 && read < iterations - 1000)
    }
}
