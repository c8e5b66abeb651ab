import CLIP
import CLIPData

/// The different images and texts of a set with their embeddings, and which belong together.
///
/// Rows of a table that name the same image are its captions, and rows with the same caption its images: each counts once,
/// with several true matches.
struct EmbeddedSet {
    /// A row of length 1 for each different image.
    private(set) var images: Embeddings
    /// A row of length 1 for each different text.
    private(set) var texts: Embeddings
    /// The first index of each image in the data set.
    private(set) var indices: [Int] = []
    /// The different texts.
    private(set) var captions: [String] = []
    /// For each image the numbers of its texts, and the other way round.
    private(set) var matches: (ofImages: [Set<Int>], ofTexts: [Set<Int>]) = ([], [])

    private var imageNumbers: [String: Int] = [:]
    private var textNumbers: [String: Int] = [:]
    private var losses: [(loss: Double, pairs: Int)] = []

    init(width: Int) {
        images = Embeddings(width: width)
        texts = Embeddings(width: width)
    }

    /// Takes the rows of a batch, `[count, width]` each.
    mutating func add(_ batch: Batch, names: [String], images rows: [Float], texts textRows: [Float], loss: Double) {
        let width = images.width
        for row in 0..<batch.count {
            let place = row * width..<(row + 1) * width
            let image = number(
                of: names[row], index: batch.indices[row], Embeddings(width: width, values: Array(rows[place])))
            let text = number(of: batch.captions[row], Embeddings(width: width, values: Array(textRows[place])))
            matches.ofImages[image].insert(text)
            matches.ofTexts[text].insert(image)
        }
        losses.append((loss, batch.count))
    }

    /// The mean loss of the whole batches: a smaller one has an easier choice.
    var loss: Double {
        let whole = losses.filter { $0.pairs == losses.first?.pairs }
        return whole.map(\.loss).reduce(0, +) / Double(max(1, whole.count))
    }

    private mutating func number(of name: String, index: Int, _ row: Embeddings) -> Int {
        if let known = imageNumbers[name] { return known }
        imageNumbers[name] = indices.count
        indices.append(index)
        images.append(row)
        matches.ofImages.append([])
        return indices.count - 1
    }

    private mutating func number(of caption: String, _ row: Embeddings) -> Int {
        if let known = textNumbers[caption] { return known }
        textNumbers[caption] = captions.count
        captions.append(caption)
        texts.append(row)
        matches.ofTexts.append([])
        return captions.count - 1
    }
}
