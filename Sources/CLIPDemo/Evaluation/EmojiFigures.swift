internal import CLIPEvaluation
package import CLIPFiles

/// A line of the report: shares from 0 to 1 and their levels by chance.
package struct EmojiFigure: Sendable, Hashable {
    /// The name in JSON.
    package let key: String
    /// What was asked, in words.
    package let title: String
    /// What it was asked about.
    package let subject: String
    /// The number of questions.
    package let count: Int
    /// The share of right first answers.
    package let top1: Double
    /// The share of right answers among the first five; nil where there are two answers only.
    package let top5: Double?
    package let chance1: Double
    package let chance5: Double?
}

extension EmojiAnswers {
    /// All that was measured.
    package var figures: [EmojiFigure] {
        [
            EmojiFigure(
                key: "image_to_text", title: "image → text", subject: "held-out scenes", count: imageToText.ranks.count,
                top1: imageToText.recall(at: 1), top5: imageToText.recall(at: 5), chance1: imageToText.chance(at: 1),
                chance5: imageToText.chance(at: 5)),
            EmojiFigure(
                key: "text_to_image", title: "text → image", subject: "held-out scenes", count: textToImage.ranks.count,
                top1: textToImage.recall(at: 1), top5: textToImage.recall(at: 5), chance1: textToImage.chance(at: 1),
                chance5: textToImage.chance(at: 5)),
            EmojiFigure(
                key: "mirrored_caption", title: "own or mirrored caption", subject: "held-out scenes",
                count: mirrored.trials.count,
                top1: mirrored.accuracy, top5: nil, chance1: 0.5, chance5: nil),
            EmojiFigure(
                key: "zero_shot_kind", title: "zero-shot kind", subject: "single emoji", count: kinds.ranks.count,
                top1: kinds.top(1), top5: kinds.top(5), chance1: kinds.chance(top: 1),
                chance5: kinds.chance(top: 5)),
        ]
    }
}

extension EmojiFigure {
    package var json: JSON {
        var members = [
            JSON.Member("count", .integer(count)), JSON.Member("top1", .number(top1)),
            JSON.Member("chance1", .number(chance1)),
        ]
        if let top5, let chance5 {
            members += [JSON.Member("top5", .number(top5)), JSON.Member("chance5", .number(chance5))]
        }
        return .object(members)
    }
}
