"""What the reference tokenizers give for a set of texts, for Tests/CLIPTokenizationTests/TokenParityTests.swift.

    tokens.py captions --vocabulary bpe.gz --data DIR --output X.jsonl     every caption of the data folder
    tokens.py generated --vocabulary bpe.gz --output X.jsonl [--seed N]    lines of all kinds of text
    tokens.py transformers --folder DIR --texts X.jsonl --output Y.jsonl   the same texts through a saved vocabulary

Each line of an output is {"kind", "text", "ids"}: ids from start to end, cut at 77, not padded. The kind "mojibake" marks
texts that ftfy holds for wrongly decoded and repairs; their ids are those without that repair. For "transformers" the
ids are null where Hugging Face's cleaning differs from CLIP's.
"""

import argparse
import csv
import html
import importlib.util
import json
import os
import random
import sys
import unicodedata

CONTEXT = 77


def open_clip_tokenizer(vocabulary):
    """open_clip's tokenizer module by itself: the package's own import wants torchvision."""
    folder = importlib.util.find_spec("open_clip").submodule_search_locations[0]
    spec = importlib.util.spec_from_file_location("open_clip_tokenizer", os.path.join(folder, "tokenizer.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module, module.SimpleTokenizer(bpe_path=vocabulary, context_length=CONTEXT)


def cut(tokenizer, text):
    ids = [tokenizer.sot_token_id] + tokenizer.encode(text) + [tokenizer.eot_token_id]
    return ids if len(ids) <= CONTEXT else ids[: CONTEXT - 1] + [tokenizer.eot_token_id]


# ---------------------------------------------------------------- texts


def captions(data):
    """The titles of the product photos, the captions of the photographs, class names and filled templates."""
    texts = []
    for name in ("train.tsv", "val.tsv"):
        with open(os.path.join(data, "fashion", name), encoding="utf-8", newline="") as file:
            texts += [row["title"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    with open(os.path.join(data, "coco", "captions.json"), encoding="utf-8") as file:
        texts += [annotation["caption"] for annotation in json.load(file)["annotations"]]
    prompts = os.path.join(data, "prompts")
    with open(os.path.join(prompts, "en_classnames.json"), encoding="utf-8") as file:
        classes = json.load(file)
    with open(os.path.join(prompts, "en_zeroshot_classification_templates.json"), encoding="utf-8") as file:
        templates = json.load(file)
    names = [name for group in classes.values() for name in strings(group)]
    texts += names
    for number, template in enumerate(t for group in templates.values() for t in strings(group)):
        texts += [template, template.replace("{c}", names[number % len(names)])]
    return texts


def strings(value):
    if isinstance(value, str):
        return [value]
    return [text for item in (value.values() if isinstance(value, dict) else value) for text in strings(item)]


BLOCKS = [
    (0x20, 0x7E), (0x20, 0x7E), (0xA0, 0xFF), (0x100, 0x17F), (0x180, 0x24F), (0x250, 0x2AF), (0x300, 0x36F), (0x370, 0x3FF),
    (0x400, 0x4FF), (0x530, 0x58F), (0x590, 0x5FF), (0x600, 0x6FF), (0x900, 0x97F), (0x980, 0x9FF), (0xB80, 0xBFF),
    (0xE00, 0xE7F), (0xF00, 0xFFF), (0x10A0, 0x10FF), (0x1100, 0x11FF), (0x1200, 0x137F), (0x13A0, 0x13FF), (0x1780, 0x17FF),
    (0x1E00, 0x1EFF), (0x1F00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x209F), (0x20A0, 0x20BF), (0x2100, 0x218F),
    (0x2190, 0x21FF), (0x2460, 0x24FF), (0x2600, 0x27BF), (0x2C00, 0x2C5F), (0x3000, 0x30FF), (0x3130, 0x318F),
    (0x4E00, 0x9FFF), (0xA640, 0xA69F), (0xAB70, 0xABBF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFB00, 0xFB4F),
    (0xFE20, 0xFE2F), (0xFF00, 0xFFEF), (0x10400, 0x1044F), (0x1D400, 0x1D7FF), (0x1F300, 0x1F6FF), (0x20000, 0x2A6DF),
]
WORDS = (
    "a photo of the cat dog's they've we'll I'm can't He'd you're IT'S 'Tis rock'n'roll o'clock 2023 3.14 1st 20% $5 #1 C++ "
    "naïve café über Straße ΣΊΣΥΦΟΣ ΌΔΟΣ Σ ΑΣ. İstanbul IĞDIR Ǆungla ŉ ĳs ﬁne eﬃcient ﬅ ſo 'ſ ①②③ ½ Ⅷ x² H₂O ｆｕｌｌ ﾊﾝｶｸ ㎏ "
    "привет мир שלום مرحبا नमस्ते สวัสดี 你好 世界 こんにちは 안녕하세요 각 é Å ѐ e\u0301 o\u0308\u0323 "
    "\u201cquoted\u201d \u2018x\u2019 it\u2019s \u2014 \u2026 … ¿qué? ¡sí! <b> </w> <start_of_text> <END_of_text> <|endoftext|> &amp; &lt;"
).split(" ")
EMOJI = (
    "😀 👍🏽 👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 🇯🇵 1️⃣ #️⃣ ❤️ ☃ ✔️ 🧑🏿‍🚀 🏴󠁧󠁢󠁷󠁬󠁳󠁿 🤷‍♀️ ©️ ™ 🈶 ㊙️ 🀄 🫠"
).split(" ")
SPACES = [chr(c) for c in [9, 10, 11, 12, 13, 28, 29, 30, 31, 32, 0x85, 0xA0, 0x1680, 0x2003, 0x2009, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000]]
CONTROLS = [chr(c) for c in list(range(0x20)) + [0x7F] + list(range(0x80, 0xA0))] + list(
    "\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2066\u206a\u206f\ufeff\ufff9\ufffb\ufffc\ufffd\ufffe\U0001d173\U000e0041"
)
ESCAPES = ["\x1b[0m", "\x1b[36;44m", "\x1b[;;H", "\x1b[", "\x1b[1", "\x1b]0;t\x07", "\x1b[\u0661m", "\x1b\x1b[0mA"]


def assigned(random_, low, high):
    """A character that every Unicode version since Python's own knows."""
    while True:
        character = chr(random_.randint(low, high))
        if unicodedata.category(character) not in ("Cn", "Cs"):
            return character


def entity(random_):
    names = list(html.entities.html5)
    name = random_.choice(names)
    number = random_.choice([random_.randint(0, 0x2FF), ord(assigned(random_, 0x300, 0x3000)), random_.choice([0xD800, 0x110000, 10**30, 0xFFFE, 0x1F600])])
    return random_.choice([
        "&" + name, "&" + name, "&" + name.rstrip(";"), "&" + name.rstrip(";") + "x", "&" + name.upper(), "&" + name.lower(),
        "&amp;" + name, "&amp;amp;" + name, "&amp;amp;amp;amp;" + name, "&" + name[: random_.randint(1, 6)] + random_.choice([";", " ", "é"]),
        "&#%d;" % number, "&#%d" % number, "&#x%x;" % number, "&#X%X" % number, "&#;", "&#x;", "&#xg;", "&;", "&", "&&", "&#12a;", "&amp;#%d;" % number,
        "&a\u0301;", "&" + "n" * random_.randint(20, 40) + ";", "&lt;b&gt;", "＆lt;", "&#38;lt;", "&notit;", "&#x2019;", "&semi;", "&lt&semi;",
    ])


def line(random_, kind):
    r = random_
    if kind == "words":
        return "".join(r.choice(WORDS) + r.choice([" ", " ", "", "  ", ", ", "-"]) for _ in range(r.randint(1, 25)))
    if kind == "script":
        low, high = r.choice(BLOCKS)
        return "".join(assigned(r, low, high) if r.random() < 0.8 else " " for _ in range(r.randint(1, 50)))
    if kind == "mixed":
        return "".join(assigned(r, *r.choice(BLOCKS)) for _ in range(r.randint(1, 60)))
    if kind == "emoji":
        return "".join(r.choice(EMOJI + WORDS[:20]) + r.choice(["", " "]) for _ in range(r.randint(1, 20)))
    if kind == "entities":
        parts = [entity(r) if r.random() < 0.6 else r.choice(WORDS + ["<", "\n"] if r.random() < 0.1 else WORDS[:40]) for _ in range(r.randint(1, 12))]
        return r.choice(["", " "]).join(parts)
    if kind == "controls":
        pool = [CONTROLS, CONTROLS, SPACES, ESCAPES, WORDS, WORDS]
        return "".join(r.choice(r.choice(pool)) for _ in range(r.randint(1, 40)))
    if kind == "combining":
        return "".join(
            assigned(r, *r.choice([(0x41, 0x5A), (0x61, 0x7A), (0x391, 0x3C9), (0x410, 0x44F), (0x1100, 0x1112), (0x1161, 0x1175), (0x5D0, 0x5EA), (0x3041, 0x30FE), (0xFF66, 0xFF9F)]))
            + "".join(assigned(r, *r.choice([(0x300, 0x345), (0x300, 0x36F), (0x5B0, 0x5BD), (0x3099, 0x309A), (0x11A8, 0x11C2), (0x1DC0, 0x1DFF), (0x20D0, 0x20F0)])) for _ in range(r.randint(0, 4)))
            for _ in range(r.randint(1, 25)))
    if kind == "long":
        form = r.randint(0, 4)
        if form == 0:
            return " ".join(r.choice(WORDS) for _ in range(r.randint(500, 5000)))
        if form == 1:
            return "".join(r.choice("abcdeé") for _ in range(r.randint(100, 1500)))
        if form == 2:
            return r.choice(["a", "ha", "!", "=-", "ü", "の", "0"]) * r.randint(50, 1500)
        if form == 3:
            return " " * r.randint(1000, 20000) + "end " * r.randint(60, 80)
        return "".join(assigned(r, *r.choice(BLOCKS)) for _ in range(r.randint(500, 3000)))
    raise ValueError(kind)


FIXED = [
    "", " ", "\n", "\t \u3000", "Hello World!", "You should've done this", "<start_of_text>", "<start_of_text>a<end_of_text>b", "<ſtart_of_text>",
    "<|startoftext|> a <|endoftext|>", "</w>", "a</w>b", "Σ", "ΑΣ", "ΑΣΑ", "Α\u0301Σ\u0301", "ΑΣ'", "Σ Σ", "İ", "ı", "ß ẞ", "K Å Ω", "'S 'T 'RE 'VE 'M 'LL 'D", "'ſ",
    "''s", "it''s", "!'s", "'reed", "'l", "'", "1'2", "a1b2", "٣٤", "１２", "²³", "Ⅻ", "〇", "x\u0301", "\u0301", "\ufeffa", "a\u200db", "a\r\nb\rc\u2028d\u2029e\x85f",
    "1 < 2 &amp; 3\n&lt;", "&lt;\n1 < 2 &amp; 3", "&amp;" * 30 + "lt;", "&amp;lt;b&amp;gt;", "&AMP;AMP; &Eacute; &EACUTE; &NTILDE; &nTILDE; &SZLIG;", "&notin; &notit; &not &no",
    "\x1b[31mred\x1b[0m", "\x1b[31", "ﬀﬁﬂﬃﬄﬅﬆĲĳŉǱǲǳǄǅǆǇǈǉǊǋǌ", "｟Ａｚ～￠￣￤￥￦￨￮ｶﾞﾊﾟﾡￇ", "\u02bc‘’‚‛“”„‟", "\u206a\ufff9x\ufffc", "\x00\x01\x7fa", "\x80\x81\x91\x92\x9f",
    "\U0010ffff", "a" * 76, " ".join("a" * 74), " ".join("a" * 75), " ".join("a" * 76), " ".join("a" * 77), "&#xe9;", "e&#x301;", "&#60;&#38;", "&#128512;", "&#x80;&#x85;&#13;",
]
MOJIBAKE = ["schÃ¶n", "voilÃ le travail", "âœ” No problems", "doesnâ€™t", "â€œquotedâ€\x9d", "Ã©tÃ©", "ã\x83\x84", "Ð¿ÑÐ¸Ð²ÐµÑ", "l’humanitÃ©", "Â£10", "naÃ¯ve cafÃ©"]
KINDS = ["words", "script", "mixed", "emoji", "entities", "entities", "controls", "combining"]


def generated(seed):
    random_ = random.Random(seed)
    texts = [("fixed", text) for text in FIXED] + [("fixed", text) for text in MOJIBAKE]
    texts += [(kind, line(random_, kind)) for kind in KINDS for _ in range(250)]
    return texts + [("long", line(random_, "long")) for _ in range(60)]


# ---------------------------------------------------------------- references


def through_open_clip(texts, vocabulary):
    module, tokenizer = open_clip_tokenizer(vocabulary)
    fix = module.ftfy.fix_text
    without_repair = lambda text: fix(text, fix_encoding=False)
    for kind, text in texts:
        if fix(text) != without_repair(text):
            kind, module.ftfy.fix_text = "mojibake", without_repair
        yield {"kind": kind, "text": text, "ids": cut(tokenizer, text)}
        module.ftfy.fix_text = fix


def is_plain(text):
    """Whether CLIP's cleaning and splitting do no more to a text than Hugging Face's: white space, NFC, small letters.

    Its normalisation knows only the combining marks of older versions of Unicode.
    """
    import ftfy

    old = unicodedata.ucd_3_2_0
    return (
        ftfy.fix_text(text) == unicodedata.normalize("NFC", text)
        and not any(character in "&<Σſ\u0345" for character in text)
        and not any(unicodedata.combining(c) and old.category(c) == "Cn" for c in text)
    )


def through_transformers(texts, folder):
    from transformers import CLIPTokenizer

    tokenizer = CLIPTokenizer.from_pretrained(folder)
    for item in texts:
        text, ids = item["text"], None
        if is_plain(text):
            ids = tokenizer(text, truncation=True, max_length=CONTEXT)["input_ids"]
        yield {"kind": item["kind"], "text": text, "ids": ids}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["captions", "generated", "transformers"])
    for option in ("vocabulary", "data", "folder", "texts", "output"):
        parser.add_argument("--" + option)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.what == "transformers":
        with open(options.texts, encoding="utf-8") as file:
            results = through_transformers([json.loads(row) for row in file], options.folder)
            results = list(results)
    else:
        texts = [("caption", text) for text in captions(options.data)] if options.what == "captions" else generated(options.seed)
        results = list(through_open_clip(texts, options.vocabulary))
    with open(options.output, "w", encoding="utf-8") as file:
        for result in results:
            file.write(json.dumps(result) + "\n")
    print(len(results), file=sys.stderr)


if __name__ == "__main__":
    main()
