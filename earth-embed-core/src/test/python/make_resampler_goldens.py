"""Resizes pictures of seeded noise and edges with Pillow and records its answers for ResamplerTest.

    pip install pillow==11.3.0 numpy
    python make_resampler_goldens.py ../resources/io/earthembed/image/resample/resampler

Every golden is one gzip file of little-endian numbers: a header of eight int32 (type 0 = uint8,
1 = uint16, 2 = float32; filter 0 = bilinear, 1 = bicubic, 2 = lanczos; input height, width; output
height, width; bands; 0), the input samples, the output samples.
"""

import gzip
import sys
from pathlib import Path

import numpy as np
from PIL import Image

FILTERS = {
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
# Input height and width, output height and width: down, up, odd ratios, one axis only, single pixels, same size.
SIZES = [
    (61, 47, 24, 24),
    (20, 30, 64, 64),
    (64, 64, 63, 65),
    (33, 40, 33, 11),
    (40, 33, 7, 33),
    (97, 5, 3, 17),
    (1, 1, 5, 4),
    (50, 41, 1, 1),
    (16, 16, 16, 16),
]


def picture(rng, height, width, bands, top):
    """Noise, flat areas and hard edges to the ends of the range, where bicubic and lanczos overshoot."""
    values = rng.integers(0, top + 1, (height, width, bands))
    values[: height // 2, : width // 2] = 0
    values[height // 3 : height // 2, width // 4 :] = top
    return values


def resized(values, mode, size, resample):
    bands = [Image.fromarray(values[..., b], mode).resize(size, resample) for b in range(values.shape[2])]
    return np.stack([np.asarray(band) for band in bands], axis=-1)


def main():
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(20261123)
    for name, resample in FILTERS.items():
        for n, (h, w, oh, ow) in enumerate(SIZES):
            rgb = picture(rng, h, w, 3, 255).astype("<u1")
            out = np.asarray(Image.fromarray(rgb, "RGB").resize((ow, oh), resample))
            save(target / f"u8-{name}-{n}.gz", 0, name, rgb, out)
        h, w, oh, ow = SIZES[0]
        # Within [15000, 50000] no sum leaves the 16 bits, where Pillow wraps.
        dn = (15000 + picture(rng, h, w, 2, 35000)).astype("<u2")
        save(target / f"u16-{name}.gz", 1, name, dn, resized(dn, "I;16", (ow, oh), resample))
        real = (picture(rng, h, w, 2, 10**6) / 7e4 - 3).astype("<f4")
        save(target / f"f32-{name}.gz", 2, name, real, resized(real, "F", (ow, oh), resample))


def save(path, kind, name, before, after):
    header = [kind, list(FILTERS).index(name), *before.shape[:2], *after.shape[:2], before.shape[2], 0]
    assert before.dtype == after.dtype, (before.dtype, after.dtype)
    data = np.asarray(header, "<i4").tobytes() + before.tobytes() + after.tobytes()
    path.write_bytes(gzip.compress(data, 9, mtime=0))


if __name__ == "__main__":
    main()
