/// Random changes of an image's colours, in random order, as torchvision's `ColorJitter` does them over Pillow.
public struct ColorJitter: Codable, Sendable, Hashable {
    /// The brightness is multiplied by a factor from 1 − this to 1 + this, at least 0.
    public var brightness: Double
    /// The contrast is multiplied likewise.
    public var contrast: Double
    /// The saturation is multiplied likewise.
    public var saturation: Double
    /// The hue is turned by up to this part of the circle, at most 0.5, in either direction.
    public var hue: Double

    /// Sets the four strengths; 0 leaves a property as it is.
    public init(brightness: Double = 0, contrast: Double = 0, saturation: Double = 0, hue: Double = 0) {
        precondition(
            min(brightness, contrast, saturation, hue) >= 0 && hue <= 0.5,
            "strengths are positive, a hue is at most 0.5")
        self.brightness = brightness
        self.contrast = contrast
        self.saturation = saturation
        self.hue = hue
    }

    private enum Change: CaseIterable {
        case brightness
        case contrast
        case saturation
        case hue
    }

    /// The image with other colours. The same generator state gives the same image.
    public func callAsFunction(_ image: Bitmap, using generator: inout some RandomNumberGenerator) -> Bitmap {
        var image = image.rgb()
        var changes = Change.allCases
        while !changes.isEmpty {
            switch changes.remove(at: generator.index(below: changes.count)) {
            case .brightness: image.scaleBrightness(by: factor(brightness, &generator))
            case .contrast: image.scaleContrast(by: factor(contrast, &generator))
            case .saturation: image.scaleSaturation(by: factor(saturation, &generator))
            case .hue: image.turnHue(by: generator.uniform(-hue...hue))
            }
        }
        return image
    }

    private func factor(_ strength: Double, _ generator: inout some RandomNumberGenerator) -> Float {
        Float(generator.uniform(max(1 - strength, 0)...1 + strength))
    }
}

extension Bitmap {
    /// Blends an RGB image with black: factor 0 is black, 1 the image.
    mutating func scaleBrightness(by factor: Float) {
        if factor == 1 { return }
        for index in pixels.indices { pixels[index] = Self.blend(0, pixels[index], factor) }
    }

    /// Blends an RGB image with its mean grey.
    mutating func scaleContrast(by factor: Float) {
        if factor == 1 { return }
        let grey = grey().pixels
        let mean = UInt8(Double(grey.reduce(0) { $0 + Int($1) }) / Double(grey.count) + 0.5)
        for index in pixels.indices { pixels[index] = Self.blend(mean, pixels[index], factor) }
    }

    /// Blends an RGB image with itself in grey.
    mutating func scaleSaturation(by factor: Float) {
        if factor == 1 { return }
        let grey = grey().pixels
        for index in pixels.indices { pixels[index] = Self.blend(grey[index / 3], pixels[index], factor) }
    }

    /// Turns the hues of an RGB image by a part of the circle, −0.5 to 0.5.
    mutating func turnHue(by turn: Double) {
        if turn == 0 { return }
        for index in stride(from: 0, to: pixels.count, by: 3) {
            var color = HueSaturationValue(red: pixels[index], green: pixels[index + 1], blue: pixels[index + 2])
            color.hue += Float(turn)
            (pixels[index], pixels[index + 1], pixels[index + 2]) = color.rgb
        }
    }

    private static func blend(_ from: UInt8, _ to: UInt8, _ factor: Float) -> UInt8 {
        UInt8(min(max(Float(from) + factor * (Float(to) - Float(from)), 0), 255))
    }
}

/// A colour by hue (a part of the circle from red), saturation and value.
private struct HueSaturationValue {
    var hue: Float
    var saturation: Float
    var value: Float

    init(red: UInt8, green: UInt8, blue: UInt8) {
        let (r, g, b) = (Float(red), Float(green), Float(blue))
        value = max(r, g, b)
        let span = value - min(r, g, b)
        saturation = value > 0 ? span / value : 0
        if span == 0 {
            hue = 0
        } else if value == r {
            hue = (g - b) / span / 6
        } else if value == g {
            hue = (2 + (b - r) / span) / 6
        } else {
            hue = (4 + (r - g) / span) / 6
        }
    }

    var rgb: (UInt8, UInt8, UInt8) {
        /// The channel whose full value lies at the sixth `position` of the circle.
        func channel(_ position: Float) -> UInt8 {
            let sixths = (hue - hue.rounded(.down)) * 6 + position
            let distance = sixths.truncatingRemainder(dividingBy: 6)
            return UInt8(value - value * saturation * max(0, min(distance, 4 - distance, 1)) + 0.5)
        }
        return (channel(5), channel(3), channel(1))
    }
}
