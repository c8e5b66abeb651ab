#if canImport(Darwin)
    internal import Darwin
#else
    internal import Glibc
#endif

/// Sends on what was printed: another process waits for it.
func flushOutput() { fflush(nil) }
