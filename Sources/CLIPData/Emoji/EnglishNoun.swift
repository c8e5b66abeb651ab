/// A countable English noun phrase: "red apple", "pair of scissors", "person surfing".
public struct EnglishNoun: Sendable, Hashable {
    /// One of them, without an article.
    public let singular: String
    /// Several of them.
    public let plural: String

    /// A noun phrase; its plural is formed by rule where none is given.
    public init(_ singular: String, plural: String? = nil) {
        self.singular = singular
        self.plural = plural ?? Self.plural(of: singular)
    }

    /// Whether the phrase ends in more than its noun ("sun with a face"), so that a following "and" might be read as
    /// part of it.
    var isOpenEnded: Bool { singular.split(separator: " ").contains { Self.joints.contains($0) && $0 != "of" } }

    /// The phrase with its number: "a dog", "an owl", "two dogs". An adjective may stand before the noun.
    public func phrase(count: Int = 1, adjective: String? = nil) -> String {
        let before = adjective.map { $0 + " " } ?? ""
        guard count == 1 else { return "\(Self.numerals[count] ?? String(count)) \(before)\(plural)" }
        return Self.withArticle(before + singular)
    }

    private static let numerals = [2: "two", 3: "three", 4: "four", 5: "five"]

    /// "a dog", "an owl", "an hourglass", "a unicorn".
    public static func withArticle(_ phrase: String) -> String {
        let word = phrase.prefix { $0 != " " }.lowercased()
        return (startsWithVowelSound(word) ? "an " : "a ") + phrase
    }

    private static func startsWithVowelSound(_ word: String) -> Bool {
        if ["herb", "hour", "heir", "honest", "x-ray"].contains(where: word.hasPrefix) { return true }
        if ["uni", "use", "ufo", "eu", "ewe", "one", "uke"].contains(where: word.hasPrefix) { return false }
        return word.first.map { "aeiou".contains($0) } ?? false
    }

    /// Words after which a phrase only describes its noun: "person | with veil", "bowl | of rice".
    private static let joints: Set<Substring> = [
        "of", "with", "in", "on", "at", "over", "behind", "wearing", "without",
    ]

    /// The plural by rule: of the noun before "of", "with" and the like or before a participle ("person surfing"),
    /// else of the last word.
    static func plural(of phrase: String) -> String {
        var words = phrase.split(separator: " ")
        guard !words.isEmpty else { return phrase }
        var head = words.count - 1
        if let joint = words.firstIndex(where: joints.contains), joint > 0 { head = joint - 1 }
        if words.count > 1, irregular[String(words[0])] == "people" || words[0] == "woman" || words[0] == "man" {
            head = 0
        }
        words[head] = Substring(pluralWord(String(words[head])))
        return words.joined(separator: " ")
    }

    private static func pluralWord(_ word: String) -> String {
        if let known = irregular[word] { return known }
        for (end, other) in endings where word.hasSuffix(end) && word != end {
            return word.dropLast(end.count) + other
        }
        if ["s", "x", "z", "ch", "sh"].contains(where: word.hasSuffix) { return word + "es" }
        if word.hasSuffix("y"), let before = word.dropLast().last, !"aeiou".contains(before) {
            return word.dropLast() + "ies"
        }
        return word + "s"
    }

    /// Compounds that follow their last part: "snowman", "policewoman", "eyetooth".
    private static let endings = [("man", "men"), ("leaf", "leaves"), ("knife", "knives"), ("fish", "fish")]

    private static let irregular = [
        "person": "people", "merperson": "merpeople", "man": "men", "woman": "women", "child": "children",
        "tooth": "teeth", "foot": "feet", "mouse": "mice", "ox": "oxen", "goose": "geese", "die": "dice",
        "leaf": "leaves", "loaf": "loaves", "sheaf": "sheaves", "wolf": "wolves", "elf": "elves", "knife": "knives",
        "scarf": "scarves", "fish": "fish", "deer": "deer", "bison": "bison", "sheep": "sheep", "shrimp": "shrimp",
        "squid": "squid", "aircraft": "aircraft", "tomato": "tomatoes", "potato": "potatoes", "mango": "mangoes",
        "volcano": "volcanoes", "mosquito": "mosquitoes", "tornado": "tornadoes", "superhero": "superheroes",
        "human": "humans",
        "yo-yo": "yo-yos", "talisman": "talismans",
    ]
}
