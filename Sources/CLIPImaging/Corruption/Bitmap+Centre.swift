extension Bitmap {
    /// The middle of the image at the size of the whole, by bicubic interpolation: of each side a share, rounded to
    /// pixels and at least one.
    func magnifiedCentre(keeping share: Double) -> Bitmap {
        func middle(_ side: Int) -> Range<Int> {
            let kept = max(Int((Double(side) * share).rounded()), 1)
            let start = (side - kept) / 2
            return start..<start + kept
        }
        return resized(
            width: width, height: height, filter: .bicubic,
            cropping: PixelWindow(x: middle(width), y: middle(height)))
    }
}
