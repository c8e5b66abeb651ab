import CLIPImaging
import Synchronization

/// Decodes images, shrinks them if asked to, and keeps as many in memory as its budget allows.
///
/// The images that come first stay: where every image is read once an epoch, none is worth more than another.
final class ImageStore: Sendable {
    private let shortestEdge: Int?
    private let budget: ByteBudget
    private let kept: Mutex<[Bitmap?]>

    /// A store for images of `0..<count`.
    init(count: Int, shortestEdge: Int?, budget: ByteBudget) {
        (self.shortestEdge, self.budget) = (shortestEdge, budget)
        kept = Mutex(budget.limit > 0 ? Array(repeating: nil, count: count) : [])
    }

    /// The image of an index, from memory or as `decode` makes it from its file.
    func image(at index: Int, decode: () throws -> Bitmap) throws -> Bitmap {
        let known = budget.limit > 0 ? kept.withLock { $0[index] } : nil
        if let known { return known }
        let image = shrunk(try decode())
        if budget.limit > 0 { keep(image, at: index) }
        return image
    }

    private func keep(_ image: Bitmap, at index: Int) {
        kept.withLock { kept in
            guard kept[index] == nil, budget.take(image.pixels.count + image.palette.count) else { return }
            kept[index] = image
        }
    }

    private func shrunk(_ image: Bitmap) -> Bitmap {
        let short = min(image.width, image.height)
        guard let edge = shortestEdge else { return image }
        guard short > edge else { return image.rgb() }
        func side(_ length: Int) -> Int { length == short ? edge : max(edge, length * edge / short) }
        return image.resized(width: side(image.width), height: side(image.height)).rgb()
    }
}
