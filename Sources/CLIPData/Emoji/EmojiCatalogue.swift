public import Foundation

/// A kind of object: an emoji and what it is called.
public struct EmojiKind: Sendable, Hashable {
    /// The emoji's code point.
    public let scalar: Unicode.Scalar
    /// What it is called: "red apple".
    public let noun: EnglishNoun
    /// Other names for it: ``keywords`` that are countable nouns.
    public let aliases: [EnglishNoun]
    /// CLDR's keywords that belong to no other kind of the catalogue and are no kind's name.
    public let keywords: [String]

    /// The name, without an article.
    public var name: String { noun.singular }
}

/// The kinds of objects of the emoji scenes with their pictures, from a colour emoji font and CLDR's annotations.
public struct EmojiCatalogue: Sendable {
    /// The kinds, by rising code point.
    public let kinds: [EmojiKind]
    /// The pictures, one for each kind, without margins, at the font's size.
    let glyphs: [EmojiGlyph]

    /// Where the Debian package `fonts-noto-color-emoji` puts its font.
    public static let debianFont = URL(filePath: "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")
    /// Where the Debian package `unicode-cldr-core` puts the English annotations.
    public static let debianAnnotations = URL(filePath: "/usr/share/unicode/cldr/common/annotations/en.xml")

    /// The fewest kinds of which scenes can be made with some of their pairs held out.
    private static let leastKinds = 100

    /// Reads names and pictures and keeps the kinds that can be told apart.
    /// - Throws: ``EmojiError``, one line that names the file, where one is missing (with the Debian package that brings
    ///   it) or broken.
    public init(font: URL = debianFont, annotations: URL = debianAnnotations) throws {
        let annotations = try EmojiAnnotations(contentsOf: annotations)
        let font = try EmojiFont(font)
        var scalars: [Unicode.Scalar] = []
        var glyphs: [EmojiGlyph] = []
        for scalar in EmojiSelection.candidates(among: annotations.names.keys) {
            guard let glyph = try font.glyph(for: scalar) else { continue }
            scalars.append(scalar)
            glyphs.append(glyph)
        }
        let kept = EmojiTwins.indicesOfDistinct(glyphs)
        guard kept.count >= Self.leastKinds else {
            throw EmojiError(
                font.path, "expected pictures of \(Self.leastKinds) kinds of objects or more, found \(kept.count)")
        }
        self.glyphs = kept.map { glyphs[$0] }
        kinds = Self.kinds(of: kept.map { scalars[$0] }, in: annotations)
    }

    private static func kinds(of scalars: [Unicode.Scalar], in annotations: EmojiAnnotations) -> [EmojiKind] {
        let nouns = scalars.map { EmojiNouns.noun(for: $0, shortName: annotations.names[$0] ?? "") }
        let names = Set(nouns.map(\.singular))
        var uses: [String: Int] = [:]
        for scalar in scalars {
            for keyword in Set(annotations.keywords[scalar] ?? []) { uses[keyword, default: 0] += 1 }
        }
        return zip(scalars, nouns).map { scalar, noun in
            let own = (annotations.keywords[scalar] ?? []).filter { uses[$0] == 1 && !names.contains($0) }
            let aliases = EmojiNouns.aliases(among: own)
            return EmojiKind(scalar: scalar, noun: noun, aliases: aliases, keywords: own)
        }
    }
}
