import CLIPCheckpoints
import CLIPFiles
import CLIPTensor
import CLIPTestSupport
import Foundation
import Testing

/// Compares with torch itself: the same names, types, shapes and bytes.
@Suite(
    "Files that PyTorch wrote", .enabled(if: PythonReference.isPresent, "\(PythonReference.reason)"))
struct TorchParityTests {
    private struct Expected: Decodable {
        var kind: String
        var metadata: [String: String]
        var integers: [String: Int]
    }

    @Test("Every kind of file gives what torch reads from it; what is refused is named")
    func parity() throws {
        let folder = try TemporaryFolder()
        let output = try PythonReference.run("torch_files.py", [folder.url.path])
        let expected = try JSONDecoder().decode([String: Expected].self, from: Data(output.utf8))
        #expect(expected.count == 55)
        for (name, expected) in expected {
            let file = try TorchFile(opening: folder.path("\(name).pt"))
            #expect("\(file.kind)" == expected.kind, "\(name)")
            #expect(file.metadata == expected.metadata, "\(name)")
            for (key, value) in expected.integers { #expect(file.integer(key) == value, "\(name): \(key)") }
            try compare(file, Safetensors(opening: folder.path("\(name).safetensors")), name)
        }
        try checkRefused(folder.path("refused"))
    }

    private func compare(_ file: TorchFile, _ reference: Safetensors, _ name: String) throws {
        #expect(file.names.sorted() == reference.names.sorted(), "\(name)")
        for tensor in reference.names {
            let (ours, theirs) = (try #require(try file.tensor(tensor)), try reference.tensor(tensor))
            let entry = try #require(file.entry(tensor))
            #expect(ours.dtype == theirs.dtype && ours.shape == theirs.shape, "\(name): \(tensor)")
            #expect(entry.dtype == theirs.dtype && entry.shape == theirs.shape, "\(name): \(tensor)")
            let isEqual = try ours.withBytes { ours in try theirs.withBytes { ours.elementsEqual($0) } }
            #expect(isEqual, "\(name): \(tensor)")
        }
    }

    private func checkRefused(_ folder: String) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names.count == 12)
        for name in names {
            let error = #expect(throws: FileError.self, "\(name)") { try TorchFile(opening: "\(folder)/\(name)") }
            let global = name.drop { $0 != "-" }.dropFirst()
            #expect(error?.reason.contains("found the global ") == true)
            #expect(error?.reason.hasSuffix(".\(global)") == true || error?.reason.hasSuffix(" \(global)") == true)
        }
    }
}
