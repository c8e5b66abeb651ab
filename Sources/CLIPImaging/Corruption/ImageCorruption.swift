/// A way to spoil an image, in one of five strengths, to measure how much a model minds it.
///
/// Blur, noise, JPEG and brightness are those of ImageNet-C (Hendrycks, Dietterich, "Benchmarking neural network
/// robustness to common corruptions and perturbations", ICLR 2019) with the constants of its published code,
/// `make_imagenet_c.py`. Rotation and crop are not in it; their constants are this package's own.
///
/// | kind | what is done | strengths 1 to 5 |
/// |---|---|---|
/// | ``Kind/gaussianBlur`` | standard deviation in pixels, for a shorter side of 224 | 1, 2, 3, 4, 6 |
/// | ``Kind/gaussianNoise`` | standard deviation, as a part of white | 0.08, 0.12, 0.18, 0.26, 0.38 |
/// | ``Kind/jpeg`` | quality | 25, 18, 15, 10, 7 |
/// | ``Kind/brightness`` | what is added to the value of HSV, as a part of white | 0.1, 0.2, 0.3, 0.4, 0.5 |
/// | ``Kind/rotation`` | degrees, to the left or to the right | 5, 10, 20, 30, 45 |
/// | ``Kind/crop`` | the share of each side that is kept | 0.9, 0.8, 0.7, 0.6, 0.5 |
///
/// Three things differ from ImageNet-C's published files: samples are rounded where it truncates them, the Gaussian is made of
/// box filters where it is cut off at four deviations, and the result is not saved as a JPEG of quality 85.
///
/// ImageNet-C spoils images that have been brought to 224×224 pixels. Noise and JPEG act on pixels, and lose their effect
/// when a large image is made small afterwards; so spoil what ``ImagePreprocessing/pixels(of:)`` gives:
///
///     let image = preprocess.pixels(of: try Bitmap(file: path))
///     let spoiled = try ImageCorruption(.gaussianNoise, severity: 3)(image, seed: 0, index: row)
///     let input = preprocess(spoiled)
public struct ImageCorruption: Sendable, Hashable {
    /// What is done. The raw values are for command lines and files.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// A Gaussian blur. ImageNet-C's standard deviation is multiplied by the shorter side / 224, so that the same
        /// part of a picture is blurred at every size. The filter is Pillow's `GaussianBlur`: three box filters a
        /// direction (Gwosdek et al., 2011), the border's pixels going on outside.
        case gaussianBlur = "gaussian_blur"
        /// Independent normal numbers added to every sample, clipped. The strengths of one image have the same numbers.
        case gaussianNoise = "gaussian_noise"
        /// Compression as a JPEG file and back.
        case jpeg
        /// A greater value in the sense of HSV, clipped at white; hue and saturation stay.
        case brightness
        /// A turn round the centre, interpolated linearly; what comes from outside is black, as in Pillow's `rotate`.
        /// Whether to the left or to the right is random, the same for all strengths of an image.
        case rotation
        /// The middle of the image, enlarged to the size of the whole by bicubic interpolation.
        case crop
    }

    /// The strengths, from the slightest.
    public static let severities = 1...5
    /// Every kind in every strength, kind by kind.
    public static let all = Kind.allCases.flatMap { kind in severities.map { ImageCorruption(kind, severity: $0) } }

    /// What is done.
    public let kind: Kind
    /// How strongly, from 1 to 5.
    public let severity: Int

    /// Sets the kind and the strength, 1 to 5.
    public init(_ kind: Kind, severity: Int) {
        precondition(Self.severities.contains(severity), "a severity is 1 to 5")
        self.kind = kind
        self.severity = severity
    }

    /// The number behind the severity, in the unit that the kind has in the table above.
    public var strength: Double { kind.strengths[severity - 1] }

    /// The spoiled image: 8-bit RGB of the same size. Other modes become RGB first, as by ``Bitmap/rgb()``.
    ///
    /// What is random follows from `seed` and the image's `index` alone.
    /// - Throws: ``ImagingError``, which names the image `name`, where a side is too long for ``Kind/jpeg`` (65500 pixels)
    ///   or memory runs out there.
    public func callAsFunction(
        _ image: Bitmap, seed: UInt64, index: Int, name: String = "image"
    ) throws(ImagingError) -> Bitmap {
        var image = image.rgb()
        var generator = SeededGenerator(seed: seed, stream: UInt64(truncatingIfNeeded: index))
        switch kind {
        case .gaussianBlur:
            return image.blurred(deviation: strength * Double(min(image.width, image.height)) / 224)
        case .gaussianNoise:
            image.addNoise(deviation: strength, using: &generator)
            return image
        case .jpeg:
            return try Bitmap(decoding: image.jpegData(quality: Int(strength), name: name), name: name, limits: .none)
        case .brightness:
            image.raiseValue(by: strength)
            return image
        case .rotation:
            return image.rotated(degrees: generator.happens(0.5) ? strength : -strength)
        case .crop:
            return image.magnifiedCentre(keeping: strength)
        }
    }
}

extension ImageCorruption: CustomStringConvertible {
    /// The kind's raw value and the severity: "gaussian_blur 3".
    public var description: String { "\(kind.rawValue) \(severity)" }
}

extension ImageCorruption.Kind {
    /// The constants of the five severities; where they come from, ``ImageCorruption`` says.
    fileprivate var strengths: [Double] {
        switch self {
        case .gaussianBlur: [1, 2, 3, 4, 6]
        case .gaussianNoise: [0.08, 0.12, 0.18, 0.26, 0.38]
        case .jpeg: [25, 18, 15, 10, 7]
        case .brightness: [0.1, 0.2, 0.3, 0.4, 0.5]
        case .rotation: [5, 10, 20, 30, 45]
        case .crop: [0.9, 0.8, 0.7, 0.6, 0.5]
        }
    }
}

extension DecodingLimits {
    /// For a file that was made of an image in memory a moment ago.
    fileprivate static let none = DecodingLimits(maximumPixels: .max, maximumBytes: .max)
}
