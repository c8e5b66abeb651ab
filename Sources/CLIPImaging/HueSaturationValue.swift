/// A colour by hue, saturation and value, each in a byte, as Pillow's mode "HSV" has them. The order and the precision of
/// the operations are Pillow's, so that the bytes are.
struct HueSaturationValue {
    /// Where on the circle from red over green and blue: 255 is the whole circle.
    var hue: UInt8
    var saturation: UInt8
    var value: UInt8

    init(red: UInt8, green: UInt8, blue: UInt8) {
        let value = max(red, green, blue)
        self.value = value
        let least = min(red, green, blue)
        guard value > least else {
            (hue, saturation) = (0, 0)
            return
        }
        let span = Float(value - least)
        func distance(_ channel: UInt8) -> Float { Float(value - channel) / span }
        let sixths: Float =
            if red == value {
                distance(blue) - distance(green)
            } else if green == value {
                Float(2 + Double(distance(red)) - Double(distance(blue)))
            } else {
                Float(4 + Double(distance(green)) - Double(distance(red)))
            }
        let turns = Double(sixths) / 6 + 1
        hue = Self.byte(Double(Float(turns - turns.rounded(.down))) * 255)
        saturation = Self.byte(Double(span / Float(value)) * 255)
    }

    /// Red, green, blue.
    var rgb: (UInt8, UInt8, UInt8) {
        if saturation == 0 { return (value, value, value) }
        let sixths = Double(hue) * 6 / 255
        let sector = Int(sixths)
        let rest = Float(sixths - Double(sector))
        let strength = Float(Double(saturation) / 255)
        func shade(_ loss: Double) -> UInt8 { Self.byte((Double(value) * (1 - loss)).rounded()) }
        let least = shade(Double(strength))
        let falling = shade(Double(strength * rest))
        let rising = shade(Double(strength) * (1 - Double(rest)))
        switch sector % 6 {
        case 0: return (value, rising, least)
        case 1: return (falling, value, least)
        case 2: return (least, value, rising)
        case 3: return (least, falling, value)
        case 4: return (rising, least, value)
        default: return (value, least, falling)
        }
    }

    private static func byte(_ number: Double) -> UInt8 { UInt8(min(max(number, 0), 255)) }
}
