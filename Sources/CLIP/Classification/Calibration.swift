internal import CLIPCheckpoints
internal import CLIPFiles
internal import Foundation

/// How sure a zero-shot classifier may be of the classes that it was held against validation images with.
///
/// The softmax over cosines times the model's own factor says too much or too little of classes that it was not trained
/// to tell apart. A temperature divides the factor (Guo et al. 2017), and where no class is near enough, the image shows
/// none of them.
public struct Calibration: Codable, Sendable, Hashable {
    /// What the model's factor on cosines is divided by.
    public var temperature: Double
    /// The factor on cosines before the softmax: the model's own over the temperature.
    public var scale: Double
    /// The least cosine of the best class; below it the image shows none of them. Nil where none was asked for.
    public var leastCosine: Double?

    /// Sets the numbers.
    public init(temperature: Double, scale: Double, leastCosine: Double?) {
        (self.temperature, self.scale, self.leastCosine) = (temperature, scale, leastCosine)
    }

    private enum CodingKeys: String, CodingKey {
        case temperature, scale
        case leastCosine = "least_cosine"
    }
}

/// Classes with their sentences and the calibration that was fitted to them, kept as `calibration.json` in a model's folder.
public struct CalibratedClasses: Codable, Sendable, Hashable {
    /// The classes in their order.
    public var classes: [ClassPrompts]
    /// What was fitted.
    public var calibration: Calibration
    /// The number of images that it was fitted on.
    public var images: Int
    /// What tells the weights that it was fitted with from others.
    public var model: String

    /// Puts together what belongs together.
    public init(classes: [ClassPrompts], calibration: Calibration, images: Int, model: String) {
        (self.classes, self.calibration, self.images, self.model) = (classes, calibration, images, model)
    }

    /// The name of the file in a model's folder.
    public static var file: String { ModelFolder.calibrationFile }

    /// Reads a file. Throws `FileError` where it is missing, or is none.
    public init(contentsOfFile path: String) throws {
        let bytes = try contents(ofFile: path)
        do {
            self = try JSONDecoder().decode(CalibratedClasses.self, from: Data(bytes))
        } catch {
            throw FileError(.badData, path: path, "expected a calibration as clip eval writes it, found another file")
        }
        guard !classes.isEmpty, classes.allSatisfy({ !$0.prompts.isEmpty }) else {
            throw FileError(.badData, path: path, "classes: expected names with sentences, found others")
        }
        guard calibration.temperature > 0, calibration.scale > 0, calibration.scale.isFinite,
            calibration.leastCosine?.isFinite ?? true
        else { throw FileError(.badData, path: path, "calibration: expected numbers above 0, found others") }
    }

    /// Writes the file, whole or not at all.
    public func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(Array(try encoder.encode(self)) + [UInt8(ascii: "\n")], to: path)
    }
}
