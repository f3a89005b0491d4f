"""Trains the tower of texts towards an image tower, and writes it. See README.md.

Usage: python train_text.py PATCHES LANDSCAPES MINILM RESOURCES; RESOURCES has image.onnx and gets text.onnx and
tokenizer.json.
"""

import copy
import re
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch
import torch.nn.functional as F

from captions import CONCEPTS, THING, USE, corpus
from data import SEED, load
from export import export
from minilm import word_tokenizer, word_vectors
from model import CONTEXT, PAD, TextTower
from train import MEAN, STD, encode

WIDTH, STEPS, BATCH = 184, 800, 256


def embed(image, pictures):
    """Returns the embeddings of uint8 pictures [n, 64, 64, 3] by the exported image tower."""
    chunks = []
    for i in range(0, len(pictures), 256):
        x = (pictures[i:i + 256] / 255 - np.array(MEAN)) / np.array(STD)
        chunks.append(image.run(None, {"pixel_values": x.transpose(0, 3, 1, 2).astype(np.float32)})[0])
    return np.concatenate(chunks)


def targets(embedded, labels):
    """Returns a unit vector for each concept: the mean of its pictures, less part of what all concepts share."""
    embedded = torch.from_numpy(embedded)
    means = torch.stack([F.normalize(embedded[labels == c].mean(0), dim=0) for c in range(len(CONCEPTS))])
    return F.normalize(means - 0.6 * means.mean(0), dim=1)


def train(tower, tokenizer, rows, steps=STEPS):
    """Trains the readers to name the concepts of captions; returns the mean of the weights over steps."""
    ids = encode(tokenizer, [text for text, _, _ in rows])
    lengths = (ids > PAD).sum(1)
    shares = sum(F.one_hot(torch.tensor([row[k] for row in rows]), len(CONCEPTS)) / 2 for k in (1, 2))
    optimizer = torch.optim.AdamW(tower.parameters(), 1e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, steps)
    average, start = copy.deepcopy(tower), time.time()
    tower.train()
    for step in range(steps):
        batch = torch.randint(len(rows), (BATCH,))
        logits = tower.logits(ids[batch, :max(1, int(lengths[batch].max()))])
        loss = sum(F.cross_entropy(each, shares[batch], label_smoothing=0.02) for each in logits)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        with torch.no_grad():
            for kept, now in zip(average.parameters(), tower.parameters()):
                kept.lerp_(now, 0.02)
        if step % 100 == 99:
            print(f"text step {step + 1}/{steps} loss {loss.item():.4f} {time.time() - start:.0f} s", flush=True)
    return average.eval()


def main():
    patches, landscapes, minilm, resources = map(Path, sys.argv[1:5])
    torch.manual_seed(SEED)
    pictures, labels, _ = load(patches, landscapes)["train"]
    concepts = targets(embed(onnxruntime.InferenceSession(str(resources / "image.onnx")), pictures), labels)
    rows = corpus(500, 5000, SEED)
    phrases = [p for c in CONCEPTS for p in THING[c] + [" ".join(u) for u in USE[c]]]
    words, vectors, scale = word_vectors(minilm, {w for p in phrases for w in re.findall("[a-z]+", p.lower())}, WIDTH)
    tokenizer = word_tokenizer(words)
    absent = np.zeros((2, WIDTH), np.int8)
    tower = TextTower(torch.from_numpy(np.concatenate([absent, vectors])), torch.from_numpy(scale),
                      concepts)
    tower = train(tower, tokenizer, rows)
    tokenizer.save(str(resources / "tokenizer.json"), pretty=False)
    ids = torch.zeros(2, CONTEXT, dtype=torch.int64)
    ids[0] = encode(tokenizer, ["a satellite image of a river"])[0]
    export(tower, ids, "input_ids", resources / "text.onnx")


if __name__ == "__main__":
    main()
