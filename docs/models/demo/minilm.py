"""all-MiniLM-L6-v2 in PyTorch, with the weights of its ONNX file, and vectors of single words from it."""

import re

import numpy as np
import onnx
import torch
import torch.nn as nn
import torch.nn.functional as F
from onnx import numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

WIDTH, HEADS, LAYERS, INNER, EPSILON = 384, 12, 6, 1536, 1e-12
# Vocabulary kept: English words and pieces of words, short numbers, years in tens, punctuation.
KEPT = re.compile(r"(##)?[a-z]+|[0-9]{1,2}|1[89][0-9]0|20[0-9]0|##[0-9]{1,2}|[!-/:-@]")


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.up, self.down = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.norm, self.norm2 = (nn.LayerNorm(WIDTH, eps=EPSILON) for _ in range(2))

    def forward(self, x):
        n, length, _ = x.shape
        q, k, v = (m(x).view(n, length, HEADS, -1).transpose(1, 2) for m in (self.query, self.key, self.value))
        mixed = (q @ k.transpose(-1, -2) * (WIDTH // HEADS) ** -0.5).softmax(-1) @ v
        x = self.norm(x + self.out(mixed.transpose(1, 2).reshape(n, length, WIDTH)))
        return self.norm2(x + self.down(F.gelu(self.up(x))))


class MiniLm(nn.Module):
    def __init__(self, path):
        super().__init__()
        weights = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in onnx.load(path).graph.initializer}
        self.words = weights["embeddings.word_embeddings.weight"]
        self.positions = (weights["embeddings.position_embeddings.weight"]
                          + weights["embeddings.token_type_embeddings.weight"][0])
        self.norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.norm.weight.data, self.norm.bias.data = (weights[f"embeddings.LayerNorm.{k}"] for k in ("weight", "bias"))
        self.layers = nn.ModuleList([Layer() for _ in range(LAYERS)])
        # The exporter numbered the matrices in the order of their use, six for each layer.
        matrices = sorted((k for k in weights if k.startswith("onnx::MatMul_")), key=lambda k: int(k.split("_")[1]))
        names = ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
                 "intermediate.dense", "output.dense")
        for number, layer in enumerate(self.layers):
            prefix = f"encoder.layer.{number}."
            linear = (layer.query, layer.key, layer.value, layer.out, layer.up, layer.down)
            for module, matrix, name in zip(linear, matrices[6 * number:], names):
                module.weight.data = weights[matrix].T.contiguous()
                module.bias.data = weights[f"{prefix}{name}.bias"]
            for module, name in ((layer.norm, "attention.output"), (layer.norm2, "output")):
                module.weight.data, module.bias.data = (
                    weights[f"{prefix}{name}.LayerNorm.{k}"] for k in ("weight", "bias"))

    def forward(self, ids):
        """[n, tokens] ids of texts of one length -> means over the tokens [n, WIDTH]."""
        x = self.norm(self.words[ids] + self.positions[:ids.shape[1]])
        for layer in self.layers:
            x = layer(x)
        return x.mean(1)


def centered(rows):
    rows = rows - rows.mean(0)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@torch.no_grad()
def word_vectors(folder, more, width):
    """Returns the words [n] and their vectors int8 [n, width] with the scale of each column.

    A word's vector joins MiniLM's embedding of the word alone, as a sentence, and the input of its first layer. The
    principal components of both are kept.

    folder: has all-minilm-l6-v2.onnx and all-minilm-l6-v2-tokenizer.json; more: words to add to its vocabulary
    """
    model = MiniLm(str(folder / "all-minilm-l6-v2.onnx")).eval()
    tokenizer = Tokenizer.from_file(str(folder / "all-minilm-l6-v2-tokenizer.json"))
    tokenizer.no_padding()
    known = tokenizer.get_vocab()
    words = [w for w in sorted(known, key=known.get) if KEPT.fullmatch(w)]
    first, last = known["[CLS]"], known["[SEP]"]
    ids = [[first, known[w], last] for w in words]
    more = sorted(set(more) - known.keys())
    ids += [tokenizer.encode(w).ids for w in more]
    words += more
    sentences, inputs = np.zeros((len(ids), WIDTH), np.float32), np.zeros((len(ids), WIDTH), np.float32)
    for length in sorted({len(i) for i in ids}):
        rows = [r for r, i in enumerate(ids) if len(i) == length]
        for chunk in (rows[i:i + 256] for i in range(0, len(rows), 256)):
            batch = torch.tensor([ids[r] for r in chunk])
            sentences[chunk] = model(batch).numpy()
            inputs[chunk] = model.words[batch[:, 1:-1]].mean(1).numpy()
    joined = np.concatenate([centered(sentences), 0.7 * centered(inputs)], axis=1)
    joined -= joined.mean(0)
    vectors = joined @ np.linalg.svd(joined[::2], full_matrices=False)[2][:width].T
    vectors /= vectors.std()
    scale = (np.abs(vectors).max(0) / 127).astype(np.float32)
    return words, np.rint(vectors / scale).astype(np.int8), scale


def word_tokenizer(words):
    """Returns WordPiece over lower-cased text without accents: [PAD] is 0, [UNK] is 1, and words follow."""
    tokenizer = Tokenizer(models.WordPiece(
        {w: i for i, w in enumerate(["[PAD]", "[UNK]", *words])}, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.BertNormalizer()])
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer
