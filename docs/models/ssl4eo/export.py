"""Turns SSL4EO-S12's published ResNet-50 into ONNX.

    pip install -r ../requirements.txt
    python export.py CHECKPOINT OUT

The checkpoint is the one that torchgeo's ResNet50_Weights.SENTINEL2_ALL_DINO names, with which Major TOM made its sets
Core-S2L1C-SSL4EO: a state_dict of timm's resnet50 with 13 channels. OUT gets fp32 and fp16, each with image.onnx and
model.json. The embedding is the mean of the last layer's features.

Those sets are of Sentinel-2 L1C and its band B10. Rasters of twelve L2A bands lack it, and their other bands are corrected
for the atmosphere: embeddings of them are near to those sets', but not equal.
"""

import argparse
import sys
from pathlib import Path

import timm
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from exporting import description, export, finish


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--architecture", default="resnet50", help="its name in timm")
    options = parser.parse_args(arguments)

    described = description("ssl4eo")
    channels, size = len(described["image"]["channels"]), described["image"]["size"]
    model = timm.create_model(options.architecture, in_chans=channels, num_classes=0)
    state = torch.load(options.checkpoint, map_location="cpu", weights_only=True)
    missing, unexpected = model.load_state_dict(state, strict=False)
    if missing or not all(name.startswith("fc.") for name in unexpected):
        raise SystemExit(f"{options.checkpoint} is not this network: it lacks {missing} and has {unexpected}")
    described["dimension"] = model.num_features

    torch.manual_seed(0)
    export(model, torch.rand(3, channels, size, size), "pixel_values", options.out, "image.onnx")
    finish(described, options.out)


if __name__ == "__main__":
    main()
