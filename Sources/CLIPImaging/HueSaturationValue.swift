/// A colour by hue, saturation and value, each in a byte, as Pillow's mode "HSV" has them. The order and the precision of
/// the operations are Pillow's, so that the bytes are. There are no branches, which would be guessed wrongly in a photograph.
struct HueSaturationValue {
    /// Where on the circle from red over green and blue: 255 is the whole circle.
    var hue: UInt8
    var saturation: UInt8
    var value: UInt8

    /// The colour of a pixel; a grey one has the hue and the saturation 0.
    @inline(__always) init(red: UInt8, green: UInt8, blue: UInt8) {
        let value = max(red, green, blue)
        let span = Float(max(value &- min(red, green, blue), 1))
        let (isRed, isGreen) = (red == value, green == value)
        let before = value &- (isRed ? blue : isGreen ? red : green)
        let behind = value &- (isRed ? green : isGreen ? blue : red)
        let start: Double = isRed ? 0 : isGreen ? 2 : 4
        let sixths = Float(start + Double(Float(before) / span) - Double(Float(behind) / span))
        // From 5/6 to 11/6, of which the whole turn goes.
        let turns = Double(sixths) / 6 + 1
        hue = Self.byte(Double(Float(turns - Double(Int32(turns)))) * 255)
        let difference = Float(value &- min(red, green, blue))
        saturation = Self.byte(Double(difference / Float(max(value, 1))) * 255)
        self.value = value
    }

    /// Red, green, blue.
    @inline(__always) func rgb(by circle: HueCircle) -> (UInt8, UInt8, UInt8) {
        let (sector, rest) = circle[hue]
        let strength = Float(Double(saturation) / 255)
        let least = shade(Double(strength))
        let falling = shade(Double(strength * rest))
        let rising = shade(Double(strength) * (1 - Double(rest)))
        let shades = UInt32(value) | rising << 8 | least << 16 | falling << 24
        /// The shade whose number, in two bits, stands at the sector's place.
        func channel(_ numbers: UInt32) -> UInt8 {
            UInt8(truncatingIfNeeded: shades >> ((numbers >> (2 * sector) & 3) << 3))
        }
        return (channel(0b00_01_10_10_11_00), channel(0b10_10_11_00_00_01), channel(0b11_00_00_01_10_10))
    }

    @inline(__always) private func shade(_ loss: Double) -> UInt32 {
        let number = Double(value) * (1 - loss)
        // Rounded up at the half.
        let whole = Int32(number)
        return UInt32(truncatingIfNeeded: whole &+ Int32((number - Double(whole)) * 2))
    }

    @inline(__always) private static func byte(_ number: Double) -> UInt8 {
        UInt8(truncatingIfNeeded: Int32(number))
    }
}

/// For each hue, its sixth of the circle and how far it is within.
struct HueCircle {
    private let sectors: [UInt32]
    private let rests: [Float]

    init() {
        let sixths = (0..<256).map { Double($0) * 6 / 255 }
        sectors = sixths.map { UInt32($0) % 6 }
        rests = sixths.map { Float($0 - $0.rounded(.down)) }
    }

    @inline(__always) subscript(hue: UInt8) -> (sector: UInt32, rest: Float) { (sectors[Int(hue)], rests[Int(hue)]) }
}
