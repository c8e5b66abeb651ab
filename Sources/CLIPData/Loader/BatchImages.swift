public import CLIPImaging

/// How the images of a batch are brought to one size: at random for training, or as the model will see images later.
public struct BatchImages: Sendable {
    /// Rows of each image.
    public let height: Int
    /// Columns of each image.
    public let width: Int
    private let make: @Sendable (Bitmap, inout SeededGenerator) -> Bitmap

    /// A random crop and whatever else the augmentation does.
    public static func augmented(_ augmentation: ImageAugmentation, height: Int, width: Int) -> BatchImages {
        BatchImages(height: height, width: width) { image, generator in
            augmentation(image, width: width, height: height, using: &generator)
        }
    }

    /// The resizing and cropping of a preprocessing. What it normalises with is left to the trainer.
    public static func preprocessed(_ preprocessing: ImagePreprocessing) -> BatchImages {
        BatchImages(height: preprocessing.height, width: preprocessing.width) { image, _ in
            preprocessing.pixels(of: image)
        }
    }

    /// The samples `[3, height, width]` of an image at the batch's size.
    func pixels(of image: Bitmap, using generator: inout SeededGenerator) -> [UInt8] {
        let result = make(image, &generator)
        precondition(
            result.mode == .rgb && result.width == width && result.height == height, "an RGB image of the batch's size")
        return result.planes()
    }
}
