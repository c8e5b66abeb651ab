"""What the reference libraries give for SentencePiece tokenizers, for Tests/CLIPTokenizationTests/SentencePieceParityTests.swift.

    pieces.py DIR --data DATA [--seed N]

Trains small models on the captions of the data folder and makes of them the folders below DIR that such checkpoints have.
DIR/texts.json lists the texts; DIR/CASE/rows.jsonl has {"ids"} for each: the row as the reference pads it. ftfy repairs no
wrongly decoded text here, as elsewhere in the parity tests.

    siglip        spiece.model read by SiglipTokenizer         siglip-case     the same with do_lower_case off
    siglip-saved  the folder that SiglipTokenizer writes       siglip2-left    a folder that leaves the side to the class
    siglip-json   tokenizer.json read by PreTrainedTokenizerFast
    t5-X          tokenizer.json read by T5Tokenizer through open_clip's HFTokenizer, clean X
    siglip2       tokenizer.json read by Siglip2Tokenizer      gemma           the same read by GemmaTokenizer
    gemma-X       the same through open_clip's HFTokenizer, clean X
    gemma-json    tokenizer.json of Gemma's kind with unknown tokens, read by PreTrainedTokenizerFast
    clean-json    tokenizer.json whose normalizers clean the text with expressions
    model-X       a .model alone, through the library sentencepiece
"""

import argparse
import json
import os
import random
import shutil
import string
import sys

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import sentencepiece
import transformers
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

import tokens

transformers.utils.logging.set_verbosity_error()
LENGTH = 64


# ---------------------------------------------------------------- texts


def strange(random_):
    """Lines that are hard on SentencePiece: its own marks, control characters, unassigned code points, long runs."""
    r = random_
    bits = (
        ["▁", "▁▁", " ", "  ", "\t", "\n", "\u3000", "\u00a0", "</s>", "<unk>", "<pad>", "<eos>", "<bos>", "<mask>", " </s> ", "<0x0A>", "<s>", "_", "<extra>"]
        + tokens.CONTROLS + tokens.EMOJI + tokens.WORDS + list(string.punctuation) + ["ﷺ", "㍿", "ｶﾞ", "e\u0301", "각", "\u1112\u1161\u11ab", "ẛ̣", "İ", "Σ", "ΑΣ"]
    )

    def any_character():
        while True:
            code = r.choice([r.randint(0, 0x2FFF), r.randint(0, 0xFFFF), r.randint(0x10000, 0x10FFFF), r.randint(0xE000, 0xF8FF)])
            if not 0xD800 <= code <= 0xDFFF:
                return chr(code)

    form = r.randint(0, 5)
    if form == 0:
        return "".join(r.choice(bits) for _ in range(r.randint(1, 30)))
    if form == 1:
        return "".join(any_character() for _ in range(r.randint(1, 40)))
    if form == 2:
        return r.choice(bits) * r.randint(1, 300)
    if form == 3:
        return "".join(r.choice(["a", "b", "aa", "ab", "A", "1", "11", " ", "猫"]) for _ in range(r.randint(1, 200)))
    if form == 4:
        return r.choice(SPACE_RUNS) + "".join(r.choice(tokens.WORDS) + r.choice(SPACE_RUNS) for _ in range(r.randint(0, 10)))
    return "".join(r.choice([any_character(), r.choice(bits), r.choice(tokens.WORDS)]) for _ in range(r.randint(1, 30)))


SPACE_RUNS = ["", " ", "  ", "   ", "\t", " \n ", "\u3000", "\u2003 ", "\u200b", " ▁", "▁ "]


def texts(data, seed):
    r = random.Random(seed)
    captions = tokens.captions(data)
    lines = [text for _, text in tokens.generated(seed)] + [strange(r) for _ in range(2500)]
    lines += [strange(r) * 40 for _ in range(20)] + ["a photo of a cat " * 500, "猫" * 5000, "x" * 5000, " " * 5000]
    return captions, [line.encode("utf-8", "replace").decode() for line in lines]


# ---------------------------------------------------------------- models


def train(name, captions, folder, **options):
    corpus = os.path.join(folder, "corpus.txt")
    with open(corpus, "w", encoding="utf-8") as file:
        file.write("\n".join(captions + tokens.WORDS + ["猫 の 写真", "ﬁne ① Å é", "0123456789", string.punctuation]))
    prefix = os.path.join(folder, name)
    sentencepiece.SentencePieceTrainer.train(input=corpus, model_prefix=prefix, minloglevel=2, num_threads=1, **options)
    return prefix + ".model"


UNIGRAM = dict(model_type="unigram", vocab_size=2000, normalization_rule_name="nmt_nfkc", unk_id=2, eos_id=1, pad_id=0, bos_id=-1)
GEMMA = dict(
    model_type="bpe", vocab_size=2300, normalization_rule_name="identity", byte_fallback=True, split_digits=True, add_dummy_prefix=False,
    remove_extra_whitespaces=False, allow_whitespace_only_pieces=True, pad_id=0, eos_id=1, bos_id=2, unk_id=3, eos_piece="<eos>", bos_piece="<bos>",
    user_defined_symbols=["<mask>", "\n", "\n\n", "\t", "▁▁", "▁▁▁", "<table>"])


def write(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file)


def folder(parent, name, files=(), **configurations):
    path = os.path.join(parent, name)
    os.makedirs(path)
    for source, target in files:
        shutil.copy(source, os.path.join(path, target))
    for key, value in configurations.items():
        write(os.path.join(path, key + ".json"), value)
    return path


def unigram_json(model, path, clean=False):
    """A tokenizer.json as transformers converts T5's; `clean` adds the cleaning that SigLIP's has in front."""
    processor = sentencepiece.SentencePieceProcessor(model_file=model)
    vocabulary = [(processor.id_to_piece(i), processor.get_score(i)) for i in range(processor.get_piece_size())]
    result = Tokenizer(models.Unigram(vocabulary, unk_id=processor.unk_id(), byte_fallback=False))
    charsmap = proto(model).normalizer_spec.precompiled_charsmap
    steps = [normalizers.Precompiled(charsmap), normalizers.Strip(left=False, right=True), normalizers.Replace(Regex(" {2,}"), "▁")]
    if clean:
        marks = "[" + "".join("\\" + c for c in string.punctuation) + "]"
        steps = [normalizers.Lowercase(), normalizers.NFKC(), normalizers.Replace(Regex(marks), ""), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()] + steps
        steps += [normalizers.Replace("ab", "ba"), normalizers.Prepend("▁"), normalizers.NFC()]
    result.normalizer = normalizers.Sequence(steps)
    result.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    result.post_processor = processors.TemplateProcessing(single=["$A", "</s>"], pair=["$A", "</s>", "$B", "</s>"], special_tokens=[("</s>", 1)])
    result.add_special_tokens([AddedToken(t, normalized=False, special=True) for t in ("<pad>", "</s>", "<unk>")])
    if clean:
        result.add_tokens([AddedToken("Photo", normalized=True), AddedToken("<extra>", lstrip=True, rstrip=True, normalized=False)])
    result.save(path)


def gemma_json(model, path, bytes_=True, **options):
    processor = sentencepiece.SentencePieceProcessor(model_file=model)
    pieces = [p for p in proto(model).pieces]
    vocabulary = {p.piece: i for i, p in enumerate(pieces)}
    from transformers.tokenization_utils_base import generate_merges

    merges = generate_merges(vocabulary)
    result = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, unk_token="<unk>", fuse_unk=True, byte_fallback=bytes_, **options))
    result.normalizer = normalizers.Replace(" ", "▁")
    result.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    result.post_processor = processors.TemplateProcessing(single=["$A", "<eos>"], special_tokens=[("<eos>", 1)])
    result.add_tokens([AddedToken(p.piece, normalized=False, special=p.type == 3) for p in pieces if p.type in (3, 4)])
    result.add_special_tokens([AddedToken("<unk>", normalized=False, special=True)])
    result.save(path)


def proto(model):
    from transformers.convert_slow_tokenizer import import_protobuf

    message = import_protobuf().ModelProto()
    with open(model, "rb") as file:
        message.ParseFromString(file.read())
    return message


# ---------------------------------------------------------------- cases


def rows(tokenizer):
    def row(text):
        return tokenizer(text, padding="max_length", truncation=True, max_length=LENGTH)["input_ids"]

    return row


def open_clip_rows(path, clean):
    module = open_clip_module()
    tokenizer = module.HFTokenizer(path, context_length=LENGTH, clean=clean)

    def row(text):
        fix = module.ftfy.fix_text
        module.ftfy.fix_text = lambda t: fix(t, fix_encoding=False)
        try:
            return tokenizer([text])[0].tolist()
        finally:
            module.ftfy.fix_text = fix

    return row


def open_clip_module():
    import importlib.util

    place = importlib.util.find_spec("open_clip").submodule_search_locations[0]
    spec = importlib.util.spec_from_file_location("open_clip_tokenizer", os.path.join(place, "tokenizer.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def model_rows(model):
    processor = sentencepiece.SentencePieceProcessor(model_file=model)
    end, padding = processor.eos_id(), processor.pad_id()
    filler = padding if padding >= 0 else end

    def row(text):
        ids = processor.encode(text)[: LENGTH - 1] + [end]
        return ids + [filler] * (LENGTH - len(ids))

    return row


def cases(parent, captions):
    unigram, bpe = train("unigram", captions, parent, **UNIGRAM), train("bpe", captions, parent, **GEMMA)
    bytes_ = train("bytes", captions, parent, **{**UNIGRAM, "byte_fallback": True, "vocab_size": 1500, "normalization_rule_name": "nfkc_cf"})
    plain = train("plain", captions, parent, model_type="bpe", vocab_size=1200, normalization_rule_name="nfkc", eos_id=2, bos_id=1, unk_id=0)
    fast, slow = os.path.join(parent, "unigram.json"), {"tokenizer_class": "SiglipTokenizer", "model_max_length": LENGTH}
    unigram_json(unigram, fast)
    marks = {"eos_token": "</s>", "pad_token": "</s>", "unk_token": "<unk>"}

    yield "siglip", rows(transformers.SiglipTokenizer.from_pretrained(folder(parent, "siglip", [(unigram, "spiece.model")], tokenizer_config={**slow, **marks, "do_lower_case": True}, config={"model_type": "siglip"})))
    yield "siglip-case", rows(transformers.AutoTokenizer.from_pretrained(folder(parent, "siglip-case", [(unigram, "spiece.model")], tokenizer_config={**slow, "do_lower_case": False})))
    saved = os.path.join(parent, "siglip-saved")
    transformers.SiglipTokenizer(unigram).save_pretrained(saved)
    yield "siglip-saved", rows(transformers.AutoTokenizer.from_pretrained(saved))
    yield "siglip-json", rows(transformers.AutoTokenizer.from_pretrained(folder(parent, "siglip-json", [(fast, "tokenizer.json")], tokenizer_config={**marks, "tokenizer_class": "PreTrainedTokenizerFast"})))
    for clean in ("canonicalize", "lower", "whitespace"):
        configuration = {"model_cfg": {"text_cfg": {"context_length": LENGTH, "tokenizer_kwargs": {"clean": clean}}}}
        if clean == "whitespace":
            configuration = {"model_cfg": {"text_cfg": {"context_length": LENGTH}}}
        path = folder(parent, "t5-" + clean, [(fast, "tokenizer.json")], tokenizer_config={**marks, "tokenizer_class": "T5Tokenizer", "extra_ids": 0}, open_clip_config=configuration)
        yield "t5-" + clean, open_clip_rows(path, clean)

    gemma, cleaned = os.path.join(parent, "gemma.json"), os.path.join(parent, "clean.json")
    gemma_json(bpe, gemma)
    specials = {"bos_token": "<bos>", "eos_token": "<eos>", "pad_token": "<pad>", "unk_token": "<unk>", "mask_token": "<mask>", "padding_side": "right"}
    files = [(gemma, "tokenizer.json")]
    google = {**specials, "tokenizer_class": "GemmaTokenizerFast", "add_bos_token": False, "add_eos_token": True, "do_lower_case": True}
    yield "siglip2", rows(transformers.AutoTokenizer.from_pretrained(folder(parent, "siglip2", files, tokenizer_config=google, config={"model_type": "siglip2"})))
    yield "gemma", rows(transformers.AutoTokenizer.from_pretrained(folder(parent, "gemma", files, tokenizer_config=google, config={"model_type": "siglip"})))
    left = {key: value for key, value in specials.items() if key != "padding_side"}
    yield "siglip2-left", rows(transformers.AutoTokenizer.from_pretrained(folder(parent, "siglip2-left", files, tokenizer_config={**left, "tokenizer_class": "Siglip2Tokenizer", "add_bos_token": True})))
    for clean in ("canonicalize", "lower", "whitespace"):
        configuration = {"model_cfg": {"text_cfg": {"context_length": LENGTH, "tokenizer_kwargs": {"clean": clean}}}}
        path = folder(parent, "gemma-" + clean, files, tokenizer_config=google, open_clip_config=configuration)
        yield "gemma-" + clean, open_clip_rows(path, clean)
    unknown = os.path.join(parent, "unknown.json")
    gemma_json(bpe, unknown, bytes_=False, ignore_merges=True)
    yield "gemma-json", rows(transformers.AutoTokenizer.from_pretrained(folder(parent, "gemma-json", [(unknown, "tokenizer.json")], tokenizer_config={**specials, "tokenizer_class": "PreTrainedTokenizerFast"})))
    unigram_json(unigram, cleaned, clean=True)
    yield "clean-json", rows(transformers.AutoTokenizer.from_pretrained(folder(parent, "clean-json", [(cleaned, "tokenizer.json")], tokenizer_config={**marks, "tokenizer_class": "PreTrainedTokenizerFast"})))

    for name, model in (("unigram", unigram), ("bpe", bpe), ("bytes", bytes_), ("plain", plain)):
        folder(parent, "model-" + name, [(model, "spiece.model")])
        yield "model-" + name, model_rows(model)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--data", required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    captions, lines = texts(options.data, options.seed)
    every = captions + lines
    write(os.path.join(options.folder, "texts.json"), every)
    names = []
    for name, row in cases(options.folder, captions):
        names.append(name)
        with open(os.path.join(options.folder, name, "rows.jsonl"), "w", encoding="utf-8") as file:
            for text in every:
                file.write(json.dumps({"ids": row(text)}) + "\n")
        print(name, file=sys.stderr)
    print(json.dumps(names))


if __name__ == "__main__":
    main()
