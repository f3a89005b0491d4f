"""The three towers. Each returns L2-normalised embeddings of DIMENSION."""

import torch
import torch.nn as nn
import torch.nn.functional as F

DIMENSION = 128
CONTEXT = 32
PAD = 0
UNKNOWN = 1
DEGREE = 10


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride=1):
        super().__init__()
        self.a = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.an = nn.BatchNorm2d(outputs)
        self.b = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn = nn.BatchNorm2d(outputs)
        self.skip = None
        if stride != 1 or inputs != outputs:
            self.skip = nn.Sequential(
                nn.AvgPool2d(stride), nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn(self.b(F.relu(self.an(self.a(x)))))
        return F.relu(y + (x if self.skip is None else self.skip(x)))


class ImageTower(nn.Module):
    """[n, 3, 64, 64], (rgb / 255 - mean) / std."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU())
        self.blocks = nn.Sequential(
            Block(32, 32), Block(32, 64, 2), Block(64, 128, 2), Block(128, 128), Block(128, 192, 2))
        self.out = nn.Linear(384, DIMENSION)

    def forward(self, x):
        x = self.blocks(self.stem(x))
        pooled = torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1)
        return F.normalize(self.out(pooled), dim=1)


class Attention(nn.Module):
    def __init__(self, width, heads=4):
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 3 * width), nn.GELU(), nn.Linear(3 * width, width))

    def forward(self, x, bias):
        n, length, width = x.shape
        q, k, v = self.qkv(self.norm(x)).view(n, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-1, -2) * (width // self.heads) ** -0.5 + bias
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(n, length, width)
        x = x + self.out(mixed)
        return x + self.mlp(self.norm2(x))


class CaptionTower(nn.Module):
    """[n, CONTEXT] token ids, padded with PAD. Trains the image tower, and is not exported."""

    def __init__(self, vocabulary, width=128, layers=2):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Parameter(torch.randn(CONTEXT, width) * 0.02)
        self.layers = nn.ModuleList([Attention(width) for _ in range(layers)])
        self.out = nn.Linear(width, DIMENSION)

    def forward(self, ids):
        mask = (ids != PAD).float()
        bias = (mask - 1)[:, None, None, :] * 1e4
        x = self.tokens(ids) + self.positions
        for layer in self.layers:
            x = layer(x, bias)
        pooled = (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True).clamp(min=1)
        return F.normalize(self.out(pooled), dim=1)


class Reader(nn.Module):
    """Vectors of words [n, tokens, width] and their mask [n, tokens] -> a logit for each concept.

    The weighted mean of the words passes through two linear layers. With attention, words change each other's meaning
    before that ("no trees"); without, their order does not count.
    """

    def __init__(self, width, concepts, attention, inner=96, heads=4, hidden=256, drop=0.3):
        super().__init__()
        self.heads, self.attention = heads, attention
        if attention:
            self.positions = nn.Parameter(torch.randn(CONTEXT, width) * 0.02)
            self.norm = nn.LayerNorm(width)
            self.qkv = nn.Linear(width, 3 * inner)
            self.mix = nn.Linear(inner, width)
            nn.init.zeros_(self.mix.weight)
        self.weight = nn.Linear(width, 1)
        nn.init.zeros_(self.weight.weight)
        self.even = nn.LayerNorm(width, elementwise_affine=False)
        self.drop = nn.Dropout(drop)
        self.hidden = nn.Linear(width, hidden)
        self.out = nn.Linear(hidden, concepts)

    def forward(self, x, mask):
        absent = (mask - 1) * 1e4
        if self.attention:
            n, length, _ = x.shape
            qkv = self.qkv(self.norm(x) + self.positions[:length])
            q, k, v = qkv.view(n, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4).unbind(0)
            scores = q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5 + absent[:, None, None, :]
            mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(n, length, -1)
            x = x + self.mix(self.drop(mixed))
        weights = (self.weight(x)[:, :, 0] + absent).softmax(1) * mask
        pooled = (x * weights[:, :, None]).sum(1)
        return self.out(self.drop(F.gelu(self.hidden(self.drop(self.even(pooled))))))


class TextTower(nn.Module):
    """[n, CONTEXT] token ids; PAD and UNKNOWN count as absent.

    Readers give the share of each concept in a text; its embedding is the sum of the concepts' vectors by these shares.
    The vectors of words are not trained: int8, with a scale for each column.
    """

    def __init__(self, words, scale, concepts):
        super().__init__()
        self.register_buffer("words", words)
        self.register_buffer("scale", scale)
        self.register_buffer("concepts", concepts)
        self.readers = nn.ModuleList(
            [Reader(words.shape[1], len(concepts), attention) for attention in (True, True, False)])

    def logits(self, ids):
        """Returns each reader's logits [readers, n, concepts]."""
        mask = (ids > UNKNOWN).float()
        if self.training:  # words are left out, but never all
            kept = mask * (torch.rand(mask.shape) > 0.1)
            mask = torch.where(kept.sum(1, keepdim=True) > 0, kept, mask)
        x = self.words[ids].float() * self.scale
        return torch.stack([reader(x, mask) for reader in self.readers])

    def forward(self, ids):
        # Softened, so that a text about two concepts keeps the lesser one.
        shares = (self.logits(ids).mean(0) / 1.5).softmax(1)
        return F.normalize(shares @ self.concepts, dim=1)


class LocationTower(nn.Module):
    """[n, DEGREE ** 2] real spherical harmonics -> SIREN, as SatCLIP's location encoder is built."""

    def __init__(self, width=128):
        super().__init__()
        self.first = nn.Linear(DEGREE ** 2, width)
        self.second = nn.Linear(width, width)
        self.last = nn.Linear(width, DIMENSION)
        nn.init.uniform_(self.first.weight, -1 / DEGREE ** 2, 1 / DEGREE ** 2)
        nn.init.uniform_(self.second.weight, -(6 / width) ** 0.5, (6 / width) ** 0.5)

    def forward(self, harmonics):
        x = torch.sin(30 * self.first(harmonics))
        return F.normalize(self.last(torch.sin(self.second(x))), dim=1)
