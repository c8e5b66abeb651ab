import Foundation

/// Where the images of a list lie: at paths of their own, or below a folder.
struct ImagePlaces: Sendable {
    /// What paths are relative to.
    let folder: String

    /// The path of an image that the list calls `name`.
    func path(of name: String) -> String { isAbsolute(name) ? name : "\(folder)/\(name)" }

    /// Throws where the folder that an image is relative to is gone.
    func checkPresence(of name: String) throws {
        if isAbsolute(name) || FileManager.default.fileExists(atPath: folder) { return }
        throw DatasetError(folder, "expected the folder with the images, found none")
    }

    private func isAbsolute(_ name: String) -> Bool { name.hasPrefix("/") }
}
