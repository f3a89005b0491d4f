"""Writes CLIP's byte-pair vocabulary as the tokenizer.json that earth-embed reads.

    python clip_tokenizer.py tokenizer.json

The vocabulary is OpenAI's, as open_clip ships it: RemoteCLIP, GeoRSCLIP, FarSLIP and CLIP itself share it. The text must
be cleaned first, by "clean": "lower" in model.json. Ids are open_clip's, checked at the end.
"""

import gzip
import sys

from open_clip.tokenizer import SimpleTokenizer, bytes_to_unicode, default_bpe
from tokenizers import AddedToken, Regex, Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel, Sequence, Split
from tokenizers.processors import TemplateProcessing

START, END = "<start_of_text>", "<end_of_text>"
PIECES = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+"


def build():
    lines = gzip.open(default_bpe()).read().decode("utf-8").split("\n")
    merges = [tuple(line.split()) for line in lines[1 : 49152 - 256 - 2 + 1]]
    characters = list(bytes_to_unicode().values())
    words = characters + [c + "</w>" for c in characters] + ["".join(m) for m in merges] + [START, END]
    vocabulary = {word: i for i, word in enumerate(words)}
    tokenizer = Tokenizer(BPE(vocabulary, merges, end_of_word_suffix="</w>", fuse_unk=False))
    tokenizer.pre_tokenizer = Sequence(
        [Split(Regex(PIECES), "removed", invert=True), ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    tokenizer.add_special_tokens([AddedToken(t, normalized=False, special=True) for t in (START, END)])
    tokenizer.post_processor = TemplateProcessing(
        single=f"{START} $A {END}", special_tokens=[(t, vocabulary[t]) for t in (START, END)]
    )
    return tokenizer


def check(tokenizer):
    reference = SimpleTokenizer()
    for text in ["", "a satellite image of a river", "it's 10 km², isn't it?", "東京 🌍 über", "123 ... !!"]:
        expected = reference([text], context_length=77)[0].tolist()
        found = tokenizer.encode(reference.clean_fn(text)).ids
        assert found + [0] * (77 - len(found)) == expected, text


def write(path):
    tokenizer = build()
    check(tokenizer)
    tokenizer.save(str(path), pretty=False)


if __name__ == "__main__":
    write(sys.argv[1])
