extension ImagePreprocessing {
    enum CodingKeys: String, CodingKey {
        case height, width, shortestEdge, interpolation, resizeMode, cropRounding, conversion, fill, mean, std
    }

    /// Reads a configuration. What is left out has its default, except for `height` and `width`. Throws `DecodingError`
    /// for sizes outside of 1 to 16384, and for means or deviations that are not three finite numbers.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let height = try values.side(.height)
        let width = try values.side(.width)
        let mean = try values.channels(.mean) ?? Self.openAIMean
        let std = try values.channels(.std) ?? Self.openAIStd
        self.init(height: height, width: width, mean: mean, std: std)
        if try values.contains(.shortestEdge) && !values.decodeNil(forKey: .shortestEdge) {
            shortestEdge = try values.side(.shortestEdge)
        }
        interpolation = try values.decodeIfPresent(ResamplingFilter.self, forKey: .interpolation) ?? interpolation
        resizeMode = try values.decodeIfPresent(ResizeMode.self, forKey: .resizeMode) ?? resizeMode
        cropRounding = try values.decodeIfPresent(CropRounding.self, forKey: .cropRounding) ?? cropRounding
        conversion = try values.decodeIfPresent(Conversion.self, forKey: .conversion) ?? conversion
        fill = try values.decodeIfPresent(UInt8.self, forKey: .fill) ?? fill
    }
}

extension KeyedDecodingContainer {
    fileprivate func side(_ key: Key) throws -> Int {
        let side = try decode(Int.self, forKey: key)
        guard (1...16384).contains(side) else { throw refusal(key, "expected 1 to 16384 pixels, found \(side)") }
        return side
    }

    fileprivate func channels(_ key: Key) throws -> [Float]? {
        guard let values = try decodeIfPresent([Float].self, forKey: key) else { return nil }
        guard values.count == 3, values.allSatisfy({ $0.isFinite }) else {
            throw refusal(key, "expected three numbers, found \(values)")
        }
        return values
    }

    /// The error for a value that cannot be.
    func refusal(_ key: Key, _ text: String) -> DecodingError {
        .dataCorruptedError(forKey: key, in: self, debugDescription: text)
    }
}
