internal import CLIPFiles
internal import CLIPTensor

/// The activation between the two layers of a transformer's perceptron.
public enum Activation: String, Codable, Sendable, Hashable, CaseIterable {
    /// x·Φ(x), exact.
    case gelu
    /// x·Φ(x) with Φ approximated by a hyperbolic tangent.
    case geluTanh = "gelu_tanh"
    /// x·σ(1.702x): OpenAI's weights and those that follow them. The wrong choice costs points and says nothing.
    case quickGELU = "quick_gelu"

    func callAsFunction(_ x: Tensor) throws -> Tensor {
        switch self {
        case .gelu: try x.gelu()
        case .geluTanh: try x.gelu(approximation: .tanh)
        case .quickGELU: try x.quickGELU()
        }
    }

    public init(from decoder: any Decoder) throws { self = try decoder.word() }
}
