"""Small tokenizers of Gemma's and TIPSv2's kinds, since the real vocabularies cannot be had from a package registry.

Both are byte-pair encodings with bytes for unknown characters. Here they are trained on the sentences of tokenizer_siglip,
for at most 1,000 pieces.
"""

from tokenizers import AddedToken, Tokenizer, decoders, normalizers, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.processors import TemplateProcessing
from tokenizers.trainers import BpeTrainer

from tokenizer_siglip import corpus

BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
BLANK = "\u2581"


def trained(tokenizer, special):
    # More words would cover more characters, but the test is that bytes stand for the others.
    trainer = BpeTrainer(vocab_size=1000, special_tokens=special + BYTES, limit_alphabet=200, show_progress=False)
    tokenizer.train_from_iterator((line for line in corpus() if line.strip()), trainer)
    return tokenizer


def train():
    """As tokenizer.json of SigLIP 2's checkpoints: pad 0, end 1, begin 2, unknown 3; only the end is added."""
    tokenizer = Tokenizer(BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Replace(" ", BLANK)
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.decoder = decoders.Sequence([decoders.Replace(BLANK, " "), decoders.ByteFallback(), decoders.Fuse()])
    trained(tokenizer, ["<pad>", "<eos>", "<bos>", "<unk>"])
    tokenizer.add_special_tokens(
        [AddedToken(token, normalized=False, special=True) for token in ("<pad>", "<eos>", "<bos>", "<unk>")])
    tokenizer.post_processor = TemplateProcessing(single="$A <eos>", special_tokens=[("<eos>", 1)])
    return tokenizer


def train_tips():
    """As transformers' Tipsv2Tokenizer: pad 0, unknown 1, lower case, nothing added."""
    tokenizer = Tokenizer(BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement=BLANK, prepend_scheme="always")])
    trained(tokenizer, ["<pad>", "<unk>"])
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in ("<pad>", "<unk>")])
    return tokenizer
