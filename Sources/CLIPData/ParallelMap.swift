import Dispatch

/// The values of `0..<count`, worked out on all processors.
package func parallelMap<Value: Sendable>(_ count: Int, _ transform: @Sendable (Int) -> Value) -> [Value] {
    var results = [Value?](repeating: nil, count: count)
    results.withUnsafeMutableBufferPointer { buffer in
        // Safe: each index is written by one iteration only, and concurrentPerform returns after all of them.
        nonisolated(unsafe) let slots = buffer
        DispatchQueue.concurrentPerform(iterations: count) { slots[$0] = transform($0) }
    }
    return results.compactMap { $0 }
}
