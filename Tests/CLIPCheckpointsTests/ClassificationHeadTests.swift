import CLIPCheckpoints
import CLIPFiles
import CLIPTensor
import CLIPTestSupport
import Foundation
import Testing

@Suite("Heads of trained classes")
struct ClassificationHeadTests {
    private let folder: TemporaryFolder
    private let head = ClassificationHead(
        labels: ["cat", "dog"], width: 3, weights: [1, 2, 3, 4, 5, 6], biases: [0, -1])

    init() throws { folder = try TemporaryFolder() }

    @Test("A head is read back as it was written, and replaces one alone")
    func roundTrip() throws {
        let path = folder.path("head")
        try head.write(to: path)
        try head.write(to: path)
        #expect(try ClassificationHead(opening: path) == head)
        try folder.write("photo".utf8, as: "head/photo.jpg")
        #expect(throws: FileError.self) { try head.write(to: path) }
    }

    @Test(
        "A description that does not fit is refused in one line",
        arguments: [
            "{}", "[]", "", "{\"labels\": []}", "{\"labels\": [\"a\", \"a\"]}", "{\"labels\": [\"a\", 1]}",
            "{\"labels\": \"ab\"}", "{\"labels\": [\"a\", \"b\", \"c\"]}",
        ])
    func description(text: String) throws {
        let path = folder.path("head")
        try head.write(to: path)
        try folder.write(text.utf8, as: "head/head.json")
        let error = #expect(throws: FileError.self) { try ClassificationHead(opening: path) }
        #expect(error?.description.hasPrefix(path) == true && error?.description.contains("\n") == false)
    }

    @Test("Tensors of another shape or type, or that are no numbers, are refused")
    func tensors() throws {
        let path = folder.path("head")
        try head.write(to: path)
        let bias = try Tensor([0, 1] as [Float], shape: [2])
        let wrong: [[String: Tensor]] = [
            [:], ["bias": bias], ["weight": try Tensor.zeros([2, 3])],
            ["weight": try Tensor.zeros([3, 2]), "bias": bias],
            ["weight": try Tensor.zeros([2, 0]), "bias": bias], ["weight": try Tensor.zeros([]), "bias": bias],
            ["weight": try Tensor.zeros([2, 3], dtype: .int64), "bias": bias],
            ["weight": try Tensor.full([2, 3], .nan), "bias": bias],
        ]
        for tensors in wrong {
            try Safetensors.write(tensors, to: "\(path)/head.safetensors")
            let error = #expect(throws: FileError.self) { try ClassificationHead(opening: path) }
            #expect(error?.path.hasSuffix("head.safetensors") == true)
        }
    }
}
