import CLIPImaging

/// What the scenes draw lots with.
extension SeededGenerator {
    /// A number of the closed range.
    mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + index(below: range.upperBound - range.lowerBound + 1)
    }

    /// True in this share of the draws, from 0 to 1.
    mutating func chance(_ share: Double) -> Bool { uniform(0...1) < share }

    /// One of the values, which must not be empty.
    mutating func pick<Value>(_ values: [Value]) -> Value { values[index(below: values.count)] }
}
