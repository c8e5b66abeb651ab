internal import CLIPFiles
internal import CLIPImaging

/// Reads and writes the `preprocess_cfg` of `open_clip_config.json`.
enum OpenCLIPPreprocessing {
    /// Reads it for a tower that sees `imageSize` pixels, which decides the size, as in open_clip.
    static func read(_ root: Fields, imageSize: Int) throws -> ImagePreprocessing {
        guard let fields = try root.fields("preprocess_cfg") else { return .openAI(size: imageSize) }
        let colours = try fields.string("mode", default: "RGB")
        guard colours == "RGB" else { throw fields.refused("mode", "RGB", colours.quoted()) }
        let resize = try fields.string("resize_mode", default: "shortest")
        guard let resizeMode = ImagePreprocessing.ResizeMode(rawValue: resize) else {
            throw fields.refused("resize_mode", "shortest, longest or squash", resize.quoted())
        }
        let interpolation = try fields.string("interpolation", default: "bicubic")
        // "random" is a choice of training; images are then seen by bicubic interpolation.
        guard
            let filter = ["random": .bicubic, "bicubic": .bicubic, "bilinear": .bilinear][interpolation]
                as ResamplingFilter?
        else {
            throw fields.refused("interpolation", "bicubic, bilinear or random", interpolation.quoted())
        }
        let fill = try fields.integer("fill_color", default: 0)
        guard let fill = UInt8(exactly: fill) else {
            throw fields.refused("fill_color", "a sample of 8 bits", "\(fill)")
        }
        let std = try fields.channels("std", default: ImagePreprocessing.openAIStd)
        guard std.allSatisfy({ $0 > 0 }) else { throw fields.refused("std", "numbers above 0", "\(std)") }
        return ImagePreprocessing(
            height: imageSize, width: imageSize, interpolation: filter, resizeMode: resizeMode, fill: fill,
            mean: try fields.channels("mean", default: ImagePreprocessing.openAIMean), std: std)
    }

    /// The object, or what of the preprocessing it cannot say.
    static func json(_ preprocessing: ImagePreprocessing) -> Result<JSON, LayoutLimit> {
        guard [.bicubic, .bilinear].contains(preprocessing.interpolation) else {
            return .failure(LayoutLimit("an open_clip folder knows bicubic and bilinear interpolation alone"))
        }
        let size = min(preprocessing.height, preprocessing.width)
        guard preprocessing.shortestEdge.map({ $0 == size }) ?? true else {
            return .failure(LayoutLimit("an open_clip folder cannot say that more is resized than cropped"))
        }
        return .success([
            "size": [.integer(preprocessing.height), .integer(preprocessing.width)],
            "mode": "RGB",
            "mean": .array(preprocessing.mean.map(number)),
            "std": .array(preprocessing.std.map(number)),
            "interpolation": .string(preprocessing.interpolation.rawValue),
            "resize_mode": .string(preprocessing.resizeMode.rawValue),
            "fill_color": .integer(Int(preprocessing.fill)),
        ])
    }
}
