import CLIPData
import Foundation

/// The catalogue of the Debian packages' files, read once for all tests that need it.
enum EmojiTestCatalogue {
    static let isPresent = [EmojiCatalogue.debianFont, EmojiCatalogue.debianAnnotations]
        .allSatisfy { FileManager.default.fileExists(atPath: $0.path) }
    static let reason: String = "needs the Debian packages fonts-noto-color-emoji and unicode-cldr-core"

    private static let read = Result { try EmojiCatalogue() }

    static func get() throws -> EmojiCatalogue { try read.get() }
}
