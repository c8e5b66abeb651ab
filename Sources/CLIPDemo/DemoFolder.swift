internal import CLIPFiles
package import CLIPTraining
internal import Foundation

/// The folder of a tour: the run, the page, and the pictures to try.
package struct DemoFolder: Sendable, Hashable {
    /// The folder's path.
    package let path: String

    /// A folder that may not be there yet.
    package init(_ path: String) { self.path = path }

    /// The training run.
    package var run: RunFolder { RunFolder(path) }
    /// The page.
    package var page: String { "\(path)/index.html" }
    /// The folder of the pictures to try.
    package var samples: String { "\(path)/samples" }
    /// The captions of the scenes among them and their mirrored ones, one a line.
    package var captions: String { "\(samples)/captions.txt" }
    /// Where a command to try writes the pictures' vectors.
    package var vectors: String { "\(path)/samples.npy" }

    /// Throws where the folder holds anything that the tour would write over and that no tour wrote: another run, or
    /// somebody's page.
    package func check(for recipe: EmojiRecipe) throws {
        let written = run.written + [samples, page]
        guard let found = written.first(where: FileManager.default.fileExists) else { return }
        if isOfFinishedDemo { return }
        if let earlier = try? run.readConfiguration(), recipe.isFollowed(by: earlier) { return }
        throw FileError(
            .unwritable, path: path,
            "expected a new folder or that of an earlier demo, found \(found) of something else; choose another folder")
    }

    /// Whether a tour, of whatever recipe, came to its end here, and nothing was trained here since: a run on emoji scenes
    /// without checkpoints, and a page and samples that are not older than the run.
    private var isOfFinishedDemo: Bool {
        guard let configuration = try? JSON(file: run.configuration, limit: 16 << 20),
            configuration["data"]?["emoji"]?.members != nil, (configuration["start"] ?? .null) == .null,
            ![run.checkpoints, run.earlierCheckpoint].contains(where: FileManager.default.fileExists),
            let begun = Self.change(of: run.configuration)
        else { return false }
        return [captions, page].allSatisfy { Self.change(of: $0).map { $0 >= begun } ?? false }
    }

    /// When a file was last changed; nil where there is none.
    private static func change(of path: String) -> Date? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
    }
}
