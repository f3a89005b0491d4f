"""Turns Clay v1.5's published weights into ONNX.

    pip install -r ../requirements.txt
    git clone https://github.com/Clay-foundation/model
    python export.py model clay-v1.5.ckpt OUT

The checkpoint is v1.5/clay-v1.5.ckpt of made-with-clay/Clay. OUT gets fp32 and fp16, each with image.onnx and
model.json. The embedding is the class token. The network takes the time and the place of each picture; zeros stand for
an unknown one. The model's encodings of the wavelengths and of a pixel's ground size are equal for all pictures, and so
become constants.
"""

import argparse
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from exporting import description, export, finish

WAVELENGTHS = [0.493, 0.56, 0.665, 0.704, 0.74, 0.783, 0.842, 0.865, 1.61, 2.19]  # micrometres, of ten bands
METERS = 10.0


class ClassToken(torch.nn.Module):
    """Clay's encoder for one sensor."""

    def __init__(self, encoder, size):
        super().__init__()
        embedding = encoder.patch_embedding
        self.patch = embedding.patch_size
        kernels = []
        original = torch.nn.functional.conv2d

        def watch(pixels, weight, bias=None, **options):
            kernels.append((weight.detach().clone(), bias.detach().clone()))
            return original(pixels, weight, bias=bias, **options)

        torch.nn.functional.conv2d = watch  # the kernel is made within
        try:
            embedding(torch.zeros(1, len(WAVELENGTHS), size, size), torch.tensor(WAVELENGTHS))
        finally:
            torch.nn.functional.conv2d = original
        ((weight, bias),) = kernels
        zeros = torch.zeros(1, 4)
        tokens = torch.zeros(1, (size // self.patch) ** 2, encoder.dim)
        positions = encoder.add_encodings(tokens, zeros, zeros, torch.tensor([METERS])).detach()
        self.weight = torch.nn.Parameter(weight, requires_grad=False)
        self.bias = torch.nn.Parameter(bias, requires_grad=False)
        self.positions = torch.nn.Parameter(positions, requires_grad=False)
        self.cls_token = encoder.cls_token
        self.transformer = encoder.transformer

    def forward(self, pixels, time, latlon):
        tokens = torch.nn.functional.conv2d(pixels, self.weight, self.bias, stride=self.patch)
        # The last eight components of a position are those of time and place.
        metadata = torch.nn.functional.pad(torch.cat((time, latlon), dim=1), (self.positions.shape[-1] - 8, 0))
        tokens = tokens.flatten(2).transpose(1, 2) + self.positions + metadata[:, None].to(tokens.dtype)
        first = self.cls_token.expand(tokens.shape[0], -1, -1)
        return self.transformer(torch.cat((first, tokens), dim=1))[:, 0]


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="the clone")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args(arguments)
    sys.path.insert(0, str(options.source.resolve()))
    from claymodel.finetune.embedder.factory import EmbeddingEncoder

    described = description("clay")
    size = described["image"]["size"]
    state = torch.load(options.checkpoint, map_location="cpu", weights_only=False)["state_dict"]
    prefix = "model.encoder."
    state = {name[len(prefix) :]: value for name, value in state.items() if name.startswith(prefix)}
    dim = state["cls_token"].shape[-1]
    depth = len({name.split(".")[2] for name in state if name.startswith("transformer.layers.")})
    encoder = EmbeddingEncoder(
        img_size=size, patch_size=8, dim=dim, depth=depth, heads=dim // 64, dim_head=64, mlp_ratio=4.0)
    encoder.load_state_dict(state, strict=True)
    encoder.eval()
    described["dimension"] = dim

    torch.manual_seed(0)
    examples = torch.randn(3, len(WAVELENGTHS), size, size)
    time, latlon = torch.randn(3, 4), torch.randn(3, 4)
    time[0] = latlon[1] = 0
    with torch.no_grad():
        original = encoder({"pixels": examples, "time": time, "latlon": latlon, "gsd": torch.tensor([METERS]),
                            "waves": torch.tensor(WAVELENGTHS)})
    with torch.no_grad():
        network = ClassToken(encoder, size)
    expected = export(network, examples, "pixel_values", options.out, "image.onnx", time=time, latlon=latlon)
    assert torch.allclose(original, torch.from_numpy(expected), atol=1e-3, rtol=1e-3), "the constants are not Clay's"
    finish(described, options.out)


if __name__ == "__main__":
    main()
