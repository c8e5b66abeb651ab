import Foundation

/// A vector of zeros and ones, one for each class, as NumPy writes it to a `.npy` file.
/// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
enum LabelVector {
    /// What an element of 1 looks like in the types that are read, the lowest byte first. A 0 has all bits 0 in each of them.
    private static let ones: [String: [UInt8]] = [
        "|b1": [1], "|u1": [1], "|i1": [1], "<u2": [1, 0], "<i2": [1, 0], "<u4": [1, 0, 0, 0], "<i4": [1, 0, 0, 0],
        "<u8": [1, 0, 0, 0, 0, 0, 0, 0], "<i8": [1, 0, 0, 0, 0, 0, 0, 0], "<f2": [0, 0x3C],
        "<f4": [0, 0, 0x80, 0x3F], "<f8": [0, 0, 0, 0, 0, 0, 0xF0, 0x3F],
    ]

    /// The indices of the ones, and the number of elements.
    ///
    /// - Throws: ``DatasetError`` that calls the file `name` where it is no such vector.
    static func indices(_ bytes: [UInt8], _ name: String) throws -> (ones: [Int], count: Int) {
        guard bytes.starts(with: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]), bytes.count >= 10, bytes[6] == 1 else {
            throw DatasetError(name, "expected a .npy file of version 1, found another format or a truncated file")
        }
        let start = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
        guard start <= bytes.count, let (type, count) = header(String(decoding: bytes[10..<start], as: UTF8.self)),
            let one = ones[type]
        else { throw DatasetError(name, "expected a .npy vector of numbers, found \(described(bytes, start))") }
        let (size, overflows) = count.multipliedReportingOverflow(by: one.count)
        guard !overflows, size == bytes.count - start else {
            throw DatasetError(name, "expected \(count) elements of \(type), found \(bytes.count - start) bytes")
        }
        var indices: [Int] = []
        for index in 0..<count {
            let element = bytes[(start + index * one.count)..<(start + (index + 1) * one.count)]
            if element.elementsEqual(one) {
                indices.append(index)
            } else if element.contains(where: { $0 != 0 }) {
                throw DatasetError(name, "expected zeros and ones, found another number for the class \(index)")
            }
        }
        return (indices, count)
    }

    /// The type and the length in a header of the one form that NumPy writes; `nil` for another one.
    private static func header(_ text: String) -> (type: String, count: Int)? {
        let form = /\{'descr': '([^']*)', 'fortran_order': (?:False|True), 'shape': \(([0-9]+),\), \}\s*/
        guard let match = try? form.wholeMatch(in: text), let count = Int(match.2) else { return nil }
        return (String(match.1), count)
    }

    private static func described(_ bytes: [UInt8], _ start: Int) -> String {
        guard start <= bytes.count else { return "a truncated header" }
        return "the header "
            + String(decoding: bytes[10..<start], as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines).prefix(120)
    }
}
