import CLIPData
import Testing

@Suite struct EmojiNounTests {
    @Test(
        "An article follows the sound of the next word",
        arguments: [
            ("dog", "a dog"), ("owl", "an owl"), ("hourglass", "an hourglass"), ("unicorn", "a unicorn"),
            ("ewe", "a ewe"), ("euro banknote", "a euro banknote"), ("X-ray", "an X-ray"), ("umbrella", "an umbrella"),
            ("honeybee", "a honeybee"), ("herb", "an herb"), ("UFO", "a UFO"),
            ("American football", "an American football"),
        ])
    func article(noun: String, expected: String) {
        #expect(EnglishNoun(noun).phrase() == expected)
    }

    @Test func `An article follows the adjective before the noun`() {
        #expect(EnglishNoun("owl").phrase(adjective: "small") == "a small owl")
        #expect(EnglishNoun("dog").phrase(adjective: "orange") == "an orange dog")
    }

    @Test(
        "A plural is formed by rule or exception",
        arguments: [
            ("dog", "two dogs"), ("cherry", "two cherries"), ("monkey", "two monkeys"), ("fox", "two foxes"),
            ("church", "two churches"), ("tooth", "two teeth"), ("computer mouse", "two computer mice"),
            ("maple leaf", "two maple leaves"), ("snowman", "two snowmen"), ("die", "two dice"),
            ("tomato", "two tomatoes"),
            ("tropical fish", "two tropical fish"), ("pair of scissors", "two pairs of scissors"),
            ("loaf of bread", "two loaves of bread"), ("person surfing", "two people surfing"),
            ("person with a veil", "two people with a veil"), ("old woman", "two old women"), ("bus", "two buses"),
        ])
    func plural(noun: String, expected: String) {
        #expect(EnglishNoun(noun).phrase(count: 2) == expected)
    }

    @Test func `Counts are written out and go before the adjective`() {
        #expect(EnglishNoun("red apple").phrase(count: 3, adjective: "large") == "three large red apples")
    }
}
