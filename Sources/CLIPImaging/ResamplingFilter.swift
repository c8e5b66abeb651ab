internal import CLIPFiles
import Foundation

/// How an image is resampled. All but `nearest` are Pillow's filters of that name: their support grows with the scale
/// when an image shrinks, so that they smooth what would alias.
public enum ResamplingFilter: String, Sendable, Hashable, Codable, CaseIterable {
    /// The nearest pixel.
    case nearest
    /// The mean over the pixels that fall into the new one.
    case box
    /// Linear interpolation.
    case bilinear
    /// Cubic convolution with a = −0.5 (Keys, "Cubic convolution interpolation for digital image processing", 1981).
    case bicubic
    /// The sinc function, windowed to three lobes.
    case lanczos

    /// How far from its centre the filter reaches, in pixels of the coarser of the two grids.
    var support: Double {
        switch self {
        case .nearest, .box: 0.5
        case .bilinear: 1
        case .bicubic: 2
        case .lanczos: 3
        }
    }

    /// The filter's value at distance `x`.
    func weight(_ x: Double) -> Double {
        switch self {
        case .nearest, .box: return x > -0.5 && x <= 0.5 ? 1 : 0
        case .bilinear: return max(1 - abs(x), 0)
        case .bicubic: return Self.cubic(abs(x))
        case .lanczos: return x >= -3 && x < 3 ? Self.sinc(x) * Self.sinc(x / 3) : 0
        }
    }

    // The order of the operations matters: the results are the reference's to the last bit.
    private static func cubic(_ x: Double) -> Double {
        if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
        if x < 2 { return (((x - 5) * x + 8) * x - 4) * -0.5 }
        return 0
    }

    private static func sinc(_ x: Double) -> Double {
        if x == 0 { return 1 }
        let angle = x * Double.pi
        return sin(angle) / angle
    }

    public init(from decoder: any Decoder) throws { self = try decoder.word() }
}
