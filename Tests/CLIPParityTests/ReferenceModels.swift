import CLIPModels
import CLIPTensor
import CLIPTestSupport
import Foundation
import Testing

/// What `Tests/Parity/model.py` computed with open_clip, in files of a folder that lasts as long as the suite.
enum ReferenceModels {
    @TaskLocal fileprivate static var folder = ""

    static func path(_ file: String) -> String { "\(folder)/\(file)" }

    /// A file of tensors.
    static func tensors(_ name: String) throws -> Safetensors {
        try Safetensors(opening: path("\(name).safetensors"))
    }

    /// A file of JSON.
    static func decode<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(contentsOf: URL(filePath: path("\(name).json"))))
    }

    /// A model over the tensors of a file whose names begin with `prefix`.
    static func model(
        _ configuration: CLIPConfiguration, from name: String, prefix: String = ""
    ) throws -> CLIPModel {
        let file = try tensors(name)
        let source = LoadedParameters(origin: file.path) { name in
            try file.entry(prefix + name).map { try file.tensor($0.name) }
        }
        return try CLIPModel(configuration, parameters: source)
    }
}

/// Runs the script once for a suite: starting Python and its packages takes longer than what it computes.
struct ReferenceRun: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let data = SharedData.isPresent ? [SharedData.folder.path] : []
        try PythonReference.run("model.py", [folder.url.path] + data)
        try await ReferenceModels.$folder.withValue(folder.url.path) { try await function() }
    }
}

/// Models compared with open_clip's, live. One after the other: each would use every core.
@Suite(
    "Models are open_clip's", .serialized, .enabled(if: PythonReference.isPresent, "\(PythonReference.reason)"),
    ReferenceRun())
enum ModelParityTests {}
