"""A small tokenizer of SigLIP's kind, since the real vocabulary cannot be had from a package registry.

SigLIP's is a SentencePiece unigram model of 32,000 pieces with the normaliser nmt_nfkc, pad 0, end 1 and unknown 2. This
one is trained by SentencePiece with the same settings, but for at most 2,000 pieces, on sentences put together here,
and turned into tokenizer.json as T5's is.
"""

import io
import random

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, normalizers
from tokenizers.models import Unigram
from tokenizers.pre_tokenizers import Metaspace
from tokenizers.processors import TemplateProcessing

from inputs import FRAMES, HAND, LAND

END = "</s>"


def corpus():
    """Sentences about landscapes, and everything the tests ask, so that few characters are unknown."""
    generator = random.Random(7)
    things = LAND + "field forest lake town road bridge coast island valley hill marsh orchard harbour canal".split()
    looks = "green dry wet small large old new bright dark frozen flooded burnt terraced irrigated barren".split()
    places = "near beside under above between along across behind within beyond around".split()
    for _ in range(8000):
        a, b = generator.sample(things, 2)
        yield (f"{generator.choice(FRAMES).replace('{}', a)} {generator.choice(looks)} {generator.choice(places)} the "
               f"{generator.choice(looks)} {b} {generator.randint(0, 9999)}").lower()
    for text in HAND:
        for _ in range(3):
            yield text.replace("\0", " ").replace("\n", " ")[:200].lower()


def train():
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([line for line in corpus() if line.strip()]),
        model_writer=model,
        model_type="unigram",
        vocab_size=2000,
        hard_vocab_limit=False,
        character_coverage=0.9999,
        normalization_rule_name="nmt_nfkc",
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        num_threads=1,
        minloglevel=2,
    )
    return model.getvalue()


def convert(serialized):
    """tokenizer.json as Hugging Face's T5 converter writes it."""
    proto = sentencepiece_model_pb2.ModelProto.FromString(serialized)
    pieces = [(piece.piece, piece.score) for piece in proto.pieces]
    tokenizer = Tokenizer(Unigram(pieces, unk_id=proto.trainer_spec.unk_id, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = Metaspace(replacement="\u2581", prepend_scheme="always", split=True)
    tokenizer.add_special_tokens(
        [AddedToken(token, normalized=False, special=True) for token in ("<pad>", END, "<unk>")]
    )
    tokenizer.post_processor = TemplateProcessing(single=f"$A {END}", special_tokens=[(END, 1)])
    return tokenizer
