internal import CLIPFiles

/// A linear layer of a transformer's block that may have an adapter, by Hugging Face's name.
public enum AdaptedProjection: String, Codable, Sendable, Hashable, CaseIterable {
    case query = "q_proj"
    case key = "k_proj"
    case value = "v_proj"
    case output = "out_proj"
    case hidden = "fc1"
    case projection = "fc2"

    /// The name in a block of the model. Query, key and value are parts of one joint matrix there.
    package var part: String {
        switch self {
        case .query, .key, .value, .output: "attn.\(rawValue)"
        case .hidden: "mlp.c_fc"
        case .projection: "mlp.c_proj"
        }
    }

    /// The parts of the joint matrix, in its order.
    static let joint: [AdaptedProjection] = [.query, .key, .value]

    fileprivate func shape(_ size: TransformerSize) -> (in: Int, out: Int) {
        switch self {
        case .query, .key, .value, .output: (size.width, size.width)
        case .hidden: (size.width, size.hidden)
        case .projection: (size.hidden, size.width)
        }
    }

    public init(from decoder: any Decoder) throws { self = try decoder.word() }
}

/// One of the two towers.
public enum Tower: String, Codable, Sendable, Hashable, CaseIterable {
    case image, text

    /// What the names of its blocks begin with.
    package var blocks: String { self == .image ? "visual.transformer.resblocks." : "transformer.resblocks." }

    public init(from decoder: any Decoder) throws { self = try decoder.word() }
}

/// A layer of a model that may have an adapter.
package struct AdaptedLayer: Hashable {
    package let tower: Tower
    package let block: Int
    package let projection: AdaptedProjection
    /// The width of its input.
    package let input: Int
    /// The width of its result.
    package let output: Int

    /// The name in the model, such as `visual.transformer.resblocks.3.attn.q_proj`.
    package var name: String { "\(tower.blocks)\(block).\(projection.part)" }

    /// All of an architecture, tower after tower, block after block. A ResNet has none.
    package static func all(of configuration: CLIPConfiguration) -> [AdaptedLayer] {
        Tower.allCases.flatMap { tower in
            guard let size = configuration.size(of: tower) else { return [AdaptedLayer]() }
            return (0..<size.layers).flatMap { block in
                AdaptedProjection.allCases.map { projection in
                    let (input, output) = projection.shape(size)
                    return AdaptedLayer(
                        tower: tower, block: block, projection: projection, input: input, output: output)
                }
            }
        }
    }
}

extension CLIPConfiguration {
    /// The sizes of a tower's blocks; nil of a ResNet.
    fileprivate func size(of tower: Tower) -> TransformerSize? {
        switch (tower, vision) {
        case (.text, _): text.size
        case (.image, .transformer(let vision)): vision.size
        case (.image, .sigLIP(let vision)): vision.size
        case (.image, .resNet): nil
        }
    }
}
