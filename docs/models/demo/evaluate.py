"""Measures the exported towers through ONNX Runtime on the validation and test splits.

Usage: python evaluate.py PATCHES LANDSCAPES RESOURCES OUT_JSON; see README.md.

Text to image: for each of the ten EuroSAT classes, average precision of the patches ranked by their similarity to a
query; the mean over classes, and over the wordings of a class. Image to image: precision@5 of a split's patches among
themselves, the query left out. Combinations: average precision of pictures that are half one class and half another
(16 of each pair of classes) among all such pictures and the patches of the split.
"""

import itertools
import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

import heldout
from concepts import EUROSAT, HELD_OUT, PHRASES
from data import CONCEPTS, SEED, load
from train import encode
from train_text import embed

CLASSES = sorted(set(EUROSAT.values()))
WORDINGS = {
    "a satellite image of a {first word}": {c: [f"a satellite image of a {PHRASES[c][0]}"] for c in CLASSES},
    "words seen in training": {c: [f"a satellite image of {p}" for p in PHRASES[c][:-HELD_OUT]] for c in CLASSES},
    "words held out of training": {
        c: [t.format(p) for p in heldout.WORDS[c] for t in heldout.TEMPLATES] for c in CLASSES},
    "paraphrases held out of training": {c: heldout.PARAPHRASES[c] for c in CLASSES},
    "second set of paraphrases held out of training": {c: heldout.UNTUNED[c] for c in CLASSES},
}


def average_precision(scores, relevant):
    hits = relevant[np.argsort(-scores, kind="stable")]
    return float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean())


def halves(pictures, labels, each=16):
    """Returns pictures of two classes, cut across or down near the middle, and their pairs of labels."""
    rng, joined, pairs = np.random.default_rng(SEED), [], []
    for a, b in itertools.combinations(sorted(set(labels.tolist())), 2):
        for number in range(each):
            picture = pictures[rng.choice(np.flatnonzero(labels == a))].copy()
            other = pictures[rng.choice(np.flatnonzero(labels == b))]
            cut = rng.integers(24, 41)
            if number % 2:
                picture[:, cut:] = other[:, cut:]
            else:
                picture[cut:] = other[cut:]
            joined.append(picture)
            pairs.append((a, b))
    return np.stack(joined), pairs


def main():
    patches, landscapes, resources, out = map(Path, sys.argv[1:5])
    image, text = (onnxruntime.InferenceSession(str(resources / f"{n}.onnx")) for n in ("image", "text"))
    tokenizer = Tokenizer.from_file(str(resources / "tokenizer.json"))

    def embed_texts(texts):
        return text.run(None, {"input_ids": encode(tokenizer, texts).numpy()})[0]

    report = {}
    data = load(patches, landscapes)
    for name in ("val", "test"):
        pictures, labels, real = data[name]
        pictures, labels = pictures[real], labels[real]
        embedded = embed(image, pictures)
        result = {"patches": len(labels), "text_to_image_map": {}, "worst_wordings": {}, "average_precision": {}}
        for wording, of in WORDINGS.items():
            found = [(average_precision(embedded @ q, labels == CONCEPTS.index(c)), c, t)
                     for c in CLASSES for t, q in zip(of[c], embed_texts(of[c]))]
            each = {c: np.mean([p for p, k, _ in found if k == c]) for c in CLASSES}
            result["text_to_image_map"][wording] = round(float(np.mean(list(each.values()))), 4)
            result["worst_wordings"][wording] = {t: round(p, 4) for p, _, t in sorted(found)[:8]}
            result["average_precision"][wording] = {c: round(float(v), 4) for c, v in each.items()}
        joined, pairs = halves(pictures, labels)
        both = np.concatenate([embed(image, joined), embedded])
        combined = {}
        for query, concepts in heldout.COMBINATIONS.items():
            wanted = tuple(sorted(CONCEPTS.index(c) for c in concepts))
            relevant = np.array([p == wanted for p in pairs] + [False] * len(labels))
            combined[query] = round(average_precision(both @ embed_texts([query])[0], relevant), 4)
        result["combinations_map"] = round(float(np.mean(list(combined.values()))), 4)
        result["combinations"] = combined
        similar = embedded @ embedded.T
        np.fill_diagonal(similar, -2)
        nearest = np.argsort(-similar, axis=1, kind="stable")[:, :5]
        result["image_to_image_precision_at_5"] = round(float((labels[nearest] == labels[:, None]).mean()), 4)
        report[name] = result
    out.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
