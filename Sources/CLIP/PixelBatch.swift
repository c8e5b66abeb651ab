package import CLIPImaging
package import CLIPTensor
internal import Dispatch
internal import Synchronization

/// The images of a batch as the image tower sees them, those that could be read, in the order of the inputs.
package struct PixelBatch: Sendable {
    /// The positions among all inputs of the images that could be read.
    package let positions: [Int]
    /// The images that could not.
    package let failures: [ImageFailure]
    private let memory: PixelMemory
    private let imageShape: [Int]

    /// Decodes and prepares the images at `range` of `sources` on all cores, off the cooperative pool.
    package static func decoding(
        _ sources: [ImageSource], _ range: Range<Int>, _ preprocessing: ImagePreprocessing, _ limits: DecodingLimits
    ) async -> PixelBatch {
        await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .userInitiated).async {
                continuation.resume(returning: PixelBatch(sources, range, preprocessing, limits))
            }
        }
    }

    private init(
        _ sources: [ImageSource], _ range: Range<Int>, _ preprocessing: ImagePreprocessing, _ limits: DecodingLimits
    ) {
        imageShape = [3, preprocessing.height, preprocessing.width]
        let memory = PixelMemory(imageCount: range.count, imageSize: imageShape.reduce(1, *))
        let failures = Mutex<[ImageFailure]>([])
        DispatchQueue.concurrentPerform(iterations: range.count) { slot in
            let source = sources[range.lowerBound + slot]
            do {
                try preprocessing(source.bitmap(limits: limits), into: memory.image(slot))
            } catch {
                let failure = ImageFailure(position: range.lowerBound + slot, name: source.name, reason: error)
                failures.withLock { $0.append(failure) }
            }
        }
        self.memory = memory
        self.failures = failures.withLock { $0 }.sorted { $0.position < $1.position }
        let failed = Set(self.failures.map(\.position))
        positions = range.filter { !failed.contains($0) }
        for (slot, position) in positions.enumerated() { memory.move(position - range.lowerBound, to: slot) }
    }

    /// The pixels, `[positions.count, 3, height, width]`.
    package func tensor() throws -> Tensor {
        try Tensor(memory: memory.base, ownedBy: memory, shape: [positions.count] + imageShape, dtype: .float32)
    }
}

/// Memory for the pixels of a batch.
private final class PixelMemory: @unchecked Sendable {
    // Safe: while images are decoded each slot is written by one thread, and afterwards all are only read.
    let base: UnsafeMutableRawPointer
    private let imageSize: Int

    init(imageCount: Int, imageSize: Int) {
        self.imageSize = imageSize
        let byteCount = max(imageCount * imageSize * MemoryLayout<Float>.size, 1)
        base = .allocate(byteCount: byteCount, alignment: 64)
    }

    deinit { base.deallocate() }

    /// The place of an image in the batch.
    func image(_ slot: Int) -> UnsafeMutableBufferPointer<Float> {
        let start = base.bindMemory(to: Float.self, capacity: (slot + 1) * imageSize)
        return UnsafeMutableBufferPointer(start: start + slot * imageSize, count: imageSize)
    }

    /// Moves an image to a place before its own.
    func move(_ slot: Int, to target: Int) {
        guard slot != target else { return }
        _ = image(target).update(from: image(slot))
    }
}
