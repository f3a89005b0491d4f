"""Makes the pictures of src/test/resources/io/earthembed/image/codec/pictures, and what Pillow 13 reads of them.

Run in earth-embed-core with Pillow of earth-embed-testkit/python/requirements.txt. expected.txt has a line
for each file: its name, width, height, and the bytes of convert("RGB") in hexadecimal.
"""

import io
import random
import struct
import sys
import zlib
from pathlib import Path

from PIL import Image

sys.path.insert(0, "../earth-embed-testkit/src/test/python")
import pictures as made  # noqa: E402

folder = Path("src/test/resources/io/earthembed/image/codec/pictures")
expected = []


def keep(name, file):
    (folder / name).write_bytes(file)
    image = Image.open(io.BytesIO(file)).convert("RGB")
    expected.append(f"{name} {image.width} {image.height} {image.tobytes().hex()}\n")


def first(maker, words, seed=0):
    """The first file of a maker whose description has these words."""
    while True:
        what, file, refused = maker(random.Random(seed))
        if not refused and len(file) < 4000 and all(word in what for word in words):
            return file
        seed += 1


def ramp(mode, width=7, height=5):
    size = width * height * len(Image.new(mode, (1, 1)).getbands())
    return Image.frombytes(mode, (width, height), bytes(i * 37 % 256 for i in range(size)))


def png(width, height, depth, color, raw, before=b""):
    head = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + made.chunk(b"IHDR", head) + before
            + made.chunk(b"IDAT", zlib.compress(raw)) + made.chunk(b"IEND", b""))


def saved(image, kind, **options):
    return made.saved(image, kind, options)[1]


for depth in (1, 2, 4, 8):
    keep(f"grey-{depth}.png", first(made.built_png, [f"colour 0 depth {depth} interlaced False"]))
    keep(f"palette-{depth}-interlaced.png", first(made.built_png, [f"colour 3 depth {depth} interlaced True"]))
for color, name in ((2, "rgb"), (4, "grey-alpha"), (6, "rgba")):
    for depth in (8, 16):
        keep(f"{name}-{depth}-interlaced.png", first(made.built_png, [f"colour {color} depth {depth} interlaced True"]))
gamma = made.chunk(b"gAMA", struct.pack(">I", 100000))
profile = made.chunk(b"iCCP", b"wide\0\0" + zlib.compress(made.WIDE))
keep("profile.png", png(4, 1, 8, 2, b"\0" + bytes([200, 30, 10, 10, 200, 30, 30, 10, 200, 90, 90, 90]), profile))
keep("gamma.png", png(4, 1, 8, 2, b"\0" + bytes([200, 30, 10, 10, 200, 30, 30, 10, 200, 90, 90, 90]), gamma))
keep("transparent-palette.png", saved(ramp("RGB").quantize(9), "PNG", transparency=bytes([0, 90, 255])))

keep("profile.jpg", saved(ramp("RGB"), "JPEG", quality=90, subsampling=0, icc_profile=made.WIDE))
keep("progressive-420.jpg", saved(ramp("RGB", 19, 17), "JPEG", progressive=True, subsampling=2))
keep("grey-profile.jpg", saved(ramp("L"), "JPEG", icc_profile=made.WIDE))
exif = Image.Exif()
exif[0x0112] = 6
keep("turned.jpg", saved(ramp("RGB"), "JPEG", exif=exif.tobytes()))
keep("inks.jpg", saved(ramp("CMYK"), "JPEG"))
keep("inks-of-luma.jpg", first(made.built_jpeg, ["(1, 1), (1, 1), (1, 1), (1, 1)", "'0xee:2'"]))
keep("stored-rgb.jpg", saved(ramp("RGB"), "JPEG", keep_rgb=True, subsampling=0))
keep("no-markers.jpg", first(made.built_jpeg, ["[(1, 1), (1, 1), (1, 1)] ids [1, 2, 3, 4] markers []"]))
keep("half-the-rows.jpg", first(made.built_jpeg, ["[(1, 2), (1, 1), (1, 1)]", "restart 0"], 50))

keep("small-frame.gif",
     b"GIF89a\x08\0\x06\0\x81\2\0" + bytes([1, 2, 3, 90, 80, 70, 200, 100, 0, 7, 7, 255])
     + b"!\xf9\4\5\5\0\3\0,\2\0\1\0\3\0\2\0\0" + made.lzw(random.Random(1), bytes([0, 1, 2, 3, 2, 1]), 2) + b";")
keep("small-frame-opaque.gif",
     b"GIF87a\x08\0\x06\0\x81\2\0" + bytes([1, 2, 3, 90, 80, 70, 200, 100, 0, 7, 7, 255])
     + b",\2\0\1\0\3\0\2\0\0" + made.lzw(random.Random(1), bytes([0, 1, 2, 3, 2, 1]), 2) + b";")
keep("interlaced.gif", saved(ramp("L", 9, 21), "GIF", interlace=1))
second = ramp("RGB").transpose(Image.Transpose.ROTATE_180)
keep("animated.gif", saved(ramp("RGB"), "GIF", save_all=True, append_images=[second], disposal=2))

for header, bits, compression in ((12, 24, 0), (40, 8, 1), (40, 4, 2), (40, 16, 0), (40, 16, 3), (124, 32, 3), (108, 8, 1), (64, 1, 0)):
    keep(f"header-{header}-bits-{bits}-{compression}.bmp",
         first(made.built_bmp, [f"BMP header {header} bits {bits} compression {compression}", "top-down False"]))
keep("top-down.bmp", first(made.built_bmp, ["bits 24", "top-down True"]))

(folder / "expected.txt").write_text("".join(expected))
