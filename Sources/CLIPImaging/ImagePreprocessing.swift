/// What is done to an image before an image tower sees it: resize, crop, convert, normalise. Its defaults are those of
/// OpenAI's CLIP.
///
///     let preprocess = ImagePreprocessing.openAI(size: 224)
///     let pixels = preprocess(try Bitmap(file: path))      // [3, 224, 224] floats
public struct ImagePreprocessing: Codable, Sendable, Hashable {
    /// How the image is brought to the wanted size.
    public enum ResizeMode: String, Codable, Sendable, Hashable {
        /// The shorter side is resized to its target, and the centre is cropped.
        case shortest
        /// Both sides are resized to their targets, whatever becomes of the proportions.
        case squash
        /// The longer side is resized to its target, and the rest is filled.
        case longest
    }

    /// Where the centre lies when the number of pixels to leave out is odd.
    public enum CropRounding: String, Codable, Sendable, Hashable {
        /// The half goes to the even neighbour: torchvision and open_clip.
        case halfToEven
        /// The half is dropped: Hugging Face.
        case down
    }

    /// When the image becomes RGB, and what happens to transparency then.
    public enum Conversion: String, Codable, Sendable, Hashable {
        /// After resizing and cropping, alpha dropped: OpenAI and open_clip.
        case last
        /// Before all else, alpha dropped: Hugging Face up to transformers 4.
        case first
        /// Before all else, laid over white: Hugging Face since transformers 5.
        case firstOverWhite
    }

    /// Rows of the result.
    public var height: Int
    /// Columns of the result.
    public var width: Int
    /// The length that the shorter side gets in the mode `shortest`, where it is not that of the result.
    public var shortestEdge: Int?
    /// The filter that resizes.
    public var interpolation: ResamplingFilter
    /// How the image is brought to size.
    public var resizeMode: ResizeMode
    /// Where the centre lies.
    public var cropRounding: CropRounding
    /// When the image becomes RGB.
    public var conversion: Conversion
    /// The sample that fills what the image does not cover.
    public var fill: UInt8
    /// What is subtracted from red, green and blue, which go from 0 to 1.
    public var mean: [Float]
    /// What red, green and blue are then divided by.
    public var std: [Float]

    /// Whether the image becomes RGB before it is resized.
    public var convertFirst: Bool { conversion != .last }

    /// The means of OpenAI's training data.
    public static let openAIMean: [Float] = [0.48145466, 0.4578275, 0.40821073]
    /// The standard deviations of OpenAI's training data.
    public static let openAIStd: [Float] = [0.26862954, 0.26130258, 0.27577711]

    /// Sets every step. `height` and `width` are the size of the result; `mean` and `std` have three values each.
    public init(
        height: Int, width: Int, shortestEdge: Int? = nil, interpolation: ResamplingFilter = .bicubic,
        resizeMode: ResizeMode = .shortest, cropRounding: CropRounding = .halfToEven, conversion: Conversion = .last,
        fill: UInt8 = 0, mean: [Float] = Self.openAIMean, std: [Float] = Self.openAIStd
    ) {
        precondition(height > 0 && width > 0 && mean.count == 3 && std.count == 3, "a size, and three channels")
        self.height = height
        self.width = width
        self.shortestEdge = shortestEdge
        self.interpolation = interpolation
        self.resizeMode = resizeMode
        self.cropRounding = cropRounding
        self.conversion = conversion
        self.fill = fill
        self.mean = mean
        self.std = std
    }

    /// OpenAI's and open_clip's: the shorter side by bicubic interpolation in the image's own mode, then the centre.
    public static func openAI(size: Int = 224) -> ImagePreprocessing { ImagePreprocessing(height: size, width: size) }

    /// Hugging Face's for CLIP, as `CLIPImageProcessorPil` does it: converted first, the centre rounded down.
    public static func huggingFace(size: Int = 224, conversion: Conversion = .firstOverWhite) -> ImagePreprocessing {
        ImagePreprocessing(height: size, width: size, cropRounding: .down, conversion: conversion)
    }

    /// SigLIP's in open_clip: both sides squashed to size, samples from −1 to 1.
    public static func sigLIP(size: Int = 224) -> ImagePreprocessing {
        let half: [Float] = [0.5, 0.5, 0.5]
        return ImagePreprocessing(height: size, width: size, resizeMode: .squash, mean: half, std: half)
    }
}
