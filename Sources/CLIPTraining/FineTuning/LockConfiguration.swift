/// The towers that training leaves as they are, wholly or but for their last layers (Zhai et al. 2022, "LiT").
public struct LockConfiguration: Codable, Sendable, Hashable {
    /// The image tower; nil trains all of it.
    public var image: TowerLock?
    /// The text tower; nil trains all of it.
    public var text: TowerLock?

    /// How much of a tower is locked.
    public struct TowerLock: Codable, Sendable, Hashable {
        /// How many groups of layers go on training, counted from the output, as open_clip counts them: the projection, the
        /// last block with the norm behind it, then block after block, and the embeddings.
        public var unlockedGroups = 0
        /// Whether batch norms that are locked keep their running statistics and use them, in place of the batch's own.
        public var freezesStatistics = true

        /// The whole tower.
        public init(unlockedGroups: Int = 0, freezesStatistics: Bool = true) {
            (self.unlockedGroups, self.freezesStatistics) = (unlockedGroups, freezesStatistics)
        }

        private enum CodingKeys: String, CodingKey {
            case unlockedGroups = "unlocked_groups"
            case freezesStatistics = "freeze_bn_stats"
        }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            unlockedGroups = try container.decodeIfPresent(Int.self, forKey: .unlockedGroups) ?? unlockedGroups
            freezesStatistics =
                try container.decodeIfPresent(Bool.self, forKey: .freezesStatistics) ?? freezesStatistics
        }
    }

    /// Nothing locked yet.
    public init(image: TowerLock? = nil, text: TowerLock? = nil) {
        (self.image, self.text) = (image, text)
    }
}
