internal import CLIPFiles
internal import CLIPTokenization
internal import Foundation

extension JSON {
    /// A 32-bit number with no more digits than tell it from its neighbours.
    static func number(shortest value: Float) -> JSON { .number(Double("\(value)") ?? Double(value)) }
}

/// A probability as "92.13%", in seven columns.
func percentage(_ probability: Float) -> String { String(format: "%6.2f%%", Double(probability) * 100) }

/// Says of each text that is longer than the context that it was cut.
func reportTruncated(_ texts: [String], _ tokenizer: any Tokenizer) {
    reportTruncated(texts.map { tokenizer.encode($0) })
}

/// Says of each text that was longer than the context that it was cut; `start` is the number of the first.
func reportTruncated(_ texts: [TokenizedText], from start: Int = 0) {
    for (index, text) in texts.enumerated() where text.isTruncated {
        Console.report("text \(start + index), \(text.text.quoted(40)), was cut to \(text.ids.count) tokens")
    }
}
