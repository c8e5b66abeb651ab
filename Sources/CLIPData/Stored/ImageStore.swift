import CLIPImaging
import Synchronization

/// Decodes images, shrinks them if asked to, and keeps as many in memory as its budget allows.
///
/// The images that come first stay: where every image is read once an epoch, none is worth more than another.
final class ImageStore: Sendable {
    private let options: ImageStoreOptions
    private let kept: Mutex<Kept>

    private struct Kept {
        var images: [Bitmap?]
        var bytes = 0
    }

    init(count: Int, options: ImageStoreOptions) {
        self.options = options
        kept = Mutex(Kept(images: options.cacheBytes > 0 ? Array(repeating: nil, count: count) : []))
    }

    /// The bytes of the images that are kept.
    var byteCount: Int { kept.withLock { $0.bytes } }

    /// The image of an index, from memory or as `decode` makes it from its file.
    func image(at index: Int, decode: () throws -> Bitmap) throws -> Bitmap {
        let known = options.cacheBytes > 0 ? kept.withLock { $0.images[index] } : nil
        if let known { return known }
        let image = shrunk(try decode())
        if options.cacheBytes > 0 { keep(image, at: index) }
        return image
    }

    private func keep(_ image: Bitmap, at index: Int) {
        kept.withLock { kept in
            let size = image.pixels.count + image.palette.count
            guard kept.images[index] == nil, kept.bytes + size <= options.cacheBytes else { return }
            kept.images[index] = image
            kept.bytes += size
        }
    }

    private func shrunk(_ image: Bitmap) -> Bitmap {
        let short = min(image.width, image.height)
        guard let edge = options.shortestEdge else { return image }
        guard short > edge else { return image.rgb() }
        func side(_ length: Int) -> Int { length == short ? edge : max(edge, length * edge / short) }
        return image.resized(width: side(image.width), height: side(image.height)).rgb()
    }
}
