internal import CLIPFiles
internal import Foundation

/// What open_clip's trainer writes of a run: `params.txt`, in the folder above its checkpoints, a "key: value" a line.
struct OpenCLIPRun {
    /// The path of the file.
    let path: String
    /// The architecture, with its activation.
    let architecture: String

    private static let sizeLimit = 1 << 20

    /// Looks beside a checkpoint and one folder up; nil where there is no such file.
    init?(besides checkpoint: String) throws {
        let folder = parentFolder(of: checkpoint)
        let candidates = ["\(folder)/params.txt", "\(parentFolder(of: folder))/params.txt"]
        guard let path = candidates.first(where: FileManager.default.fileExists(atPath:)) else { return nil }
        let values = Self.values(String(decoding: try contents(ofFile: path, limit: Self.sizeLimit), as: UTF8.self))
        guard let name = values["model"] else {
            throw FileError(.badData, path: path, "expected a line \"model: NAME\", found none")
        }
        for key in Self.unusual where !["None", "False", ""].contains(values[key] ?? "None") {
            throw FileError(.badData, path: path, "expected no \(key), found \((values[key] ?? "").quoted())")
        }
        let isForced = values["force_quick_gelu"] == "True"
        self.path = path
        architecture = name.replacing("/", with: "-") + (isForced && !name.hasSuffix("-quickgelu") ? "-quickgelu" : "")
    }

    /// Options with which open_clip changes the architecture or what is done to images.
    private static let unusual = [
        "force_custom_text", "force_image_size", "image_mean", "image_std", "image_interpolation", "image_resize_mode",
        "siglip",
    ]

    private static func values(_ text: String) -> [String: String] {
        var values: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            values[line[..<colon].trimmingCharacters(in: .whitespaces)] = value
        }
        return values
    }
}
