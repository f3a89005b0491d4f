"""Writes the trained towers of pictures and places as ONNX.

Usage: python export.py PATCHES LANDSCAPES TRAINED RESOURCES; see README.md.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

from data import load
from model import ImageTower, LocationTower
from train import augment, harmonics, normalize


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


def main():
    patches, landscapes, trained, resources = map(Path, sys.argv[1:5])
    resources.mkdir(parents=True, exist_ok=True)
    saved = torch.load(trained / "towers.pt", weights_only=True)
    image, location = ImageTower(), LocationTower().eval()
    image.load_state_dict(saved["image"])
    location.load_state_dict(saved["location"])
    pictures = load(patches, landscapes)["train"][0]
    calibrate(image, pictures[np.random.default_rng(0).permutation(len(pictures))])
    pixels = normalize(torch.from_numpy(pictures[:3]).permute(0, 3, 1, 2).float() / 255).contiguous()
    export(image, pixels, "pixel_values", resources / "image.onnx")
    places = torch.from_numpy(harmonics(np.array([-3.1, 23.0]), np.array([-60.0, 10.0])))
    export(location, places, "harmonics", resources / "location.onnx")


if __name__ == "__main__":
    main()
