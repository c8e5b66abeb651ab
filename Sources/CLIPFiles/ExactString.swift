/// A text that equals another only where both have the same bytes.
///
/// Swift's strings are equal where they look alike, "é" as one code point or as two. Vocabularies have both as tokens of
/// their own, and so have the names of a JSON object that holds one.
package struct ExactString: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (one: ExactString, other: ExactString) -> Bool {
        let isSame: Bool?? = one.text.utf8.withContiguousStorageIfAvailable { mine in
            other.text.utf8.withContiguousStorageIfAvailable { others in
                mine.count == others.count && mine.elementsEqual(others)
            }
        }
        return (isSame ?? nil) ?? one.text.utf8.elementsEqual(other.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        let isHashed: Void? = text.utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if isHashed == nil { for byte in text.utf8 { hasher.combine(byte) } }
    }
}
