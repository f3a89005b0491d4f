"""Turns SatCLIP's published weights into ONNX.

    pip install -r ../requirements.txt
    python export.py satclip-vit16-l40.ckpt OUT

The checkpoint is that of microsoft/SatCLIP-ViT16-L40. OUT gets fp32 and fp16, each with image.onnx, location.onnx and
model.json. SatCLIP's own code is not needed: the picture tower is timm's ViT-S/16 with 13 channels, the location tower
a few layers of sines. Its input are the spherical harmonics, which Java computes; it stays in float64 in both folders,
as in the original.
"""

import argparse
import sys
from pathlib import Path

import timm
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from exporting import description, export, finish

FIRST_FREQUENCY = 30.0


class Siren(torch.nn.Module):
    """Sine layers and a linear one, in float64."""

    def __init__(self, weights, biases):
        super().__init__()
        self.weights = torch.nn.ParameterList([w.double() for w in weights])
        self.biases = torch.nn.ParameterList([b.double() for b in biases])

    def forward(self, features):
        values = features
        last = len(self.weights) - 1
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases)):
            values = torch.nn.functional.linear(values, weight, bias)
            if layer < last:
                values = torch.sin((FIRST_FREQUENCY if layer == 0 else 1.0) * values)
        return values


def part(state, prefix):
    return {name[len(prefix) :]: value for name, value in state.items() if name.startswith(prefix)}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args(arguments)

    checkpoint = torch.load(options.checkpoint, map_location="cpu", weights_only=False)
    settings, state = checkpoint["hyper_parameters"], checkpoint["state_dict"]
    expected = {"vision_layers": "moco_vit16", "le_type": "sphericalharmonics", "pe_type": "siren"}
    for name, value in expected.items():
        if settings[name] != value:
            raise SystemExit(f"hyper-parameter {name} is {settings[name]}, not {value}: another kind of SatCLIP")

    described = description("satclip")
    described["dimension"] = settings["embed_dim"]
    described["version"] = f"ViT16-L{settings['legendre_polys']}"
    described["location"]["degree"] = settings["legendre_polys"]
    described["location"]["harmonics"] = settings.get("harmonics_calculation", "analytic")
    size = described["image"]["size"]
    channels = len(described["image"]["channels"])

    visual = part(state, "model.visual.")
    width = visual["cls_token"].shape[-1]
    depth = len({name.split(".")[1] for name in visual if name.startswith("blocks.")})
    network = timm.create_model(
        "vit_small_patch16_224",
        in_chans=channels,
        num_classes=settings["embed_dim"],
        embed_dim=width,
        depth=depth,
        num_heads=max(1, width // 64),
    )
    network.load_state_dict(visual, strict=True)
    torch.manual_seed(0)
    export(network, torch.rand(3, channels, size, size), "pixel_values", options.out, "image.onnx")

    location = part(state, "model.location.nnet.")
    layers = [f"layers.{i}." for i in range(settings["num_hidden_layers"])] + ["last_layer."]
    siren = Siren([location[layer + "weight"] for layer in layers], [location[layer + "bias"] for layer in layers])
    features = torch.randn(3, settings["legendre_polys"] ** 2, dtype=torch.float64)
    in_double = {precision: (torch.float64, 0.99999) for precision in ("fp32", "fp16")}
    export(siren, features, "harmonics", options.out, "location.onnx", in_double)
    finish(described, options.out)


if __name__ == "__main__":
    main()
