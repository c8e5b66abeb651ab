internal import Foundation

extension Double {
    /// A share from 0 to 1 as "93.5 %"; two digits where it is below one in a hundred and not none.
    package var percent: String { "\((self * 100).fixed(self > 0 && self < 0.01 ? 2 : 1)) %" }

    /// ``percent`` with a space at which no line breaks.
    package var unbrokenPercent: String { percent.replacing(" ", with: "\u{A0}") }

    /// The number with so many digits after the point.
    package func fixed(_ digits: Int) -> String { String(format: "%.\(digits)f", self) }
}

extension Int {
    /// The number with commas between thousands.
    package var grouped: String {
        let digits = String(magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return self < 0 ? "-" + text : text
    }

    /// A number of bytes as "12.3 MB".
    package var megabytes: String { "\((Double(self) / 1e6).fixed(1)) MB" }
}

extension Double {
    /// Seconds as "2 min 41 s".
    package var duration: String {
        let seconds = Int(rounded())
        return seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min \(seconds % 60) s"
    }
}
