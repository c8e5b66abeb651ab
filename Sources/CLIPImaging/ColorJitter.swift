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

    /// The image with other colours. The same generator state gives the same image.
    public func callAsFunction(_ image: Bitmap, using generator: inout some RandomNumberGenerator) -> Bitmap {
        var image = image.rgb()
        for change in randomChanges(using: &generator) {
            switch change {
            case .brightness(let factor): image.scaleBrightness(by: factor)
            case .contrast(let factor): image.scaleContrast(by: factor)
            case .saturation(let factor): image.scaleSaturation(by: factor)
            case .hue(let turn): image.turnHue(by: turn)
            }
        }
        return image
    }

    private enum Change {
        case brightness(Float)
        case contrast(Float)
        case saturation(Float)
        case hue(Float)
    }

    /// What is to be done in what order: the order is drawn first, then a number for each strength that is not 0.
    private func randomChanges(using generator: inout some RandomNumberGenerator) -> [Change] {
        var numbers = Array(0..<4)
        let order = (0..<4).map { _ in numbers.remove(at: generator.index(below: numbers.count)) }
        func factor(_ strength: Double) -> Float? {
            strength > 0 ? Float(generator.uniform(max(1 - strength, 0)...1 + strength)) : nil
        }
        let changes: [Change?] = [
            factor(brightness).map(Change.brightness), factor(contrast).map(Change.contrast),
            factor(saturation).map(Change.saturation),
            hue > 0 ? .hue(Float(generator.uniform(-hue...hue))) : nil,
        ]
        return order.compactMap { changes[$0] }
    }
}
