import CLIP
import CLIPCheckpoints
import CLIPFiles
import CLIPImaging
import CLIPModels
import CLIPSmallModel
import CLIPTensor
import CLIPTestSupport
import CLIPTokenization
import Foundation
import Testing

struct CLIPEncoderTests {
    private let folder: SmallModelFolder
    private let samples: SampleImages

    init() throws {
        folder = try SmallModelFolder()
        samples = try SampleImages()
    }

    private func encoder(_ change: (inout CLIPEncoder.Options) -> Void = { _ in }) async throws -> CLIPEncoder {
        var options = CLIPEncoder.Options()
        change(&options)
        return try await CLIPEncoder(model: folder.path, options: options)
    }

    /// The largest difference between components. 32-bit sums in another order differ by less than 1e-5 here.
    private func distance(_ one: Embeddings, _ other: Embeddings) -> Float {
        #expect(one.count == other.count)
        return zip(one.values, other.values).map { abs($0 - $1) }.max() ?? 0
    }

    @Test("a model whose weights are no numbers gives one line that names it, and no embeddings")
    func noNumbers() async throws {
        try folder.spoil()
        let clip = try await encoder()
        for run in [
            { try await clip.embed(images: [.bitmap(SampleImages.bitmap(1))]) }, { try await clip.embed(texts: ["a"]) },
        ] {
            let error = await #expect(throws: FileError.self) { try await run() }
            #expect(error?.code == .badData && error?.path == folder.path)
        }
    }

    @Test("images are embedded as the model embeds their pixels", arguments: [false, true])
    func images(isResNet: Bool) async throws {
        let folder = try SmallModelFolder(resNet: isResNet)
        let clip = try await CLIPEncoder(model: folder.path)
        let found = try await clip.embed(images: [.file(samples.image(3)), .bitmap(SampleImages.bitmap(4))])
        let opened = try ModelFolder(opening: folder.path)
        let pixels = (3...4).flatMap { opened.preprocessing(SampleImages.bitmap($0)) }
        let side = SmallModelFolder.imageSize
        let expected = try withoutGradients {
            try opened.model().embedImages(Tensor(pixels, shape: [2, 3, side, side])).elements(as: Float.self)
        }
        #expect(distance(found, Embeddings(width: SmallModelFolder.width, values: expected)) < 1e-5)
    }

    @Test("texts of any length share a batch, and a long one is cut")
    func texts() async throws {
        let clip = try await encoder()
        let long = String(repeating: "a red square and ", count: 20)
        let texts = ["a dog", "", long, "a photo of a red square"]
        let together = try await clip.embed(texts: texts)
        for (row, text) in texts.enumerated() {
            let alone = try await clip.embed(texts: [text])
            #expect(distance(alone, Embeddings(width: clip.width, values: Array(together[row]))) < 1e-5)
        }
        #expect(try await clip.tokenizer().encode(long).isTruncated)
    }

    @Test("rows keep the order of the inputs, whatever the batch size", arguments: [1, 3, 7, 64])
    func order(batchSize: Int) async throws {
        let clip = try await encoder { $0.batchSize = batchSize }
        let sources = (0..<10).map { ImageSource.bitmap(SampleImages.bitmap($0)) }
        let rows = try await clip.embed(images: sources)
        for index in [0, 4, 9] {
            let alone = try await clip.embed(images: [sources[index]])
            #expect(distance(alone, Embeddings(width: clip.width, values: Array(rows[index]))) < 1e-5)
        }
    }

    @Test("embeddings in bf16 are close to those in fp32")
    func bfloat16() async throws {
        let (exact, fast) = (try await encoder(), try await encoder { $0.precision = .bfloat16 })
        let sources = (0..<4).map { ImageSource.bitmap(SampleImages.bitmap($0)) }
        let images = try await (exact.embed(images: sources), fast.embed(images: sources))
        let texts = try await (exact.embed(texts: ["a dog", "a cat"]), fast.embed(texts: ["a dog", "a cat"]))
        for (one, other) in [images, texts] {
            for row in one.indices { #expect(one.similarities(to: other)[row][row] > 0.999) }
        }
        #expect(images.0 != images.1)
    }

    @Test("tasks that use an encoder at the same time get what each gets alone")
    func concurrency() async throws {
        let clip = try await encoder { $0.batchSize = 2 }
        let sources = (0..<5).map { ImageSource.bitmap(SampleImages.bitmap($0)) }
        let alone = try await (clip.embed(images: sources), clip.embed(texts: ["a dog", "a cat"]))
        try await withThrowingTaskGroup(of: (Embeddings, Embeddings).self) { group in
            for _ in 0..<8 {
                group.addTask { try await (clip.embed(images: sources), clip.embed(texts: ["a dog", "a cat"])) }
            }
            for try await found in group { #expect(found == alone) }
        }
    }

    @Test("images that cannot be read are told with their positions, and the others are embedded")
    func failures() async throws {
        let clip = try await encoder { $0.batchSize = 3 }
        let bad = try samples.bad()
        let paths = try [samples.image(0)] + bad.map(\.path) + [samples.image(1)]
        var (positions, failures): ([Int], [ImageFailure]) = ([], [])
        try await clip.embed(images: paths.map(ImageSource.file)) { batch in
            positions += batch.positions
            failures += batch.failures
            #expect(batch.embeddings.count == batch.positions.count)
        }
        #expect(positions == [0, paths.count - 1])
        #expect(failures.map(\.position) == Array(1...bad.count))
        for (failure, bad) in zip(failures, bad) {
            #expect(failure.description.hasPrefix(bad.path) && failure.description.contains(bad.reason))
            #expect(!failure.description.contains("\n"))
        }
    }

    @Test("the first image that cannot be read is the error of embedding all")
    func firstFailure() async throws {
        let clip = try await encoder()
        let bad = try samples.bad()
        await #expect { try await clip.embed(images: bad.map { .file($0.path) }) } throws: {
            "\($0)".hasPrefix(bad[0].path)
        }
    }

    @Test("a cancelled task ends with CancellationError")
    func cancellation() async throws {
        let clip = try await encoder { $0.batchSize = 1 }
        let sources = [ImageSource](repeating: .bitmap(SampleImages.bitmap(0)), count: 100_000)
        let task = Task { try await clip.embed(images: sources) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await clip.embed(texts: ["still at work"]).count == 1)
    }

    @Test("nothing gives no rows")
    func nothing() async throws {
        let clip = try await encoder()
        #expect(try await clip.embed(images: []).isEmpty)
        #expect(try await clip.embed(texts: []).isEmpty)
        #expect(try await clip.classify([], labels: ["a"]).isEmpty)
    }

    @Test("a path without a model is named")
    func missing() async throws {
        await #expect { try await CLIPEncoder(model: "/no/such/model") } throws: {
            "\($0)".hasPrefix("/no/such/model: ")
        }
    }
}

extension CLIPEncoderTests {
    @Test("features are what is projected and the projection", arguments: [false, true])
    func features(isResNet: Bool) async throws {
        let folder = try SmallModelFolder(resNet: isResNet)
        let clip = try await CLIPEncoder(model: folder.path)
        let images = (0..<3).map { ImageSource.bitmap(SampleImages.bitmap($0)) }
        var found: ImageFeatures?
        try await clip.features(of: images) { found = $0 }
        let features = try #require(found)
        #expect(features.positions == [0, 1, 2] && features.pooled.width == clip.pooledWidth)
        let expected = try await clip.embed(images: images)
        let normalized = features.embeddings.normalized()
        #expect(zip(normalized.values, expected.values).allSatisfy { abs($0 - $1) < 1e-5 })
        let model = try ModelFolder(opening: folder.path)
        let projected = try withoutGradients {
            let pooled = try Tensor(features.pooled.values, shape: [3, clip.pooledWidth])
            guard isResNet else {
                return try pooled.matrixProduct(model.parameter("visual.proj", device: .cpu)).elements(as: Float.self)
            }
            let weight = try model.parameter("visual.attnpool.c_proj.weight", device: .cpu)
            let bias = try model.parameter("visual.attnpool.c_proj.bias", device: .cpu)
            return try pooled.linear(weight: weight, bias: bias).elements(as: Float.self)
        }
        #expect(zip(projected, features.embeddings.values).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    @Test("an image that is brought when its turn comes is one like any other, and its error is named")
    func deferred() async throws {
        let clip = try await encoder()
        let bitmap = SampleImages.bitmap(2)
        let found = try await clip.embed(images: [.deferred(name: "two") { bitmap }])
        #expect(try await found == clip.embed(images: [.bitmap(bitmap)]))
        let bad = ImageSource.deferred(name: "broken") { try Bitmap(decoding: Data([0, 1]), name: "broken") }
        var failures: [ImageFailure] = []
        try await clip.embed(images: [bad]) { failures += $0.failures }
        #expect(failures.map(\.name) == ["broken"] && failures[0].description.hasPrefix("broken: "))
    }
}
