/// Which code points become kinds of objects: single emoji that read as a thing one can count and tell apart when small.
enum EmojiSelection {
    /// The code points to look up, in order: the pictograph blocks less what ``isExcluded(_:)`` names, and the older
    /// symbols of ``olderSymbols``.
    static func candidates(among named: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
        let older = Set(olderSymbols.unicodeScalars)
        return named.filter { older.contains($0) || (pictographs.contains($0.value) && !isExcluded($0)) }.sorted()
    }

    /// From the weather signs to the newest pictographs.
    private static let pictographs: ClosedRange<UInt32> = 0x1F300...0x1FAFF

    /// Signs from before the pictograph blocks that are pictures of things.
    private static let olderSymbols = "⌚⌛⌨⏰⏱☀☁☂☃☄☎☔☕☘♟⚓⚔⚖⚗⚙⚡⚰⚱⚽⚾⛏⛑⛓⛩⛪⛰⛱⛲⛳⛵⛷⛸⛹⛺⛽✂✈✉✋✌✏✒❄❤⭐"

    private static func isExcluded(_ scalar: Unicode.Scalar) -> Bool {
        excludedRanges.contains { $0.contains(scalar.value) } || excluded.contains(scalar)
    }

    /// Whole stretches that are not things, or not to be told apart.
    private static let excludedRanges: [ClosedRange<UInt32>] = [
        0x1F312...0x1F318,  // phases of the moon
        0x1F3FB...0x1F3FF,  // skin tones
        0x1F500...0x1F506, 0x1F515...0x1F515, 0x1F518...0x1F524, 0x1F52F...0x1F530, 0x1F532...0x1F53D,  // buttons
        0x1F549...0x1F549,  // om
        0x1F550...0x1F567,  // clock faces
        0x1F600...0x1F647, 0x1F64B...0x1F64F,  // faces and gestures
        0x1F6AD...0x1F6B1, 0x1F6B7...0x1F6BC, 0x1F6C2...0x1F6C5,  // notices
        0x1F6D0...0x1F6D0, 0x1F6D7...0x1F6D7,  // place of worship, elevator
        0x1F7E0...0x1F7F0,  // discs and squares
        0x1F910...0x1F915, 0x1F920...0x1F92F, 0x1F970...0x1F976, 0x1F978...0x1F97A,  // faces
        0x1F9B0...0x1F9B3,  // hair
        0x1F9D0...0x1F9D4,  // faces
        0x1FAE0...0x1FAE6,  // faces
        0x1FAF0...0x1FAFF,  // hands
    ]

    /// Single ones, by the reason.
    private static let excluded = Set(
        [
            // Signs, symbols and scenes without one object.
            "🌁🌃🌌🌐🌫🍴🎆🎌🎑🎦🎶🏁🏗🏞🏧🏳🏴💠💢💤💨💫💯💱💲💹💟📛📧📲📳📴📵📶🔇🔈🔉🔏🔐🔞🗂🗨🗯🚫🚮🚯🚳🚹🚾🚻",
            "🛠🌆🌉🌠🌇🌄🎋🎍🎎🎏🎚🎛🎴💮🛣📨",
            // Hands, gestures and pointing fingers.
            "👀👆👇👈👉👊👌👍👎👏👐🖐🖕🖖🤌🤏🤗🤘🤙🤚🤛🤜🤝🤞🤟🤲🤳🤷🫗",
            // People and faces that are much alike when small.
            "👤👥👦👧👨👩👪👫👬👭👯👱👿💁💆💇💏💑🕴🗣🤱🤶🤼🥲🦻🧏🫂🫃🫄🥹👲🤵🚵🧎🤾🧖🦹🧝",
            // Twins of another emoji, or too like one.
            "🌎🌏🌚🌛🌜🌤🌥🌦💓💕💗💞📄📀📩📪📬📭🔎🗻🗾🍘🍢🍥🍮🏤🏣🏬🏩🏦🏚🐃🐆🐳🍅🍪🐽👞🥿💖💝🤎💴💶💷💽📑📆🗓📉",
            "📔📙🗞🖲🚃🚇🚈🚉🚊🚝🚞🚡🚍🚔🚖🚘🚐🛥🛬🥈🫓🥮🥘🦮🦯🧫🪘🪫🪹🫘🏑🍻🎟📸🎙🥃🧉🥋🖇🖊🗃📇🌼🐥🙊👝🩲🪪🥍🪢",
        ].joined().unicodeScalars)
}
