/// How a stack of blocks is drawn.
enum TransformerInitialisation {
    /// PyTorch's defaults, as the published image towers have them.
    case standard
    /// Deviations that keep the residual stream level, as the published text towers have them.
    case scaled

    func joint(_ size: TransformerSize) -> Initialisation {
        switch self {
        case .standard: .glorot(in: size.width, out: 3 * size.width)
        case .scaled: .normal(deviation: 1 / Double(size.width).squareRoot())
        }
    }

    func output(_ size: TransformerSize) -> Initialisation? {
        switch self {
        case .standard: nil
        case .scaled: .normal(deviation: 1 / Double(size.width * 2 * size.layers).squareRoot())
        }
    }

    func hidden(_ size: TransformerSize) -> Initialisation? {
        switch self {
        case .standard: nil
        case .scaled: .normal(deviation: 1 / Double(2 * size.width).squareRoot())
        }
    }
}
