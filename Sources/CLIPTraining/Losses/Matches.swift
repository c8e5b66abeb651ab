import CLIPTensor

/// Which images and texts of a batch belong together: each image with its own text, and with those of other pairs that
/// have the same caption or show the same image, where these are told.
public struct Matches: Sendable, Hashable {
    /// The number of pairs.
    public let count: Int
    /// For each pair the first one with the same caption; nil where captions are not compared.
    let captions: [Int32]?
    /// For each pair the first one with the same image; nil where images are not compared.
    let images: [Int32]?

    /// Each image with its own text, and with others of an equal caption or image where their numbers are given: for each
    /// pair the first of the batch that is equal.
    public init(count: Int, equalCaptions: [Int32]? = nil, equalImages: [Int32]? = nil) {
        func told(_ firsts: [Int32]?) -> [Int32]? {
            guard let firsts else { return nil }
            precondition(firsts.count == count, "a number for each pair of the batch")
            return firsts.enumerated().allSatisfy { $0.offset == Int($0.element) } ? nil : firsts
        }
        self.count = count
        captions = told(equalCaptions)
        images = told(equalImages)
    }

    /// Whether each image belongs with its own text only.
    package var areOwn: Bool { captions == nil && images == nil }

    /// 1 where an image of `rows` belongs with a text, else 0: `[rows, count]`.
    func mask(_ rows: Range<Int>, on device: Device) throws -> Tensor {
        func equality(_ numbers: [Int32]) throws -> Tensor {
            let all = try Tensor(numbers, shape: [1, count]).moved(to: device)
            return try all.equal(to: Tensor(Array(numbers[rows]), shape: [rows.count, 1]).moved(to: device))
                .cast(to: .float32)
        }
        switch (captions, images) {
        case (nil, nil): return try equality(Array(0..<Int32(count)))
        case (let numbers?, nil), (nil, let numbers?): return try equality(numbers)
        case (let captions?, let images?): return try equality(captions).maximum(equality(images))
        }
    }

    /// How many texts each image belongs with, and as many images each text: `[count]`.
    package var sizes: [Float] {
        func sizes<Key: Hashable>(_ keys: [Key]) -> [Float] {
            let counts = Dictionary(keys.map { ($0, 1) }, uniquingKeysWith: +)
            return keys.map { Float(counts[$0] ?? 0) }
        }
        switch (captions, images) {
        case (nil, nil): return Array(repeating: 1, count: count)
        case (let numbers?, nil), (nil, let numbers?): return sizes(numbers)
        case (let captions?, let images?):
            let both = sizes(zip(captions, images).map { SIMD2($0, $1) })
            return zip(zip(sizes(captions), sizes(images)), both).map { $0.0 + $0.1 - $1 }
        }
    }
}
