internal import CLIPFiles

/// A part of a model outside the blocks that may be trained whole beside low-rank adapters and is kept with them, by the
/// name that PEFT's `modules_to_save` has for it.
public enum SavedModule: String, Codable, Sendable, Hashable, CaseIterable {
    case tokenEmbedding = "token_embedding"
    case positionEmbedding = "position_embedding"
    case patchEmbedding = "patch_embedding"
    case textProjection = "text_projection"
    case visualProjection = "visual_projection"

    public init(from decoder: any Decoder) throws { self = try decoder.word() }

    /// The model's names of its parameters in a tower; none where the tower has no such part.
    package func parameters(of tower: Tower, in configuration: CLIPConfiguration) -> [String] {
        // Hugging Face's layout, whose names PEFT has, knows no ResNet.
        let hasPatches = configuration.vision.patchCount != nil
        return switch (self, tower) {
        case (.tokenEmbedding, .text): ["token_embedding.weight"]
        case (.positionEmbedding, .text): ["positional_embedding"]
        case (.textProjection, .text): configuration.vision.isSigLIP ? [] : ["text_projection"]
        case (.positionEmbedding, .image): hasPatches ? ["visual.positional_embedding"] : []
        case (.patchEmbedding, .image):
            hasPatches
                ? ["visual.conv1.weight"] + (configuration.vision.isSigLIP ? ["visual.conv1.bias"] : []) : []
        case (.visualProjection, .image):
            hasPatches && !configuration.vision.isSigLIP ? ["visual.proj"] : []
        default: []
        }
    }
}
