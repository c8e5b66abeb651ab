/// The coloured ground of a scene.
public enum EmojiGround: String, Sendable, CaseIterable {
    case red
    case orange
    case yellow
    case green
    case blue
    case purple
    case pink
    case brown
    case white
    case gray
    case black

    /// The ground's colour.
    var color: RGBColor {
        switch self {
        case .red: RGBColor(214, 52, 48)
        case .orange: RGBColor(250, 146, 42)
        case .yellow: RGBColor(252, 226, 84)
        case .green: RGBColor(66, 160, 72)
        case .blue: RGBColor(52, 104, 212)
        case .purple: RGBColor(130, 62, 176)
        case .pink: RGBColor(248, 164, 200)
        case .brown: RGBColor(124, 82, 54)
        case .white: RGBColor(250, 250, 250)
        case .gray: RGBColor(146, 146, 150)
        case .black: RGBColor(20, 20, 22)
        }
    }
}
