extension ImageAugmentation {
    enum CodingKeys: String, CodingKey {
        case scale, ratio, interpolation
        case flipProbability = "flip_probability"
        case jitter
        case jitterProbability = "jitter_probability"
        case greyProbability = "grey_probability"
    }

    /// Reads a configuration, `scale` and `ratio` as pairs of numbers. What is left out has its default. Throws
    /// `DecodingError` for a scale outside of 0.000001 to 1, a ratio outside of 0.001 to 1000, and a probability
    /// outside of 0 to 1.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        scale = try values.range(.scale, 1e-6...1) ?? scale
        ratio = try values.range(.ratio, 1e-3...1e3) ?? ratio
        interpolation = try values.decodeIfPresent(ResamplingFilter.self, forKey: .interpolation) ?? interpolation
        flipProbability = try values.strength(.flipProbability, upTo: 1) ?? flipProbability
        jitter = try values.decodeIfPresent(ColorJitter.self, forKey: .jitter)
        jitterProbability = try values.strength(.jitterProbability, upTo: 1) ?? jitterProbability
        greyProbability = try values.strength(.greyProbability, upTo: 1) ?? greyProbability
    }
}

extension ColorJitter {
    enum CodingKeys: String, CodingKey {
        case brightness, contrast, saturation, hue
    }

    /// Reads a configuration. What is left out is 0. Throws `DecodingError` for a negative strength and a hue above 0.5.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            brightness: try values.strength(.brightness, upTo: 100) ?? 0,
            contrast: try values.strength(.contrast, upTo: 100) ?? 0,
            saturation: try values.strength(.saturation, upTo: 100) ?? 0,
            hue: try values.strength(.hue, upTo: 0.5) ?? 0)
    }
}

extension KeyedDecodingContainer {
    fileprivate func strength(_ key: Key, upTo limit: Double) throws -> Double? {
        guard let value = try decodeIfPresent(Double.self, forKey: key) else { return nil }
        guard (0...limit).contains(value) else {
            throw refusal(key, "expected a number from 0 to \(limit), found \(value)")
        }
        return value
    }

    fileprivate func range(_ key: Key, _ limits: ClosedRange<Double>) throws -> ClosedRange<Double>? {
        guard let bounds = try decodeIfPresent([Double].self, forKey: key) else { return nil }
        guard bounds.count == 2, bounds.allSatisfy(limits.contains), bounds[0] <= bounds[1] else {
            throw refusal(
                key,
                "expected two numbers from \(limits.lowerBound) to \(limits.upperBound), the first not above the second, "
                    + "found \(bounds)")
        }
        return bounds[0]...bounds[1]
    }
}
