package import CLIPImaging

/// Images with the classes that they show: what a classifier is measured on.
///
/// The labels of all images are in memory; an image is read when it is asked for, by any number of threads.
package protocol LabelledImages: Sendable {
    /// What reports call the set: the last part of its path, and the split.
    var name: String { get }

    /// The names of the classes, by index.
    var classes: [String] { get }

    /// For each class all names that sentences may call it by, the first of them that of ``classes``; that one alone if a set
    /// does not say otherwise.
    var synonyms: [[String]] { get }

    /// Whether an image may show any number of classes, and not just one.
    var isMultiLabel: Bool { get }

    /// The templates of sentences that the set brings, with `{}` for the class; `nil` where it brings none.
    var templates: [String]? { get }

    /// What was passed over when the set was opened.
    var skipped: BadSamples { get }

    /// The number of images, at least one.
    var count: Int { get }

    /// The indices of the classes of an image, in rising order: one, or of a set with several labels any number.
    func labels(at index: Int) -> [Int]

    /// What messages call the image.
    func name(at index: Int) -> String

    /// The image.
    ///
    /// - Throws: What is wrong with this image, in one line.
    func image(at index: Int) throws -> StoredImage
}

extension LabelledImages {
    /// The names of ``classes``.
    package var synonyms: [[String]] { classes.map { [$0] } }
    /// One class an image.
    package var isMultiLabel: Bool { false }
    /// None.
    package var templates: [String]? { nil }
}

/// An image as a data set has it.
package enum StoredImage: Sendable {
    /// The bytes of a JPEG, PNG or WebP file.
    case file([UInt8])
    /// Pixels that were never in a file of their own.
    case pixels(Bitmap)

    /// The image's pixels; `name` is what errors call it.
    ///
    /// - Throws: `ImagingError` for bytes that are no image.
    package func bitmap(named name: String) throws -> Bitmap {
        switch self {
        case .file(let bytes): try bytes.withUnsafeBytes { try Bitmap(decoding: $0, name: name) }
        case .pixels(let bitmap): bitmap
        }
    }
}
