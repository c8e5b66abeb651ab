extension ImagePreprocessing {
    /// The 8-bit RGB image of `width` × `height` pixels that is left to be normalised.
    ///
    /// Only the pixels that survive the crop are computed, so that a very long image costs no more than another.
    public func pixels(of image: Bitmap) -> Bitmap {
        let image = converted(image)
        let (width, height) = resizedSize(of: image)
        let (x, y) = (cropStart(in: width, to: self.width), cropStart(in: height, to: self.height))
        let window = PixelWindow(
            x: Bitmap.overlap(x, self.width, with: width), y: Bitmap.overlap(y, self.height, with: height))
        return
            image
            .resized(width: width, height: height, filter: interpolation, box: nil, window: window)
            .placed(
                x: window.x.lowerBound - x, y: window.y.lowerBound - y, width: self.width, height: self.height,
                fill: fill
            )
            .rgb()
    }

    private func converted(_ image: Bitmap) -> Bitmap {
        switch conversion {
        case .last: image
        case .first: image.rgb()
        case .firstOverWhite: image.rgbOverWhite()
        }
    }

    /// The size of the whole image after resizing, before cropping.
    func resizedSize(of image: Bitmap) -> (width: Int, height: Int) {
        switch resizeMode {
        case .squash: return (width, height)
        case .longest: return scaled(image, by: max(ratio(image.width, width), ratio(image.height, height)))
        case .shortest:
            guard let edge = shortestEdge ?? (width == height ? width : nil) else {
                return scaled(image, by: min(ratio(image.width, width), ratio(image.height, height)))
            }
            return shortestSize(of: image, edge: edge)
        }
    }

    private func ratio(_ size: Int, _ target: Int) -> Double { Double(size) / Double(target) }

    /// Both sides divided by a ratio, rounded half to even.
    private func scaled(_ image: Bitmap, by ratio: Double) -> (width: Int, height: Int) {
        func side(_ length: Int) -> Int { max(Int((Double(length) / ratio).rounded(.toNearestOrEven)), 1) }
        return (side(image.width), side(image.height))
    }

    /// The shorter side at `edge`, the longer one truncated.
    private func shortestSize(of image: Bitmap, edge: Int) -> (width: Int, height: Int) {
        let (short, long) = (min(image.width, image.height), max(image.width, image.height))
        let length = Int(Double(edge * long) / Double(short))
        return image.width <= image.height ? (edge, length) : (length, edge)
    }

    /// Where the crop begins; negative where there is less than is wanted.
    func cropStart(in length: Int, to target: Int) -> Int {
        let difference = length - target
        switch cropRounding {
        case .halfToEven:
            return difference >= 0 ? Int((Double(difference) / 2).rounded(.toNearestOrEven)) : -(-difference / 2)
        case .down: return difference >= 0 ? difference / 2 : -((1 - difference) / 2)
        }
    }
}
