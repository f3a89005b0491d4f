"""Turns OlmoEarth's published weights into ONNX.

    pip install -r ../requirements.txt olmoearth-pretrain-minimal==0.1.5
    python export.py WEIGHTS OUT

WEIGHTS is a folder with config.json and weights.pth of allenai/OlmoEarth-v1-Base. OUT gets fp32 and fp16, each with
image.onnx and model.json. The embedding is the mean of all tokens of one Sentinel-2 picture at 10 m a pixel, in patches
of eight pixels, in July. Position and time of a token are equal for all pictures, and so become constants.
"""

import argparse
import sys
from pathlib import Path

import torch
from olmoearth_pretrain_minimal import load_model_from_path
from olmoearth_pretrain_minimal.olmoearth_pretrain_v1.nn.flexi_vit import PoolingType
from olmoearth_pretrain_minimal.olmoearth_pretrain_v1.utils.datatypes import MaskedOlmoEarthSample

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from exporting import description, export, finish

MODALITY = "sentinel2_l2a"
BAND_SETS = 3
PATCH = 8
METERS = 10
JULY = 6


def encode(encoder, pixels):
    """Its tokens of pictures n x 12 x h x w, one time step, nothing masked."""
    count, _, height, width = pixels.shape
    dates = torch.tensor([0, JULY, 0]).expand(count, 1, 3)
    sample = MaskedOlmoEarthSample(
        timestamps=dates,
        sentinel2_l2a=pixels.permute(0, 2, 3, 1).unsqueeze(3),
        sentinel2_l2a_mask=torch.zeros(count, height, width, 1, BAND_SETS, dtype=torch.long),
    )
    return encoder(sample, patch_size=PATCH, input_res=METERS, fast_pass=True)["tokens_and_masks"]


class MeanOfTokens(torch.nn.Module):
    """The encoder with its encodings of place and time as constants."""

    def __init__(self, encoder, size):
        super().__init__()
        side = size // PATCH
        tokens = torch.zeros(1, side, side, 1, BAND_SETS, encoder.embedding_size)
        dates = torch.tensor([[[0, JULY, 0]]])
        constants = encoder.composite_encodings({MODALITY: tokens}, dates, PATCH, METERS)[MODALITY]
        self.constants = torch.nn.Parameter(constants.float(), requires_grad=False)
        encoder.composite_encodings.forward = lambda tokens, *_, **__: {MODALITY: tokens[MODALITY] + self.constants}
        self.encoder = encoder

    def forward(self, pixels):
        return encode(self.encoder, pixels).sentinel2_l2a.flatten(1, -2).mean(dim=1)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args(arguments)

    encoder = load_model_from_path(options.weights).encoder.eval()
    described = description("olmoearth")
    described["dimension"] = encoder.embedding_size
    size = described["image"]["size"]
    torch.manual_seed(0)
    examples = torch.rand(3, len(described["image"]["channels"]), size, size)
    with torch.no_grad():
        original = encode(encoder, examples).pool_unmasked_tokens(pooling_type=PoolingType.MEAN)
        network = MeanOfTokens(encoder, size)
    expected = export(network, examples, "pixel_values", options.out, "image.onnx")
    assert torch.allclose(original, torch.from_numpy(expected), atol=1e-3, rtol=1e-3), "the constants are not its own"
    finish(described, options.out)


if __name__ == "__main__":
    main()
