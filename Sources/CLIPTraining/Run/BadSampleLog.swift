import CLIPData
internal import CLIPFiles
internal import Foundation
internal import Synchronization

/// A line of the file of bad samples.
struct BadSampleLine: Codable, Hashable {
    /// What the sample is called.
    var name: String
    /// Why it was passed over.
    var reason: String
    /// The epoch in which it was met first, from 0.
    var epoch: Int
}

/// Appends a line of JSON to a file for each sample that could not be used, once for each name.
///
/// The loader meets bad samples before the run has begun to write: they wait until the file is opened.
final class BadSampleLog: Sendable {
    private struct State {
        var named: Set<String> = []
        var waiting: [BadSampleLine] = []
        var file: AppendedFile?
    }

    private let state = Mutex(State())

    /// Notes a sample, if none of its name was noted.
    func append(_ sample: BadSample, epoch: Int) throws {
        try state.withLock { state in
            guard state.named.insert(sample.name).inserted else { return }
            let line = BadSampleLine(name: sample.name, reason: sample.reason, epoch: epoch)
            if let file = state.file { try file.write(line.bytes()) } else { state.waiting.append(line) }
        }
    }

    /// Begins to write to a file, anew with the lines of before where a run goes on.
    func open(_ path: String, after earlier: [BadSampleLine]) throws {
        try state.withLock { state in
            let names = Set(earlier.map(\.name))
            let lines = earlier + state.waiting.filter { !names.contains($0.name) }
            try AtomicFile.write(lines.flatMap { try $0.bytes() }, to: path)
            state.file = try AppendedFile(path: path)
            state.named.formUnion(names)
            state.waiting = []
        }
    }
}

extension BadSampleLine {
    fileprivate func bytes() throws -> [UInt8] {
        Array(try JSONLines.encoder().encode(self)) + [UInt8(ascii: "\n")]
    }
}
