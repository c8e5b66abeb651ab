import CLIPModels
import CLIPTensor
import CLIPTraining
import Testing

/// The small models of the script: each tower with each activation.
enum SmallModel: String, CaseIterable, CustomTestStringConvertible {
    case transformer = "vit"
    case quickTransformer = "vit-quickgelu"
    case resNet = "resnet"
    case quickResNet = "resnet-quickgelu"

    var testDescription: String { rawValue }

    var isResNet: Bool { self == .resNet || self == .quickResNet }

    var configuration: CLIPConfiguration {
        get throws { try ReferenceModels.decode("\(rawValue).config") }
    }

    /// The model with the reference's weights.
    func model() throws -> CLIPModel { try ReferenceModels.model(configuration, from: "\(rawValue).weights") }

    /// What the reference computed: `forward`, `gradients` or `training`.
    func results(_ kind: String, _ precision: Precision) throws -> Safetensors {
        try ReferenceModels.tensors("\(rawValue).\(kind).\(precision.rawValue)")
    }
}

extension Precision {
    /// What products run in.
    var autocast: DType? { self == .bf16 ? .bfloat16 : nil }
}
