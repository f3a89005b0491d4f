"""Turns MS-CLIP's published weights into ONNX: text over ten of Sentinel-2's twelve L2A bands.

    pip install -r ../requirements.txt
    python export.py Llama3_MS_CLIP_weights.pt OUT

The checkpoint is that of ibm-esa-geospatial/Llama3-MS-CLIP-base. Its weights are under the Meta Llama 3 Community License,
which binds whoever uses or passes them on; the code is under Apache-2.0. OUT gets fp32 and fp16, each with image.onnx,
text.onnx, tokenizer.json and model.json. MS-CLIP's own code is not needed: it is open_clip's ViT-B-16 with ten channels.
"""

import argparse
import sys
from pathlib import Path

import open_clip
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from clip_towers import export_towers
from exporting import description

PREFIX = "clip_base_model.model."  # the checkpoint also has the same weights under the names of both towers


def create(architecture, channels):
    """The architecture with a first layer for more channels."""
    model = open_clip.create_model(architecture)
    first = model.visual.conv1
    model.visual.conv1 = torch.nn.Conv2d(
        channels, first.out_channels, kernel_size=first.kernel_size, stride=first.stride, bias=first.bias is not None)
    return model.eval()


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--architecture", default="ViT-B-16", help="its name in open_clip")
    options = parser.parse_args(arguments)

    described = description("msclip")
    channels = len(described["image"]["channels"])
    model = create(options.architecture, channels)
    state = torch.load(options.checkpoint, map_location="cpu", weights_only=True)
    state = {name[len(PREFIX) :]: value for name, value in state.items() if name.startswith(PREFIX)}
    model.load_state_dict(state, strict=True)
    described["dimension"] = open_clip.get_model_config(options.architecture)["embed_dim"]
    assert model.context_length == described["text"]["contextLength"]
    assert model.vocab_size == described["text"]["vocabularySize"]

    export_towers(model, described, options.out, channels)


if __name__ == "__main__":
    main()
