internal import CLIPImaging

extension [Int] {
    /// The numbers in an order that follows from a seed and a stream of it alone: Fisher and Yates's shuffle, written out so
    /// that it does not depend on the standard library.
    func shuffled(seed: UInt64, stream: Int) -> [Int] {
        var (result, generator) = (self, SeededGenerator(seed: seed, stream: UInt64(stream)))
        for last in indices.dropFirst().reversed() { result.swapAt(last, generator.index(below: last + 1)) }
        return result
    }
}
