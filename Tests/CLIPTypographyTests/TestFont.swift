import CLIPTypography
import Foundation
import Testing

/// The font of these tests.
enum TestFont {
    static let isPresent = FileManager.default.fileExists(atPath: Typeface.debianFont.path)
    static let reason: Comment = "needs the Debian package fonts-dejavu-core"
}
