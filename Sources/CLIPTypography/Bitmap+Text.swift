internal import CLIPFiles
public import CLIPImaging

extension Bitmap {
    /// The image in 8-bit RGB with a text in a box on it, for a typographic attack: a wrong word on the image, and a look at
    /// whether the model reads instead of seeing (Goh et al., "Multimodal neurons in artificial neural networks", 2021).
    ///
    /// The box lies within the image, where exactly follows from `seed` and the image's `index` alone. The same text is the
    /// same picture at every size, as letters are not hinted.
    /// - Throws: `FileError` for an empty text and a character that the typeface lacks.
    public func drawing(
        _ text: String, in typeface: Typeface, box: TextBox = TextBox(), seed: UInt64, index: Int
    ) throws -> Bitmap {
        guard !text.isEmpty else {
            throw FileError(.badData, path: typeface.path, "expected a text to draw, found an empty one")
        }
        let drawn = try DrawnText(
            text, in: FontOutlines(typeface), maximumWidth: width, height: box.height * Double(height))
        var generator = SeededGenerator(seed: seed, stream: UInt64(truncatingIfNeeded: index))
        let x = generator.index(below: width - drawn.width + 1)
        let y = generator.index(below: height - drawn.height + 1)
        var samples = rgb().pixels
        for row in 0..<drawn.height {
            for column in 0..<drawn.width {
                let covered = drawn.coverage[row * drawn.width + column]
                let sample = box.colors == .whiteOnBlack ? covered : 255 - covered
                let place = 3 * ((y + row) * width + x + column)
                for channel in 0..<3 { samples[place + channel] = sample }
            }
        }
        return Bitmap(rgb: samples, width: width, height: height)
    }
}
