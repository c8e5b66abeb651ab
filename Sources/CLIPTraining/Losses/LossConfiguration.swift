internal import CLIPFiles
import CLIPTensor

/// How the embeddings of a batch are compared.
public struct LossConfiguration: Sendable, Hashable {
    /// What each image is asked.
    public enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
        /// Which of the texts is its own (Radford et al. 2021).
        case contrastive
        /// Of each text, whether it is its own (Zhai et al. 2023).
        case sigmoid

        public init(from decoder: any Decoder) throws { self = try decoder.word() }
    }

    /// What each image is asked.
    public var kind = Kind.contrastive
    /// Whether pairs with equal captions match one another as well.
    public var equalCaptionsMatch = false
    /// Whether pairs with the same image match one another as well.
    public var equalImagesMatch = false
    /// The weight of the choice between twins; 0 leaves it out.
    public var twinWeight = 0.0
    /// The weight of a teacher's choices.
    public var distillationWeight = 1.0

    /// The published loss.
    public init() {}

    /// The loss of a batch, a scalar.
    ///
    /// - Parameter teacher: a teacher's features of the same batch.
    func callAsFunction(_ features: PairFeatures, _ matches: Matches, teacher: PairFeatures? = nil) throws -> Tensor {
        var loss = try Tiles.scalar(of: features) {
            try whole(logits: $0, matches, teacher)
        } tiled: {
            try tiled(features, matches, teacher, $0)
        }
        if twinWeight > 0 { loss = try loss + TwinLoss()(features) * twinWeight }
        return loss
    }

    private func whole(logits: Tensor, _ matches: Matches, _ teacher: PairFeatures?) throws -> Tensor {
        let loss =
            switch kind {
            case .contrastive: try ContrastiveLoss().whole(logits: logits, matches)
            case .sigmoid: try SigmoidLoss().whole(logits: logits, matches)
            }
        guard let teacher else { return loss }
        return try loss + DistillationLoss()(logits: logits, teacher: teacher.logits()) * distillationWeight
    }

    private func tiled(
        _ features: PairFeatures, _ matches: Matches, _ teacher: PairFeatures?, _ tiles: Tiles
    ) throws -> Tensor {
        let loss =
            switch kind {
            case .contrastive: try ContrastiveLoss().tiled(features, matches, tiles)
            case .sigmoid: try SigmoidLoss().tiled(features, matches, tiles)
            }
        guard let teacher else { return loss }
        return try loss + DistillationLoss().tiled(features, teacher, tiles) * distillationWeight
    }

    /// What matches in a batch with these equal captions and images.
    package func matches(count: Int, equalCaptions: [Int32], equalImages: [Int32]) -> Matches {
        Matches(
            count: count, equalCaptions: equalCaptionsMatch ? equalCaptions : nil,
            equalImages: equalImagesMatch ? equalImages : nil)
    }
}
