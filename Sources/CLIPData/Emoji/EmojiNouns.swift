/// The noun of each kind: CLDR's short name where it is a countable noun phrase, else one from the table here.
enum EmojiNouns {
    /// The noun of the code point that CLDR calls `shortName`.
    static func noun(for scalar: Unicode.Scalar, shortName: String) -> EnglishNoun {
        table[scalar] ?? EnglishNoun(shortName.replacing("’", with: "'"))
    }

    /// The keywords that are other names for the same thing, as nouns.
    static func aliases(among keywords: [String]) -> [EnglishNoun] {
        keywords.filter(synonyms.contains).map { EnglishNoun($0) }
    }

    /// CLDR keywords that are countable nouns and mean what the picture shows.
    private static let synonyms: Set<String> = [
        "alpaca", "aubergine", "baseball cap", "bee", "bike", "boulder", "bull", "camel", "climber", "cogwheel",
        "concertina", "cop", "cyclist", "donut", "earthworm", "fencer", "gondola", "hatchet", "hippo", "hurricane",
        "jacket", "jewel", "ladybug", "log", "lorry", "mermaid", "parcel", "present", "roach", "rucksack", "serpent",
        "sleigh", "sneaker", "sorcerer", "spanner", "squirrel", "target", "tire", "toadstool", "tombstone", "torch",
        "tortoise", "UFO", "whirlwind", "yacht", "yurt",
    ]

    private static let table: [Unicode.Scalar: EnglishNoun] = {
        var result: [Unicode.Scalar: EnglishNoun] = [:]
        for line in lines.split(separator: "\n") {
            guard let scalar = line.unicodeScalars.first, let space = line.firstIndex(of: " ") else { continue }
            let forms = line[space...].split(separator: "|").map { $0.trimmingPrefix(" ") }
            result[scalar] = EnglishNoun(String(forms[0]), plural: forms.count > 1 ? String(forms[1]) : nil)
        }
        return result
    }()

    /// A kind a line: its noun, and after a bar its plural where the rules do not give it. Here are the short names that
    /// are mass nouns ("bread"), plurals ("socks"), actions ("cooking"), that begin like a number or a size, or that
    /// are ambiguous beside another kind's.
    private static let lines = """
        ⌛ hourglass
        ☔ umbrella in the rain
        ☕ cup of coffee
        ⚔ pair of crossed swords
        ⚡ lightning bolt
        ⛏ pickaxe
        ⛑ rescue helmet
        ⛓ chain
        ⛩ Shinto shrine
        ⛱ beach umbrella
        ⛳ golf flag
        ⛹ person bouncing a ball
        ✂ pair of scissors
        ✒ pen nib
        🌊 wave
        🌍 globe
        🌝 moon with a face
        🌞 sun with a face
        🌧 rain cloud
        🌨 snow cloud
        🌩 thundercloud
        🍀 lucky clover
        🍃 fluttering leaf
        🍇 bunch of grapes
        🍒 cherry
        🍖 joint of meat
        🍗 chicken leg
        🍚 bowl of rice
        🍛 plate of curry
        🍜 bowl of noodles
        🍝 plate of spaghetti
        🍞 loaf of bread
        🍟 box of french fries
        🍠 sweet potato
        🍡 dango skewer
        🍣 piece of sushi
        🍦 ice cream cone
        🍧 bowl of shaved ice
        🍨 bowl of ice cream
        🍳 frying pan
        🍵 teacup
        🍶 sake bottle
        🍽 dinner plate
        🍾 champagne bottle
        🍿 box of popcorn
        🎁 gift
        🎞 film strip
        🎧 pair of headphones
        🎭 pair of theater masks
        🎮 game controller
        🎱 pool ball
        🎲 die
        🎳 bowling game
        🎾 tennis ball
        🎿 pair of skis
        🏇 jockey
        🏈 American football
        🏉 rugby ball
        🏏 cricket bat
        🏒 ice hockey stick
        🏓 ping pong paddle
        🏔 snowy mountain
        🏕 campsite
        🏖 beach
        🏘 row of houses
        🏡 house with a garden
        🏸 badminton racket
        🏹 archery bow
        🐪 dromedary camel
        🐫 Bactrian camel
        🐾 pair of paw prints
        👒 sun hat
        👓 pair of glasses
        👖 pair of jeans
        👚 blouse
        👡 sandal
        👢 boot
        👣 pair of footprints
        👰 person with a veil
        👳 person wearing a turban
        💃 dancing woman|dancing women
        💅 bottle of nail polish
        💎 gemstone
        💒 wedding chapel
        💘 heart with an arrow
        💥 explosion
        💦 splash of water
        💧 water drop
        💪 flexed arm
        💸 winged banknote
        📂 open folder
        📃 curled page
        📈 rising chart
        📚 stack of books
        📡 satellite dish
        📫 mailbox
        📿 string of prayer beads
        🔊 speaker
        🔍 magnifying glass
        🔒 padlock
        🔓 open padlock
        🔗 chain link
        🔩 hex bolt
        🔱 trident
        🕰 mantel clock
        🕶 pair of sunglasses
        🕺 dancing man|dancing men
        🗳 ballot box
        🗼 Tokyo Tower
        🗿 moai statue
        🚠 cable car
        🚣 person rowing a boat
        🚧 construction barrier
        🚨 siren light
        🛀 person taking a bath
        🛋 couch
        🛍 shopping bag
        🛕 Hindu temple
        🛩 propeller plane
        🛫 departing airplane
        🤰 pregnant woman|pregnant women
        🥂 pair of champagne glasses
        🥇 gold medal
        🥉 bronze medal
        🥓 strip of bacon
        🥖 baguette
        🥜 peanut
        🥝 kiwi
        🥞 stack of pancakes
        🥢 pair of chopsticks
        🥣 cereal bowl
        🥤 soda cup
        🥦 head of broccoli
        🥩 steak
        🥫 food can
        🥬 head of lettuce
        🥽 pair of goggles
        🧂 salt shaker
        🧃 juice box
        🧄 garlic bulb
        🧈 stick of butter
        🧊 ice cube
        🧋 cup of bubble tea
        🧕 woman with a headscarf
        🧤 pair of gloves
        🧦 pair of socks
        🧬 DNA strand
        🧱 brick wall
        🧳 suitcase
        🧵 spool of thread
        🧶 ball of yarn
        🧼 bar of soap
        🩰 pair of ballet shoes
        🩱 swimsuit
        🩳 pair of shorts
        🩴 flip-flop
        🩸 blood drop
        🩹 bandage
        🩻 X-ray
        🪆 nesting doll
        🪚 hand saw
        🪩 disco ball
        🪵 wooden log
        🫁 pair of lungs
        🫅 person with a crown
        🫐 blueberry
        🫕 fondue pot
        🫧 cluster of bubbles
        """
}
