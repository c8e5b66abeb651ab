import CLIPImaging

/// The kinds of processing by the names that the script gives them.
enum ReferenceProcessing {
    static let named: [String: @Sendable (Bitmap) -> Bitmap] = {
        var named: [String: @Sendable (Bitmap) -> Bitmap] = [
            "decoded": { $0.rgb() },
            "crop": { $0.cropped(x: -3, y: 2, width: 20, height: 31).rgb() },
            "open_clip 45 bilinear": preprocess(
                ImagePreprocessing(height: 45, width: 45, interpolation: .bilinear)),
            "open_clip 47x30": preprocess(ImagePreprocessing(height: 47, width: 30)),
            "open_clip squash 56": preprocess(ImagePreprocessing(height: 56, width: 56, resizeMode: .squash)),
            "open_clip longest 57": preprocess(ImagePreprocessing(height: 57, width: 57, resizeMode: .longest)),
            "open_clip longest 57 fill 120": preprocess(
                ImagePreprocessing(height: 57, width: 57, resizeMode: .longest, fill: 120)),
            "hugging_face 48": preprocess(.huggingFace(size: 48)),
            "hugging_face 50 to 45": preprocess(huggingFace(50, 45)),
            "hugging_face 44 to 51": preprocess(huggingFace(44, 51)),
        ]
        for size in [32, 64, 224, 336] { named["open_clip \(size)"] = preprocess(.openAI(size: size)) }
        for filter in ResamplingFilter.allCases {
            named["resize 61x47 \(filter)"] = { $0.resized(width: 61, height: 47, filter: filter).rgb() }
            named["resize 301x150 \(filter)"] = { $0.resized(width: 301, height: 150, filter: filter).rgb() }
            named["resize 40x90 \(filter) part"] = { image in
                let (width, height) = (Float(image.width), Float(image.height))
                let box = SampleBox(
                    left: 0.125 * width, top: 0.25 * height, right: 0.8125 * width, bottom: 0.9375 * height)
                return image.resized(width: 40, height: 90, filter: filter, box: box).rgb()
            }
        }
        return named
    }()

    private static func preprocess(_ preprocessing: ImagePreprocessing) -> @Sendable (Bitmap) -> Bitmap {
        { preprocessing.pixels(of: $0) }
    }

    private static func huggingFace(_ edge: Int, _ size: Int) -> ImagePreprocessing {
        var preprocessing = ImagePreprocessing.huggingFace(size: size)
        preprocessing.shortestEdge = edge
        return preprocessing
    }
}
