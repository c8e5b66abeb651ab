internal import CLIPData
internal import CLIPFiles
internal import CLIPImaging
internal import Foundation

/// Some held-out scenes and single emoji as files, to try the tool on.
package struct DemoSamples: Sendable, Hashable {
    /// A picture and what may be asked of it.
    package struct Sample: Sendable, Hashable {
        /// The file.
        package let path: String
        /// What it shows.
        package let caption: String
    }

    /// Single emoji, each named by its file.
    package let kinds: [Sample]
    /// Held-out scenes.
    package let scenes: [Sample]

    private static let wanted = ["dog", "bicycle", "red apple", "violin"]
    private static let sceneCount = 4

    /// Writes the files, with the captions of the scenes and their mirrored ones.
    init(_ questions: EmojiQuestions, in folder: DemoFolder) throws {
        let place = folder.samples
        try makeFolder(place)
        let names = questions.kinds.map(\.name)
        kinds = try Self.wanted.compactMap(names.firstIndex).map { index in
            let file = "\(place)/\(names[index].replacing(" ", with: "-")).png"
            return try Self.write(questions.portraits[index], to: file, caption: names[index])
        }
        let shown = questions.mirrored.prefix(Self.sceneCount)
        scenes = try shown.enumerated().map { number, scene in
            try Self.write(scene, to: "\(place)/scene-\(number + 1).png", caption: scene.caption)
        }
        let lines = shown.flatMap { [$0.caption, $0.mirroredCaption].compactMap(\.self) }
        try AtomicFile.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: folder.captions)
    }

    private static func write(_ scene: EmojiScene, to path: String, caption: String) throws -> Sample {
        try AtomicFile.write(scene.bitmap.pngData(name: path), to: path)
        return Sample(path: path, caption: caption)
    }
}
