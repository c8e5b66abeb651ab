package import CLIP
package import CLIPData
internal import CLIPFiles
package import CLIPImaging
internal import CLIPTokenization
internal import Dispatch
internal import Foundation
internal import Synchronization

/// Features of the images of a set, those that could be read, in its order.
package struct ExtractedImages: Sendable {
    /// The indices of the images in the set.
    package var kept: [Int] = []
    /// Embeddings of length 1.
    package var embeddings: Embeddings
    /// What was projected, as the tower gave it.
    package var pooled: Embeddings
    /// What could not be read; it does not count.
    package var failures: [ImageFailure] = []
    /// How many rows came from the cache.
    package var cached = 0
}

/// Something done to an image before the tower sees it.
package struct ImageVariant: Sendable {
    /// What tells it from all others, with all that it depends on.
    package let name: String
    /// The image that takes the place of one, whose index in the set is given; called on several threads.
    package let apply: @Sendable (Bitmap, Int) throws -> Bitmap

    /// A change with a name.
    package init(name: String, apply: @escaping @Sendable (Bitmap, Int) throws -> Bitmap) {
        (self.name, self.apply) = (name, apply)
    }
}

/// The features of images and sentences by one model: from the cache where they are there, else from the towers.
///
/// An image is known by the digest of its file, so that a set that was moved, or that shares files with another, is
/// embedded once; a sentence by its tokens.
package struct FeatureExtractor: Sendable {
    private let clip: CLIPEncoder
    private let images: FeatureStore?
    private let texts: FeatureStore?

    /// - Parameter cache: The folder that all models' features are kept in; nil keeps none.
    /// - Throws: `FileError` where the folder cannot be written.
    package init(_ clip: CLIPEncoder, cache: String?) async throws {
        self.clip = clip
        guard let cache else {
            (images, texts) = (nil, nil)
            return
        }
        let folder = "\(cache)/\(try await clip.fingerprint().prefix(32))"
        images = try FeatureStore(folder: "\(folder)/images", width: clip.width + clip.pooledWidth)
        texts = try FeatureStore(folder: "\(folder)/texts", width: clip.width)
    }

    /// Features of `count` images.
    ///
    /// - Parameters:
    ///   - image: An image's file or pixels; called on several threads.
    ///   - variant: What is done to each image first.
    ///   - onProgress: Called with the number of images that are done since the last call.
    package func features(
        of count: Int, name: @Sendable (Int) -> String, image: @escaping @Sendable (Int) throws -> StoredImage,
        variant: ImageVariant? = nil, onProgress: (Int) -> Void
    ) async throws -> ExtractedImages {
        var rows = RowCollector(count: count, width: clip.width, pooledWidth: clip.pooledWidth)
        guard let images else {
            try await embed(Array(0..<count), name, image, variant, onProgress) {
                try rows.add($0, digests: nil, to: nil)
            }
            return rows.result(cached: 0)
        }
        let digests = await Self.digests(count, name, image, variant)
        var unknown: [Int] = []
        var firsts: [[UInt8]: Int] = [:]
        for index in 0..<count {
            try Task.checkCancellation()
            switch digests[index] {
            case .failure(let failure):
                rows.fail(failure)
                onProgress(1)
            case .success(let digest):
                if let row = try images.row(digest) {
                    rows.set(index, row)
                    onProgress(1)
                } else if firsts.updateValue(firsts[digest] ?? index, forKey: digest) == nil {
                    unknown.append(index)
                }
            }
        }
        let cached = rows.known
        try await embed(unknown, name, image, variant, onProgress) { batch in
            try rows.add(batch, digests: digests, to: images)
        }
        // Copies of an image that was just embedded.
        for index in 0..<count {
            guard case .success(let digest) = digests[index], let first = firsts[digest], first != index else {
                continue
            }
            rows.copy(first, to: index, name: name(index))
            onProgress(1)
        }
        return rows.result(cached: cached)
    }

    /// How many sentences are longer than the context, and cut.
    package func cutCount(of sentences: [String]) async throws -> Int {
        let tokenizer = try await clip.tokenizer()
        return sentences.count { tokenizer.encode($0).isTruncated }
    }

    /// Embeddings of length 1 of sentences.
    package func embeddings(of sentences: [String], onProgress: (Int) -> Void = { _ in }) async throws -> Embeddings {
        let tokenizer = try await clip.tokenizer()
        let tokens = sentences.map { tokenizer.encode($0) }
        let digests = tokens.map { text -> [UInt8] in
            let digest = ContentDigest()
            text.ids.withUnsafeBytes { digest.add($0) }
            return digest.finish()
        }
        var known: [[UInt8]: [Float]] = [:]
        var unknown: [Int] = []
        var asked: Set<[UInt8]> = []
        for (index, digest) in digests.enumerated() where asked.insert(digest).inserted {
            if let row = try texts?.row(digest) {
                known[digest] = row
            } else {
                unknown.append(index)
            }
        }
        var next = 0
        try await clip.embed(tokens: unknown.map { tokens[$0] }) { rows in
            var added: [(digest: [UInt8], row: ArraySlice<Float>)] = []
            for row in rows {
                let digest = digests[unknown[next]]
                known[digest] = Array(row)
                added.append((digest, row))
                next += 1
            }
            try texts?.append(added)
            onProgress(rows.count)
        }
        var result = Embeddings(width: clip.width)
        for digest in digests { result.append(Embeddings(width: clip.width, values: known[digest] ?? [])) }
        return result
    }

    private func embed(
        _ indices: [Int], _ name: @Sendable (Int) -> String, _ image: @escaping @Sendable (Int) throws -> StoredImage,
        _ variant: ImageVariant?, _ onProgress: (Int) -> Void, _ body: (ImageFeatures) throws -> Void
    ) async throws {
        let sources = indices.map { index in
            let title = name(index)
            return ImageSource.deferred(name: title) {
                let bitmap = try image(index).bitmap(named: title)
                return try variant?.apply(bitmap, index) ?? bitmap
            }
        }
        try await clip.features(of: sources) { batch in
            try body(batch.moved(to: indices))
            onProgress(batch.positions.count + batch.failures.count)
        }
    }

    /// The digest of each image's file, on all cores.
    private static func digests(
        _ count: Int, _ name: @Sendable (Int) -> String, _ image: @escaping @Sendable (Int) throws -> StoredImage,
        _ variant: ImageVariant?
    ) async -> [Result<[UInt8], ImageFailure>] {
        let names = (0..<count).map(name)
        return await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .userInitiated).async {
                let digests = Mutex([Result<[UInt8], ImageFailure>](repeating: .success([]), count: count))
                DispatchQueue.concurrentPerform(iterations: count) { index in
                    let result = Result { try image(index).digest(variant, index) }.mapError {
                        ImageFailure(position: index, name: names[index], reason: $0)
                    }
                    digests.withLock { $0[index] = result }
                }
                continuation.resume(returning: digests.withLock { $0 })
            }
        }
    }
}

extension ImageFeatures {
    /// The same with positions of a longer list.
    fileprivate func moved(to indices: [Int]) -> ImageFeatures {
        ImageFeatures(
            positions: positions.map { indices[$0] }, embeddings: embeddings, pooled: pooled,
            failures: failures.map { ImageFailure(position: indices[$0.position], name: $0.name, reason: $0.reason) })
    }
}

extension StoredImage {
    /// What tells the image from all others.
    fileprivate func digest(_ variant: ImageVariant?, _ index: Int) -> [UInt8] {
        let digest = ContentDigest()
        if let variant { digest.add("\(variant.name) of \(index)") }
        switch self {
        case .file(let bytes): digest.add(bytes)
        case .pixels(let bitmap):
            digest.add("\(bitmap.mode) \(bitmap.width) \(bitmap.height)")
            digest.add(bitmap.pixels)
            digest.add(bitmap.palette)
        }
        return digest.finish()
    }
}

/// Rows that come in any order.
private struct RowCollector {
    private let width: Int
    private let pooledWidth: Int
    private var embeddings: [Float]
    private var pooled: [Float]
    private var isKnown: [Bool]
    private var failures: [Int: ImageFailure] = [:]

    init(count: Int, width: Int, pooledWidth: Int) {
        (self.width, self.pooledWidth) = (width, pooledWidth)
        embeddings = [Float](repeating: 0, count: count * width)
        pooled = [Float](repeating: 0, count: count * pooledWidth)
        isKnown = [Bool](repeating: false, count: count)
    }

    var known: Int { isKnown.count { $0 } }

    /// A row as the store has it: the embedding, then what was projected.
    mutating func set(_ index: Int, _ row: some Collection<Float>) {
        for (place, value) in row.prefix(width).enumerated() { embeddings[index * width + place] = value }
        for (place, value) in row.dropFirst(width).enumerated() { pooled[index * pooledWidth + place] = value }
        isKnown[index] = true
    }

    mutating func fail(_ failure: ImageFailure) { failures[failure.position] = failure }

    mutating func add(
        _ batch: ImageFeatures, digests: [Result<[UInt8], ImageFailure>]?, to store: FeatureStore?
    ) throws {
        var added: [(digest: [UInt8], row: ArraySlice<Float>)] = []
        for (slot, index) in batch.positions.enumerated() {
            let row = Array(batch.embeddings[slot]) + Array(batch.pooled[slot])
            set(index, row)
            if case .success(let digest)? = digests?[index] { added.append((digest, row[...])) }
        }
        for failure in batch.failures { fail(failure) }
        try store?.append(added)
    }

    /// A copy of an image that was embedded, or that could not be.
    mutating func copy(_ first: Int, to index: Int, name: String) {
        if isKnown[first] {
            let row =
                embeddings[first * width..<(first + 1) * width]
                + pooled[first * pooledWidth..<(first + 1) * pooledWidth]
            set(index, Array(row))
        } else if let failure = failures[first] {
            fail(ImageFailure(position: index, name: name, reason: failure.reason))
        }
    }

    func result(cached: Int) -> ExtractedImages {
        let kept = isKnown.indices.filter { isKnown[$0] }
        func rows(_ values: [Float], _ width: Int) -> Embeddings {
            if kept.count == isKnown.count { return Embeddings(width: width, values: values) }
            return Embeddings(width: width, values: kept.flatMap { values[$0 * width..<($0 + 1) * width] })
        }
        return ExtractedImages(
            kept: kept, embeddings: rows(embeddings, width).normalized(), pooled: rows(pooled, pooledWidth),
            failures: failures.values.sorted { $0.position < $1.position }, cached: cached)
    }
}
