import CLIPImaging
import Foundation

/// Small files of 16×12 pixels: red grows to the right by 16, green downwards by 20, blue by 9 in both directions.
enum Fixture {
    /// The picture that the files hold, more or less.
    static let picture: Bitmap = {
        var pixels: [UInt8] = []
        for y in 0..<12 {
            for x in 0..<16 { pixels += [UInt8(16 * x), UInt8(20 * y), UInt8(9 * (x + y))] }
        }
        return Bitmap(rgb: pixels, width: 16, height: 12)
    }()

    /// Every file that can be read, by name.
    static let readable: [(name: String, data: Data)] = [
        ("a.jpg", jpeg), ("progressive.jpg", progressiveJPEG), ("cmyk.jpg", cmykJPEG), ("lossy.webp", lossyWebP),
        ("lossless.webp", losslessWebP), ("animated.webp", animatedWebP), ("palette.png", palettePNG),
    ]

    /// A 4:2:0 JPEG.
    static let jpeg = decoded(
        """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6j
        q62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSk
        pKSkpKSkpKT/wAARCAAMABADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAABAX/xAAZEAACAwEAAAAAAAAAAAAAAAAAAwIE
        UWH/xAAVAQEBAAAAAAAAAAAAAAAAAAAAAv/EABcRAAMBAAAAAAAAAAAAAAAAAAACBAH/2gAMAwEAAhEDEQA/AJiafByafBiVRwcl
        UcCsTNTp/9k=
        """)

    /// A progressive JPEG.
    static let progressiveJPEG = decoded(
        """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6j
        q62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSk
        pKSkpKSkpKT/wgARCAAMABADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAwT/xAAVAQEBAAAAAAAAAAAAAAAAAAAAAf/a
        AAwDAQACEAMQAAABldnT/8QAFhABAQEAAAAAAAAAAAAAAAAAAQAC/9oACAEBAAEFAjEYggv/xAAVEQEBAAAAAAAAAAAAAAAAAAAD
        AP/aAAgBAwEBPwE0v//EABURAQEAAAAAAAAAAAAAAAAAAAEA/9oACAECAQE/ARv/xAAUEAEAAAAAAAAAAAAAAAAAAAAg/9oACAEB
        AAY/Ah//xAAWEAEBAQAAAAAAAAAAAAAAAAAAARD/2gAIAQEAAT8hypJP/9oADAMBAAIAAwAAABDz/8QAFREBAQAAAAAAAAAAAAAA
        AAAAAAH/2gAIAQMBAT8Qu//EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQIBAT8QH//EABYQAQEBAAAAAAAAAAAAAAAAAABRYf/a
        AAgBAQABPxDBgiRP/9k=
        """)

    /// A CMYK JPEG with Adobe's marker.
    static let cmykJPEG = decoded(
        """
        /9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAbEhQXFBEbFxYXHhwbIChCKyglJShROj0wQmBVZWRfVV1baniZgWpxkHNbXYW1hpCeo6ut
        q2eAvMm6pseZqKuk/8AAFAgADAAQBEMRAE0RAFkRAEsRAP/EABcAAAMBAAAAAAAAAAAAAAAAAAAFBgL/xAAfEAABAwMFAAAAAAAA
        AAAAAAAAAgQhAwVBExUxUWL/2gAOBEMATQBZAEsAAD8AVW/Au23yLGzfiCmKa34DbfI1bN+IAmbfgqNCn0YbITEAU1vwGhT6GrZC
        YgD/2Q==
        """)

    /// A lossy WebP.
    static let lossyWebP = decoded(
        """
        UklGRj4AAABXRUJQVlA4IDIAAADQAQCdASoQAAwABABoJbACsAEPDBLl3AD+8zewZAYepa087wsPvoT+mEZ/vvZ90AAAAA==
        """)

    /// A lossless WebP.
    static let losslessWebP = decoded(
        """
        UklGRioAAABXRUJQVlA4TB4AAAAvD8ACALmM6H/sIqL/ASEBYYT/dzV5ICYhJgC46i4=
        """)

    /// A WebP animation, the second frame red.
    static let animatedWebP = decoded(
        """
        UklGRmgBAABXRUJQVlA4WAoAAAACAAAADwAACwAAQU5JTQYAAAAAAAAAAABBTk1GDAEAAAAAAAAAAA8AAAsAAAAAAAJWUDhM9AAA
        AC8PwAIA/0WYbTSIIpw/6r0HQiyY9M7fIc75r0MKAAAAAAC7xwMAYgAABJPZtm3byLZt27Zt27bdmxH9DwCGITF4IlIKajpGFnYu
        XoBYptTojUwtrO0cXdy9fAXhWDKTLyqtqK5rbGnv6g2MZ8vN/uj04vru8eX963cIgaOwBMRklDT0TKwc3HxAiVylNTA2s7Sxd3L1
        8PYTRuKpbEFxWWVNfVNrR3dfcDJfbQ+Ozy5v7p9eP77/RlAEGkdIQk5Fy8DMxsnDD5Iq1DpDE3MrWwdnN08ff1E0kc4VlpRX1TY0
        t3X29Iemi/Xu8OT86vbh+e3z539BTk1GKAAAAAAAAAAAAA8AAAsAAAAAAABWUDhMDwAAAC8PwAIABxD9j/4HIqL/AQA=
        """)

    /// A PNG of eight palette colours.
    static let palettePNG = decoded(
        """
        iVBORw0KGgoAAAANSUhEUgAAABAAAAAMBAMAAACZySCyAAAAGFBMVEXQvsuIvqKweJkwvnEweFGwPH6wCmgwKC03vOLxAAAARUlE
        QVR4nE2MwQ2AMAwDL1UGYFumjNQJEBNgFiDh0Qjhl3Un23aoGxh0HDC0SGqRsA3CA+qZrWavCjgckbKLITjJ3+FXXoHdFOqGVeG+
        AAAAAElFTkSuQmCC
        """)

    /// A PNG of 16-bit grey, from 0 to 853.
    static let grey16PNG = decoded(
        """
        iVBORw0KGgoAAAANSUhEUgAAABAAAAAMEAAAAAAeHL4eAAAAQ0lEQVR4nH2PwQ0AIAgDW5ZgBfef0J9ED0w/BK4FLGmVjDqUJaegYOuG
        4+8fE0zA7fgAffywwgRmv5nwwvH34wb+sgHFLRJRxip/HAAAAABJRU5ErkJggg==
        """)

    /// A GIF.
    static let gif = decoded(
        """
        R0lGODdhEAAMAIEAALCgqzCgY7AodTAoLSwAAAAAEAAMAAAIPgAHCBwoUIDBgwYJEkSIUGFBhgcdDoAY0SHFhAIDaAyAEIBHjxtD
        BvhIEoDIjSU/nhyZEuTJli5FwjT5EmZAADs=
        """)

    private static func decoded(_ text: String) -> Data {
        Data(base64Encoded: text, options: .ignoreUnknownCharacters) ?? Data()
    }
}
