extension Bitmap {
    /// The output pixels by two passes over 16-bit samples with weights in double precision.
    func resampledPixels16(_ target: ResamplingTarget) -> [UInt8] {
        let passes = ResamplingPasses(of: self, target)
        let columns = target.window.x.count
        var samples = pixels.withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) }
        if passes.isHorizontal {
            samples = resample16(
                samples, lines: passes.rows.map { $0 * width }, step: 1, weights: passes.columns, outputLineMajor: true)
        } else {
            samples = passes.rows.flatMap { row in
                samples[row * width + target.window.x.lowerBound..<row * width + target.window.x.upperBound]
            }
        }
        if passes.isVertical {
            samples = resample16(
                samples, lines: Array(0..<columns), step: columns, weights: passes.rowWeights, outputLineMajor: false)
        }
        return samples.withUnsafeBytes(Array.init)
    }

    /// Resamples lines of samples that begin at `lines` and are `step` apart; a line of output is a row or a column.
    private func resample16(
        _ samples: [UInt16], lines: [Int], step: Int, weights: ResamplingWeights, outputLineMajor: Bool
    ) -> [UInt16] {
        let count = weights.starts.count
        var output = [UInt16](repeating: 0, count: lines.count * count)
        for (line, start) in lines.enumerated() {
            for index in 0..<count {
                var sum = 0.0
                for tap in 0..<weights.counts[index] {
                    let sample = samples[start + (weights.starts[index] + tap) * step]
                    sum += Double(sample) * weights.weights[index * weights.stride + tap]
                }
                output[outputLineMajor ? line * count + index : index * lines.count + line] = Self.clip16(sum)
            }
        }
        return output
    }

    /// Rounds to 16 bits as Pillow does, which clips the two bytes apart: an overshoot keeps its lower byte.
    private static func clip16(_ sum: Double) -> UInt16 {
        let value = Int(sum >= 0 ? sum + 0.5 : sum - 0.5)
        let lower = max(value % 256, 0)
        let upper = min(max(value >> 8, 0), 255)
        return UInt16(upper << 8 | lower)
    }
}
