public import Foundation

/// The folder of real data that may lie beside the package: `../shared/data`. Tests that use it say so and skip
/// where it is missing.
public enum SharedData {
    /// The package's own folder.
    public static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// `../shared/data`, whether or not it is there.
    public static let folder = package.deletingLastPathComponent().appending(path: "shared/data")

    /// Whether the data is there.
    public static var isPresent: Bool { FileManager.default.fileExists(atPath: folder.path) }

    /// Why a test skips.
    public static let reason = "needs the data folder ../shared/data beside the package"
}
