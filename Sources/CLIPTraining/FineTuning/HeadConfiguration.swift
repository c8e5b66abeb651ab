internal import CLIPFiles
import CLIPModels

/// A linear classifier over the embeddings of images, trained on a column of the table in place of captions.
public struct HeadConfiguration: Codable, Sendable, Hashable {
    /// What the classifier begins with.
    public enum Start: String, Codable, Sendable, Hashable, CaseIterable {
        /// The embeddings of sentences with the classes' names.
        case zeroShot = "zero_shot"
        /// Small random numbers.
        case random

        public init(from decoder: any Decoder) throws { self = try decoder.word() }
    }

    /// The column of the table with the class of each image.
    public var classColumn: String
    /// What the classifier begins with.
    public var start = Start.zeroShot
    /// The sentences of a zero-shot start, with `{}` in the class's place.
    public var templates = ["{}"]

    /// A head for the classes of a column.
    public init(classColumn: String) { self.classColumn = classColumn }

    private enum CodingKeys: String, CodingKey {
        case classColumn = "class_column"
        case start, templates
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        classColumn = try container.decode(String.self, forKey: .classColumn)
        start = try container.decodeIfPresent(Start.self, forKey: .start) ?? start
        templates = try container.decodeIfPresent([String].self, forKey: .templates) ?? templates
    }

    func validate(_ run: TrainingConfiguration) throws {
        func check(_ isValid: Bool, _ key: String, _ reason: String) throws {
            if !isValid { throw TrainingError("head\(key)", reason) }
        }
        try check(run.data.table != nil, "", "expected data.table, a table with the classes")
        try check(
            run.data.captions.isEmpty && run.data.words.isEmpty && !run.data.lowercase,
            "", "expected no data.captions, words or lowercase, since the classes take the captions' place")
        try check(
            run.data.captionColumn == nil,
            "", "expected no data.caption_column, since the classes take the captions' place")
        try check(
            run.start != nil || start == .random, ".start", "expected random for a model that is trained from scratch")
        try check(
            start == .zeroShot || templates == HeadConfiguration(classColumn: classColumn).templates,
            ".templates", "expected none beside a random start, which is made of no sentences")
        try check(!templates.isEmpty, ".templates", "expected at least one")
        for template in templates where !template.contains("{}") {
            try check(false, ".templates", "expected {} where the class belongs, found \"\(template.prefix(80))\"")
        }
        let text = run.lora?.from == nil && (run.lora?.towers.contains(.text) ?? false)
        try check(!text, "", "expected lora.towers to be [image], since no text is seen")
        try check(
            !run.equalCaptionsMatch, "",
            "expected no equal_captions_match, since images are compared with classes alone")
        try check(run.lock?.text == nil, "", "expected no lock.text, since no text is seen")
        try check(run.distillation == nil, "", "expected no distillation, which is of texts, since no text is seen")
        try check(
            run.loss == .contrastive, "", "expected no loss beside it, since the classes' cross entropy is learned")
        try check(
            !run.equalImagesMatch, "", "expected no equal_images_match, since images are compared with classes alone")
        try check(
            !run.distinctCaptions, "", "expected no distinct_captions, since the classes take the captions' place")
    }
}
