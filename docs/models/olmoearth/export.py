"""Turns OlmoEarth's published weights into ONNX.

    pip install -r ../requirements.txt olmoearth-pretrain-minimal==0.1.5
    python export.py VERSION WEIGHTS OUT

VERSION is the name of the weights on Hugging Face's hub: OlmoEarth-v1-Nano, -Tiny, -Base, -Large, or OlmoEarth-v1_2-Nano,
-Tiny, -Small, -Base. WEIGHTS is a folder with config.json and weights.pth of allenai/VERSION. OUT gets fp32 and fp16, each
with image.onnx and model.json. The embedding is the mean of all tokens of one Sentinel-2 picture in patches of eight
pixels. The network takes the date of each picture, and the metres on the ground of one pixel of its input.
"""

import argparse
import sys
from pathlib import Path

import torch
from olmoearth_pretrain_minimal import load_model_from_path
from olmoearth_pretrain_minimal.olmoearth_pretrain_v1.nn.encodings import get_1d_sincos_pos_encoding
from olmoearth_pretrain_minimal.olmoearth_pretrain_v1.nn.flexi_vit import PoolingType
from olmoearth_pretrain_minimal.olmoearth_pretrain_v1.utils.datatypes import MaskedOlmoEarthSample

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from exporting import description, export, finish

MODALITY = "sentinel2_l2a"
PATCH = 8
VERSIONS = {"v1": ["Nano", "Tiny", "Base", "Large"], "v1_2": ["Nano", "Tiny", "Small", "Base"]}
NAMES = [f"OlmoEarth-{release}-{size}" for release, sizes in VERSIONS.items() for size in sizes]


def encode(encoder, pixels, dates, meters):
    """Its tokens of pictures n x 12 x h x w, one time step, nothing masked.

    dates: n x 3, the day from 1, the month from 0 and the year. meters: of one pixel, a number for all pictures.
    """
    count, _, height, width = pixels.shape
    band_sets = encoder.patch_embeddings.tokenization_config.get_num_bandsets(MODALITY)
    sample = MaskedOlmoEarthSample(
        timestamps=dates[:, None],
        sentinel2_l2a=pixels.permute(0, 2, 3, 1).unsqueeze(3),
        sentinel2_l2a_mask=torch.zeros(count, height, width, 1, band_sets, dtype=torch.long),
    )
    return encoder(sample, patch_size=PATCH, input_res=meters, fast_pass=True)["tokens_and_masks"]


def embed(encoder, pixels, dates, meters):
    """The embeddings by the original, one by one: it takes one resolution for all pictures of a call."""
    return torch.cat([
        encode(encoder, pixels[i : i + 1], dates[i : i + 1], float(meters[i])).pool_unmasked_tokens(
            pooling_type=PoolingType.MEAN)
        for i in range(len(pixels))
    ])


def rotary_positions(modality_name, modality, tokens, gsd_ratio, days_per_timestep):
    """Days, row and column of each token, n x h x w x t x band sets x 3, for a ratio of each picture."""
    shape = tokens.shape[:-1]
    scale = gsd_ratio.view(-1, 1, 1, 1, 1)
    days = days_per_timestep.view(-1, 1, 1, 1, 1)  # one time step
    rows = torch.arange(shape[1], dtype=torch.float32).view(1, -1, 1, 1, 1) * scale
    columns = torch.arange(shape[2], dtype=torch.float32).view(1, 1, -1, 1, 1) * scale
    return torch.stack([values.expand(shape) for values in (days, rows, columns)], dim=-1)


class Encodings(torch.nn.Module):
    """What the encoder adds to its tokens n x h x w x 1 x band sets x d: a quarter each for bands, step, month, place."""

    def __init__(self, original, size, absolute):
        super().__init__()
        self.side = size // PATCH
        self.absolute = absolute
        self.index = torch.arange(self.side).float()  # stays in float32, as do frequencies
        self.bands = original.per_modality_channel_embeddings[MODALITY]
        self.months = original.month_embed
        quarter = self.bands.shape[-1]
        eighth = quarter // 2  # of a token, for rows and for columns
        self.frequencies = 10000 ** -(torch.arange(eighth // 2) / eighth / 2.0)
        self.step = torch.nn.Parameter(
            get_1d_sincos_pos_encoding(torch.zeros(1), quarter).float() if absolute else torch.zeros(1, quarter),
            requires_grad=False)

    def forward(self, tokens, dates, patch_size, meters):
        tokens = tokens[MODALITY]
        shape = (*tokens.shape[:-1], self.bands.shape[-1])
        months = self.months(dates[:, 0, 1])[:, None, None, None, None]
        if self.absolute:
            angles = (self.index * (meters * patch_size / 10)[:, None])[..., None] * self.frequencies
            axis = torch.cat((torch.sin(angles), torch.cos(angles)), dim=-1)  # n x side x eighth
            columns, rows = axis[:, None].expand(-1, self.side, -1, -1), axis[:, :, None].expand(-1, -1, self.side, -1)
            place = torch.cat((columns, rows), dim=-1)[:, :, :, None, None]
        else:
            place = torch.zeros(1, 1, 1, 1, 1, shape[-1])
        parts = [self.bands, self.step, months, place]
        return {MODALITY: tokens + torch.cat([part.expand(shape).to(tokens.dtype) for part in parts], dim=-1)}


class MeanOfTokens(torch.nn.Module):
    """The encoder with a resolution of each picture."""

    def __init__(self, encoder, size):
        super().__init__()
        absolute = encoder.position_encoding == "absolute"
        assert absolute or encoder.position_encoding == "rope_3d_mixed", encoder.position_encoding
        encoder.composite_encodings = Encodings(encoder.composite_encodings, size, absolute)
        encoder._build_3d_rope_positions_for_modality = rotary_positions
        self.encoder = encoder

    def forward(self, pixels, dates, meters):
        return encode(self.encoder, pixels, dates, meters).sentinel2_l2a.flatten(1, -2).mean(dim=1)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version", choices=NAMES)
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args(arguments)

    encoder = load_model_from_path(options.weights).encoder.eval()
    rotary = "rope" in encoder.position_encoding
    if rotary != ("v1_2" in options.version):
        raise SystemExit(f"{options.weights} has positions of kind {encoder.position_encoding}: not {options.version}")
    described = description("olmoearth")
    described.update(version=options.version, dimension=encoder.embedding_size)
    size = described["image"]["size"]
    torch.manual_seed(0)
    examples = torch.rand(3, len(described["image"]["channels"]), size, size)
    dates = torch.tensor([[1, 6, 2020], [29, 1, 2024], [31, 11, 2017]])
    meters = torch.tensor([10.0, 30.0, 7.5])
    with torch.no_grad():
        original = embed(encoder, examples, dates, meters)
    expected = export(MeanOfTokens(encoder, size), examples, "pixel_values", options.out, "image.onnx", timestamp=dates,
                      resolution=meters)
    assert torch.allclose(original, torch.from_numpy(expected), atol=1e-3, rtol=1e-3), "resolutions of each picture differ"
    finish(described, options.out)


if __name__ == "__main__":
    main()
