"""Turns DINOv2's published weights into ONNX.

    pip install -r ../requirements.txt
    python export.py WEIGHTS OUT

WEIGHTS is a folder with config.json and model.safetensors of facebook/dinov2-small, -base, -large or -giant; another
checkpoint needs --version, which names it in datasets. OUT gets fp32 and fp16, each with image.onnx and model.json. The
embedding is the mean of all tokens of the last layer, the class token among them.
"""

import argparse
import sys
from pathlib import Path

import torch
from transformers import Dinov2Model

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from exporting import description, export, finish


VERSIONS = {384: "dinov2-small", 768: "dinov2-base", 1024: "dinov2-large", 1536: "dinov2-giant"}  # by hidden size


class MeanOfTokens(torch.nn.Module):
    """With the positions interpolated to the size once, which the model would do for each picture."""

    def __init__(self, model, size):
        super().__init__()
        patch = model.config.patch_size
        embeddings = model.embeddings
        tokens = torch.empty(1, (size // patch) ** 2 + 1, model.config.hidden_size)
        positions = embeddings.interpolate_pos_encoding(tokens, size, size).detach()
        embeddings.position_embeddings = torch.nn.Parameter(positions.clone(), requires_grad=False)
        embeddings.interpolate_pos_encoding = lambda tokens, height, width: embeddings.position_embeddings
        self.model = model

    def forward(self, pixel_values):
        return self.model(pixel_values=pixel_values).last_hidden_state.mean(dim=1)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--version", help="default: that of facebook's checkpoint of this size")
    options = parser.parse_args(arguments)

    model = Dinov2Model.from_pretrained(options.weights, attn_implementation="sdpa").eval()
    described = description("dinov2")
    described["dimension"] = model.config.hidden_size
    described["version"] = options.version or VERSIONS.get(model.config.hidden_size)
    if described["version"] is None:
        raise SystemExit(f"no published checkpoint has hidden size {model.config.hidden_size}; name yours by --version")
    size = described["image"]["size"]
    torch.manual_seed(0)
    examples = torch.randn(3, 3, size, size)
    with torch.no_grad():
        original = model(pixel_values=examples).last_hidden_state.mean(dim=1)
    network = MeanOfTokens(model, size)
    expected = export(network, examples, "pixel_values", options.out, "image.onnx")
    assert torch.allclose(original, torch.from_numpy(expected), atol=1e-4), "positions were not interpolated alike"
    finish(described, options.out)


if __name__ == "__main__":
    main()
