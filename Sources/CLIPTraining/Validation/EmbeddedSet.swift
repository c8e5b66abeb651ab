import CLIP

/// The different images and texts of a set with their embeddings, and which belong together.
///
/// An image with several captions has several true matches, and so has a caption of several images: each counts once.
struct EmbeddedSet {
    /// A row of length 1 for each image.
    private(set) var images: Embeddings
    /// A row of length 1 for each different text.
    private(set) var texts: Embeddings
    /// The index of each image in the data set.
    private(set) var indices: [Int] = []
    /// The different texts.
    private(set) var captions: [String] = []
    /// For each image the numbers of its texts, in the order of its captions.
    private var textsOfImages: [[Int]] = []
    private var imagesOfTexts: [Set<Int>] = []
    private var textNumbers: [String: Int] = [:]

    init(width: Int) {
        images = Embeddings(width: width)
        texts = Embeddings(width: width)
    }

    /// For each image the numbers of its texts, and the other way round.
    var matches: (ofImages: [Set<Int>], ofTexts: [Set<Int>]) { (textsOfImages.map { Set($0) }, imagesOfTexts) }

    /// Takes images with their captions, whose rows are added when all are known.
    mutating func add(images rows: [Float], _ samples: [(index: Int, captions: [String])]) {
        images.append(Embeddings(width: images.width, values: rows))
        for (index, captions) in samples {
            var numbers: [Int] = []
            for caption in captions {
                let number = number(of: caption)
                if imagesOfTexts[number].insert(indices.count).inserted { numbers.append(number) }
            }
            indices.append(index)
            textsOfImages.append(numbers)
        }
    }

    /// Takes the rows of the next texts.
    mutating func add(texts rows: [Float]) { texts.append(Embeddings(width: texts.width, values: rows)) }

    private mutating func number(of caption: String) -> Int {
        if let known = textNumbers[caption] { return known }
        textNumbers[caption] = captions.count
        captions.append(caption)
        imagesOfTexts.append([])
        return captions.count - 1
    }

    /// An image and one of its texts.
    typealias Pair = (image: Int, text: Int)

    /// The pairs in batches for a loss, each of different images, since no text could tell an image from itself: the first
    /// text of each image, then the second one of each that has two, and so on. Batches that are smaller than the first one,
    /// an easier choice, are left out.
    func batches(of size: Int) -> [[Pair]] {
        let rounds = (0..<(textsOfImages.map(\.count).max() ?? 0)).map { round in
            textsOfImages.indices.compactMap { image -> Pair? in
                guard textsOfImages[image].count > round else { return nil }
                return (image, textsOfImages[image][round])
            }
        }
        let batches = rounds.flatMap { pairs in
            stride(from: 0, to: pairs.count, by: size).map { Array(pairs[$0..<min(pairs.count, $0 + size)]) }
        }
        return batches.filter { $0.count == batches.first?.count }
    }
}
