"""Measures the exported towers through ONNX Runtime on the validation and test splits.

Usage: python evaluate.py PATCHES LANDSCAPES RESOURCES OUT_JSON; see README.md.

Text to image: for each of the ten EuroSAT classes, average precision of the patches ranked by their similarity to a
query; the mean over classes, and over the wordings of a class. Image to image: precision@5 of a split's patches among
themselves, the query left out.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from concepts import EUROSAT, HELD_OUT, HELD_OUT_TEMPLATES, PHRASES
from data import CONCEPTS, load
from train import MEAN, STD, encode


def average_precision(scores, relevant):
    hits = relevant[np.argsort(-scores, kind="stable")]
    return float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean())


def main():
    patches, landscapes, resources, out = map(Path, sys.argv[1:5])
    image, text = (onnxruntime.InferenceSession(str(resources / f"{n}.onnx")) for n in ("image", "text"))
    tokenizer = Tokenizer.from_file(str(resources / "tokenizer.json"))
    classes = sorted(set(EUROSAT.values()))

    def embed_texts(texts):
        return text.run(None, {"input_ids": encode(tokenizer, texts).numpy()})[0]

    wordings = {
        "a satellite image of a {first word}": lambda c: [f"a satellite image of a {PHRASES[c][0]}"],
        "words seen in training": lambda c: [f"a satellite image of {p}" for p in PHRASES[c][:-HELD_OUT]],
        "words held out of training": lambda c: [
            t.format(p) for p in PHRASES[c][-HELD_OUT:] for t in HELD_OUT_TEMPLATES],
    }
    report = {}
    data = load(patches, landscapes)
    for name in ("val", "test"):
        pictures, labels, real = data[name]
        pictures, labels = pictures[real], labels[real]
        x = ((pictures / 255 - np.array(MEAN)) / np.array(STD)).transpose(0, 3, 1, 2).astype(np.float32)
        embedded = np.concatenate([image.run(None, {"pixel_values": x[i:i + 256]})[0] for i in range(0, len(x), 256)])
        result = {"patches": len(labels), "text_to_image_map": {}, "average_precision": {}}
        for wording, of in wordings.items():
            each = {c: np.mean([average_precision(embedded @ q, labels == CONCEPTS.index(c))
                                for q in embed_texts(of(c))]) for c in classes}
            result["text_to_image_map"][wording] = round(float(np.mean(list(each.values()))), 4)
            result["average_precision"][wording] = {c: round(float(v), 4) for c, v in each.items()}
        similar = embedded @ embedded.T
        np.fill_diagonal(similar, -2)
        nearest = np.argsort(-similar, axis=1, kind="stable")[:, :5]
        result["image_to_image_precision_at_5"] = round(float((labels[nearest] == labels[:, None]).mean()), 4)
        report[name] = result
    out.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
