internal import CLIPFiles
internal import CLIPImaging

/// Reads and writes `preprocessor_config.json` as `transformers.CLIPImageProcessor` does.
enum HuggingFacePreprocessing {
    static let file = "preprocessor_config.json"

    /// The library's classes, which differ in what they do where the file says nothing.
    private enum Processor {
        case clip
        case sigLIP

        /// The class that the file names; that of the model where it names none.
        init(_ fields: Fields, isSigLIP: Bool) throws {
            let key = fields["image_processor_type"] == nil ? "feature_extractor_type" : "image_processor_type"
            let name = try fields.string(key, default: isSigLIP ? "SiglipImageProcessor" : "CLIPImageProcessor")
            if name.hasPrefix("CLIP") {
                self = .clip
            } else if name.hasPrefix("Siglip") {
                self = .sigLIP
            } else {
                throw fields.refused(key, "a CLIPImageProcessor or a SiglipImageProcessor", name.quoted())
            }
        }

        var mean: [Float] { self == .clip ? ImagePreprocessing.openAIMean : [0.5, 0.5, 0.5] }
        var std: [Float] { self == .clip ? ImagePreprocessing.openAIStd : [0.5, 0.5, 0.5] }
    }

    /// Reads the file for a tower that sees `imageSize` pixels.
    static func read(_ fields: Fields, imageSize: Int, isSigLIP: Bool) throws -> ImagePreprocessing {
        let processor = try Processor(fields, isSigLIP: isSigLIP)
        for step in ["do_resize", "do_rescale"] where try !fields.bool(step, default: true) {
            throw fields.refused(step, "true", "false")
        }
        let factor = try fields.double("rescale_factor", default: 1.0 / 255)
        guard abs(factor * 255 - 1) < 1e-6 else { throw fields.refused("rescale_factor", "1/255", "\(factor)") }
        let (resize, edge) = try resize(fields, processor)
        let isCropped = try fields.bool("do_center_crop", default: processor == .clip)
        let size = try isCropped ? crop(fields) : uncropped(fields, resize)
        guard size == (imageSize, imageSize) else {
            throw fields.refused(
                "crop_size", "the \(imageSize) pixels that the image tower sees", "\(size.height) × \(size.width)")
        }
        let isNormalised = try fields.bool("do_normalize", default: true)
        let std = try fields.channels("image_std", default: processor.std)
        guard std.allSatisfy({ $0 > 0 }) else { throw fields.refused("image_std", "numbers above 0", "\(std)") }
        return ImagePreprocessing(
            height: size.height, width: size.width, shortestEdge: edge, interpolation: try filter(fields),
            resizeMode: resize, cropRounding: .down,
            conversion: try fields.bool("do_convert_rgb", default: true) ? .firstOverWhite : .last,
            mean: isNormalised ? try fields.channels("image_mean", default: processor.mean) : [0, 0, 0],
            std: isNormalised ? std : [1, 1, 1])
    }

    /// How the image is resized, and to which shorter side where it keeps its proportions.
    private static func resize(
        _ fields: Fields, _ processor: Processor
    ) throws -> (ImagePreprocessing.ResizeMode, edge: Int?) {
        guard let value = fields["size"] else { return processor == .clip ? (.shortest, 224) : (.squash, nil) }
        if let edge = value.integer { return (.shortest, try plausible(edge, "size", fields)) }
        let size = try Fields(value, path: fields.path, place: "size")
        if size["shortest_edge"] != nil {
            return (.shortest, try plausible(size.integer("shortest_edge"), "size.shortest_edge", fields))
        }
        _ = try (size.integer("height"), size.integer("width"))
        return (.squash, nil)
    }

    private static func crop(_ fields: Fields) throws -> (height: Int, width: Int) {
        guard let value = fields["crop_size"] else { return (224, 224) }
        return try size(value, "crop_size", fields)
    }

    private static func uncropped(
        _ fields: Fields, _ resize: ImagePreprocessing.ResizeMode
    ) throws -> (height: Int, width: Int) {
        guard resize == .squash else {
            throw fields.refused("do_center_crop", "true where the shorter side alone is resized", "false")
        }
        return try size(fields["size"] ?? 224, "size", fields)
    }

    private static func size(_ value: JSON, _ name: String, _ fields: Fields) throws -> (height: Int, width: Int) {
        if let side = value.integer {
            let side = try plausible(side, name, fields)
            return (side, side)
        }
        let size = try Fields(value, path: fields.path, place: name)
        return (
            try plausible(size.integer("height"), "\(name).height", fields),
            try plausible(size.integer("width"), "\(name).width", fields)
        )
    }

    private static func plausible(_ side: Int, _ name: String, _ fields: Fields) throws -> Int {
        guard (1...16384).contains(side) else { throw fields.refused(name, "a number from 1 to 16384", "\(side)") }
        return side
    }

    /// Pillow's numbers of the filters.
    private static let filters: [(Int, ResamplingFilter)] = [
        (0, .nearest), (1, .lanczos), (2, .bilinear), (3, .bicubic), (4, .box),
    ]

    private static func filter(_ fields: Fields) throws -> ResamplingFilter {
        let number = try fields.integer("resample", default: 3)
        guard let filter = filters.first(where: { $0.0 == number })?.1 else {
            throw fields.refused("resample", "one of Pillow's filters 0 to 4", "\(number)")
        }
        return filter
    }

    /// The file's text, or what of the preprocessing it cannot say.
    static func json(_ preprocessing: ImagePreprocessing, isSigLIP: Bool) -> Result<JSON, LayoutLimit> {
        guard preprocessing.resizeMode != .longest else {
            return .failure(
                LayoutLimit("a Hugging Face folder cannot say that images are resized by their longer side"))
        }
        let crop: JSON = ["height": .integer(preprocessing.height), "width": .integer(preprocessing.width)]
        let edge = preprocessing.shortestEdge ?? min(preprocessing.height, preprocessing.width)
        let isSquashed = preprocessing.resizeMode == .squash
        guard isSquashed || !isSigLIP else {
            return .failure(LayoutLimit("a Hugging Face folder of SigLIP cannot say that images are cropped"))
        }
        let name = isSigLIP ? "Siglip" : "CLIP"
        let cropping: [JSON.Member] =
            isSigLIP ? [] : [.init("crop_size", crop), .init("do_center_crop", .bool(!isSquashed))]
        let others: JSON = [
            "do_convert_rgb": true,
            "do_normalize": true,
            "do_rescale": true,
            "do_resize": true,
            "image_mean": .array(preprocessing.mean.map(number)),
            "image_processor_type": .string("\(name)ImageProcessor"),
            "image_std": .array(preprocessing.std.map(number)),
            "processor_class": .string("\(name)Processor"),
            "resample": .integer(filters.first { $0.1 == preprocessing.interpolation }?.0 ?? 3),
            "rescale_factor": .number(1.0 / 255),
            "size": isSquashed ? crop : ["shortest_edge": .integer(edge)],
        ]
        return .success(.object(cropping + (others.members ?? [])))
    }
}

/// A mean or a deviation as it was published, of which 32 bits keep less: 0.48145466 and not 0.48145467.
func number(_ value: Float) -> JSON {
    let published = [0.48145466, 0.4578275, 0.40821073, 0.26862954, 0.26130258, 0.27577711]
    return .number(published.first { Float($0) == value } ?? Double("\(value)") ?? Double(value))
}
