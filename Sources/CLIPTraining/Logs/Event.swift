package import CLIPTensor
internal import Foundation

/// An event of TensorBoard's (`tensorflow/core/util/event.proto` and `framework/summary.proto`).
package enum Event {
    /// What a file begins with.
    case version
    /// A run begins, or goes on: events of this step and later ones in older files no longer hold.
    case start
    /// Values of a step by their tags.
    case values([(tag: String, value: Value)])

    package enum Value {
        case scalar(Double)
        case histogram(TensorHistogram)
        /// A PNG file.
        case image(png: [UInt8], width: Int, height: Int)
    }

    /// The message.
    func bytes(at step: Int, time: Date = Date()) -> [UInt8] {
        var event = WireWriter()
        event.add(1, time.timeIntervalSince1970)
        event.add(2, step)
        switch self {
        case .version: event.add(3, "brain.Event:2")
        case .start: event.add(7) { $0.add(1, 1) }
        case .values(let values):
            event.add(5) { summary in
                for (tag, value) in values {
                    summary.add(1) { entry in
                        entry.add(1, tag)
                        value.write(to: &entry)
                    }
                }
            }
        }
        return event.bytes
    }
}

extension Event.Value {
    fileprivate func write(to entry: inout WireWriter) {
        switch self {
        case .scalar(let value): entry.add(2, Float(value))
        case .image(let png, let width, let height):
            entry.add(4) { image in
                image.add(1, height)
                image.add(2, width)
                // Red, green and blue.
                image.add(3, 3)
                image.add(4, png)
            }
        case .histogram(let histogram):
            entry.add(5) { message in
                message.add(1, histogram.lowest)
                message.add(2, histogram.highest)
                message.add(3, Double(histogram.count))
                message.add(4, histogram.sum)
                message.add(5, histogram.sumOfSquares)
                message.add(6, packed: histogram.upperBounds)
                message.add(7, packed: histogram.counts)
            }
        }
    }
}
