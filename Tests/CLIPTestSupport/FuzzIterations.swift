import Foundation

/// How many damaged inputs a fuzz test tries.
public enum FuzzIterations {
    /// What `CLIP_FUZZ_ITERATIONS` says, or what a test run has time for.
    public static func count(default count: Int) -> Int {
        ProcessInfo.processInfo.environment["CLIP_FUZZ_ITERATIONS"].flatMap { Int($0) } ?? count
    }
}
