internal import CLIPFiles
public import CLIPTensor

/// Where a model's tensors come from: drawn anew, or read from a checkpoint.
public protocol ParameterSource {
    /// The tensor of this name and shape. A source that draws follows `initialisation`.
    func tensor(_ name: String, shape: [Int], initialisation: Initialisation) throws -> Tensor
}

/// Tensors drawn as the model was published.
public struct FreshParameters: ParameterSource {
    /// What an image transformer knows about the places of its patches at the start.
    public enum ImagePositions: String, Codable, Sendable, Hashable, CaseIterable {
        /// Small random numbers, as published.
        case published
        /// Sines and cosines as large as the patches: small runs learn left and right by them.
        case planeWaves = "plane_waves"

        public init(from decoder: any Decoder) throws { self = try decoder.word() }
    }

    private let generator: RandomGenerator
    private let device: Device
    private let imagePositions: ImagePositions

    /// Draws from the sequence of a seed and puts the tensors on a device.
    public init(seed: UInt64, imagePositions: ImagePositions = .published, device: Device = .cpu) throws {
        generator = try RandomGenerator(seed: seed)
        self.imagePositions = imagePositions
        self.device = device
    }

    public func tensor(_ name: String, shape: [Int], initialisation: Initialisation) throws -> Tensor {
        // Drawn on the CPU, so that a seed means the same on every device.
        let drawn = try initialisation.draw(shape, using: generator)
        guard case .imagePositions(let grid, _) = initialisation, imagePositions == .planeWaves else {
            return try drawn.moved(to: device)
        }
        return try PlaneWaves(grid: grid, width: shape[1]).embedding().moved(to: device)
    }
}

/// Tensors that were read, by the names of this room.
public struct LoadedParameters: ParameterSource {
    /// What they were read from, for errors.
    public let origin: String
    private let lookup: (String) throws -> Tensor?
    private let device: Device
    private let dtype: DType?

    /// Looks up each tensor by name, converts it to `dtype` where one is given, and puts it on a device.
    public init(
        origin: String, device: Device = .cpu, dtype: DType? = .float32, lookup: @escaping (String) throws -> Tensor?
    ) {
        self.origin = origin
        self.device = device
        self.dtype = dtype
        self.lookup = lookup
    }

    public func tensor(_ name: String, shape: [Int], initialisation: Initialisation) throws -> Tensor {
        guard let found = try lookup(name) else {
            throw ConfigurationError(
                origin, "expected a tensor \(name) of the shape \(shape), found none")
        }
        guard found.shape == shape else {
            throw ConfigurationError(
                origin, "expected \(name) to have the shape \(shape), found \(found.shape)")
        }
        guard found.dtype.isFloatingPoint else { return try found.moved(to: device) }
        return try found.cast(to: dtype ?? found.dtype).moved(to: device)
    }
}
