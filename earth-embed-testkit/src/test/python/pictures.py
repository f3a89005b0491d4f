"""Makes random picture files, and reports what Pillow reads from them.

Each line of standard input is a seed. Each line of standard output answers it: a description, the file, width, height and
the bytes of Pillow's convert("RGB"), deflated; or "refused" in place of the last three if the picture has no tones of 8
bits. Binary parts are in base64, parts are divided by "|".

Half of the files are written by Pillow. The others are put together here, for forms that Pillow does
not write: depths, interlacing, layouts, samplings and frames.
"""

import base64
import io
import random
import struct
import sys
import warnings
import zlib

from PIL import Image, ImageCms, ImageFile

warnings.simplefilter("ignore")
ImageFile.MAXBLOCK = 1 << 22  # large profiles are written in one piece

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def wide_profile():
    """A profile that turns red into green, so that applying it is noticed."""
    profile = bytearray(SRGB)
    for i in range(struct.unpack(">I", profile[128:132])[0]):
        at = 132 + 12 * i
        name = bytes(profile[at : at + 4])
        if name in (b"rXYZ", b"gXYZ"):
            profile[at : at + 4] = b"gXYZ" if name == b"rXYZ" else b"rXYZ"
    return bytes(profile)


WIDE = wide_profile()


def noise(rng, count):
    """Bytes that compress a little: runs, ramps and noise."""
    out = bytearray()
    while len(out) < count:
        kind = rng.randrange(3)
        length = rng.randrange(1, 40)
        value = rng.randrange(256)
        if kind == 0:
            out += bytes([value]) * length
        elif kind == 1:
            out += bytes((value + i) & 255 for i in range(length))
        else:
            out += rng.randbytes(length)
    return bytes(out[:count])


def sides(rng):
    most = rng.choice([3, 9, 20, 40, 70])
    return rng.randrange(1, most + 1), rng.randrange(1, most + 1)


# PNG


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_ancillary(rng, color, depth):
    out = []
    if rng.random() < 0.3:
        out.append(chunk(b"gAMA", struct.pack(">I", rng.choice([45455, 100000, 22727]))))
    if rng.random() < 0.3:
        out.append(chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 73470, 26530, 11400, 82600, 15700, 1800)))
    if rng.random() < 0.2:
        out.append(chunk(b"sRGB", bytes([rng.randrange(4)])))
    if rng.random() < 0.3 and color not in (0, 4):
        out.append(chunk(b"iCCP", b"wide\0\0" + zlib.compress(rng.choice([SRGB, WIDE]))))
    if rng.random() < 0.2:
        out.append(chunk(b"sBIT", bytes([min(depth, 5)]) * {0: 1, 2: 3, 3: 3, 4: 2, 6: 4}[color]))
    if rng.random() < 0.2:
        out.append(chunk(b"pHYs", struct.pack(">IIB", 2835, 1417, 1)))
    if rng.random() < 0.2:
        out.append(chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"a" * rng.randrange(5000))))
    if rng.random() < 0.2:
        out.append(chunk(b"iTXt", b"Title\0\0\0en\0\0" + b"text"))
    if rng.random() < 0.1:
        out.append(chunk(b"vpAg", b"unknown"))
    rng.shuffle(out)
    return b"".join(out)


def filtered(rng, row, above, step, style):
    kind = rng.randrange(5) if style == 5 else style
    out = bytearray([kind])
    for i, value in enumerate(row):
        left = row[i - step] if i >= step else 0
        up = above[i]
        corner = above[i - step] if i >= step else 0
        if kind == 1:
            value -= left
        elif kind == 2:
            value -= up
        elif kind == 3:
            value -= (left + up) >> 1
        elif kind == 4:
            p = left + up - corner
            a, b, c = abs(p - left), abs(p - up), abs(p - corner)
            value -= left if a <= b and a <= c else up if b <= c else corner
        out.append(value & 255)
    return bytes(out)


def built_png(rng):
    color = rng.choice([0, 2, 3, 4, 6])
    depth = rng.choice({0: [1, 2, 4, 8, 16], 3: [1, 2, 4, 8]}.get(color, [8, 16]))
    width, height = sides(rng)
    interlaced = rng.random() < 0.4
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color]
    step = max(1, samples * depth // 8)
    style = rng.randrange(6)
    entries = rng.randrange(1, (1 << depth) + 1) if color == 3 else 0
    raw = b""
    passes = [(0, 0, 1, 1)]
    if interlaced:
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    for left, top, across, down in passes:
        columns = (width - left + across - 1) // across
        rows = (height - top + down - 1) // down
        if columns <= 0 or rows <= 0:
            continue
        length = (columns * samples * depth + 7) // 8
        above = bytes(length)
        for _ in range(rows):
            row = noise(rng, length)
            if color == 3 and depth == 8:
                row = bytes(value % entries for value in row)
            raw += filtered(rng, row, above, step, style)
            above = row
    packed = zlib.compress(raw, rng.choice([0, 1, 6, 9]))
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlaced))
    animated = rng.random() < 0.1
    if animated:
        out += chunk(b"acTL", struct.pack(">II", 2, 0))
    out += png_ancillary(rng, color, depth)
    if color == 3 or (color in (2, 6) and rng.random() < 0.1):
        out += chunk(b"PLTE", noise(rng, 3 * (entries or 7)))
    if rng.random() < 0.4 and color in (0, 2, 3):
        content = {0: b"\0\1", 2: b"\0\1\0\2\0\3"}.get(color) or rng.randbytes(rng.randrange(1, entries + 1))
        out += chunk(b"tRNS", content)
    control = struct.pack(">IIIIIHHBB", 0, width, height, 0, 0, 1, 10, rng.randrange(3), rng.randrange(2))
    if animated:
        out += chunk(b"fcTL", control)
    at = 0
    while at < len(packed):
        size = rng.choice([len(packed), rng.randrange(0, 40)])
        out += chunk(b"IDAT", packed[at : at + size])
        at += size
    if animated:
        out += chunk(b"fcTL", b"\0\0\0\1" + control[4:])
        out += chunk(b"fdAT", b"\0\0\0\2" + zlib.compress(bytes(len(raw))))
    if rng.random() < 0.2:
        out += chunk(b"tEXt", b"Author\0nobody")
    out += chunk(b"IEND", b"")
    what = f"PNG colour {color} depth {depth} interlaced {interlaced} {width} x {height}"
    return what, out, color == 0 and depth == 16


def saved_png(rng):
    mode = rng.choice(["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
    image = some_image(rng, mode)
    options = {"compress_level": rng.randrange(10), "optimize": rng.random() < 0.2}
    if rng.random() < 0.3 and mode in ("P", "RGB", "RGBA"):
        options["icc_profile"] = WIDE
    if mode == "P":
        if rng.random() < 0.5:
            options["bits"] = 8
        if rng.random() < 0.4:
            options["transparency"] = rng.choice([0, bytes([0, 128, 255])])
    if mode == "RGB" and rng.random() < 0.3:
        options["transparency"] = (1, 2, 3)
    return saved(image, "PNG", options) + (mode == "I;16",)


def some_image(rng, mode):
    width, height = sides(rng)
    if mode == "1":
        return Image.frombytes("L", (width, height), noise(rng, width * height)).convert("1", dither=0)
    size = {"L": 1, "P": 1, "I;16": 2, "LA": 2, "RGB": 3, "RGBA": 4, "CMYK": 4}[mode]
    pixels = noise(rng, width * height * size)
    entries = rng.choice([2, 3, 4, 16, 17, 255, 256])
    if mode == "P":
        pixels = bytes(value % entries for value in pixels)
    image = Image.frombytes(mode, (width, height), pixels)
    if mode == "P":
        image.putpalette(noise(rng, 3 * entries))
    return image


def saved(image, kind, options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    shown = {k: len(v) if isinstance(v, (bytes, list)) else v for k, v in options.items()}
    return f"Pillow's {kind} of {image.mode} {image.size} {shown}", file.getvalue()


# JPEG

def smooth(rng, width, height, bands):
    """Gradients with some noise, so that coefficients are those of pictures."""
    amount = rng.choice([0, 5, 40, 255])
    steps = [(rng.uniform(-6, 6), rng.uniform(-6, 6), rng.randrange(256)) for _ in range(bands)]
    return bytes(
        max(0, min(255, int(base + across * x + down * y + amount * (rng.random() - 0.5))))
        for y in range(height)
        for x in range(width)
        for across, down, base in steps
    )


def saved_jpeg(rng):
    mode = rng.choice(["L", "RGB", "RGB", "RGB", "RGB", "CMYK"])
    width, height = sides(rng)
    image = Image.frombytes(mode, (width, height), smooth(rng, width, height, len(mode)))
    options = {"quality": rng.randrange(1, 101)}
    if mode != "L":
        options["subsampling"] = rng.randrange(3)
    options["progressive"] = rng.random() < 0.4
    options["optimize"] = rng.random() < 0.3
    if rng.random() < 0.2 and mode == "RGB":
        options["keep_rgb"] = True
        options["subsampling"] = 0
    if rng.random() < 0.3:
        options["restart_marker_blocks"] = rng.randrange(1, 5)
    if rng.random() < 0.3:
        options["icc_profile"] = WIDE * rng.choice([1, 200])
    if rng.random() < 0.3:
        exif = Image.Exif()
        exif[0x0112] = rng.randrange(1, 9)
        options["exif"] = exif.tobytes()
    if rng.random() < 0.2:
        options["comment"] = b"some words"
    return saved(image, "JPEG", options) + (False,)


def huffman(counts, values):
    """The codes of a table: length and bits of each value."""
    codes, code, at = {}, 0, 0
    for length, count in enumerate(counts, 1):
        for _ in range(count):
            codes[values[at]] = (length, code)
            code += 1
            at += 1
        code <<= 1
    return codes


class Bits:
    def __init__(self):
        self.out = bytearray()
        self.value = 0
        self.count = 0

    def put(self, length, value):
        self.value = self.value << length | value
        self.count += length
        while self.count >= 8:
            self.count -= 8
            byte = self.value >> self.count & 255
            self.out.append(byte)
            if byte == 255:
                self.out.append(0)
        self.value &= (1 << self.count) - 1

    def flush(self):
        if self.count:
            self.put(8 - self.count, (1 << (8 - self.count)) - 1)


def built_jpeg(rng):
    """A sequential JPEG of random coefficients: any sampling, scans, ids and markers."""
    components = rng.choice([1, 3, 3, 3, 4])
    width, height = sides(rng)
    pairs = [(1, 1), (2, 1), (1, 2), (2, 2), (4, 1), (1, 4)]
    samplings = [(1, 1)] * components
    if components >= 3:
        luma = rng.choice(pairs)
        samplings = [luma, (1, 1), (1, 1)] + [luma] * (components - 3)
        if rng.random() < 0.3:
            samplings[rng.choice([1, 2])] = rng.choice([(1, luma[1]), (luma[0], 1), luma])
    ids = rng.choice([[1, 2, 3, 4], [0, 1, 2, 3], [82, 71, 66, 75], [5, 6, 7, 8]])
    out = bytearray(b"\xff\xd8")

    def segment(marker, content):
        out.extend(b"\xff" * rng.choice([1, 1, 1, 2]) + bytes([marker]) + struct.pack(">H", len(content) + 2) + content)

    markers = []
    if rng.random() < 0.5:
        markers.append((0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"))
    if rng.random() < 0.5:
        transform = rng.choice({1: [0], 3: [0, 1], 4: [0, 2]}[components])
        markers.append((0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([transform])))
    if rng.random() < 0.3:
        markers.append((0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"))
    if rng.random() < 0.3:
        markers.append((0xE2, b"ICC_PROFILE\0\1\1" + WIDE))
    if rng.random() < 0.2:
        markers.append((0xFE, b"a comment"))
    for marker in markers:
        segment(*marker)
    segment(0xDB, b"\0" + bytes(rng.randrange(1, 9) for _ in range(64)))
    frame = struct.pack(">BHHB", 8, height, width, components)
    for c in range(components):
        frame += bytes([ids[c], samplings[c][0] << 4 | samplings[c][1], 0])
    segment(rng.choice([0xC0, 0xC1]), frame)
    dc = huffman([0, 0, 0, 12] + [0] * 12, list(range(12)))
    segment(0xC4, b"\0" + bytes([0, 0, 0, 12] + [0] * 12) + bytes(range(12)))
    symbols = [0, 0xF0] + [run << 4 | size for run in range(16) for size in range(1, 6)]
    ac = huffman([0] * 6 + [len(symbols)] + [0] * 9, symbols)
    segment(0xC4, b"\x10" + bytes([0] * 6 + [len(symbols)] + [0] * 9) + bytes(symbols))
    interval = rng.choice([0, 0, 1, 3])
    if interval:
        segment(0xDD, struct.pack(">H", interval))
    widest = max(s[0] for s in samplings)
    tallest = max(s[1] for s in samplings)
    scans = [[c] for c in range(components)] if rng.random() < 0.3 else [list(range(components))]
    if components == 4 and sum(a * b for a, b in samplings) > 10:
        scans = [[c] for c in range(components)]
    busy = rng.choice([0, 0.02, 0.1])

    def coded(value):
        size = abs(value).bit_length()
        return size, value if value >= 0 else value + (1 << size) - 1

    for scan in scans:
        segment(0xDA, bytes([len(scan)]) + b"".join(bytes([ids[c], 0]) for c in scan) + b"\0\x3f\0")
        bits = Bits()
        last = [0] * 4
        if len(scan) == 1:
            c = scan[0]
            columns = -(-(-(-width * samplings[c][0] // widest)) // 8)
            rows = -(-(-(-height * samplings[c][1] // tallest)) // 8)
            units = [(c, 1)]
        else:
            columns = -(-width // (8 * widest))
            rows = -(-height // (8 * tallest))
            units = [(c, samplings[c][0] * samplings[c][1]) for c in scan]
        for unit in range(columns * rows):
            if interval and unit and unit % interval == 0:
                bits.flush()
                bits.out += bytes([255, 0xD0 + (unit // interval - 1) % 8])
                last = [0] * 4
            for c, count in units:
                for _ in range(count):
                    value = rng.randrange(-90, 91)
                    size, code = coded(value - last[c])
                    last[c] = value
                    bits.put(*dc[size])
                    bits.put(size, code)
                    run = 0
                    for _ in range(63):
                        if rng.random() >= busy:
                            run += 1
                            continue
                        while run > 15:
                            bits.put(*ac[0xF0])
                            run -= 16
                        size, code = coded(rng.choice([-9, -3, -1, 1, 2, 7]))
                        bits.put(*ac[run << 4 | size])
                        bits.put(size, code)
                        run = 0
                    if run:
                        bits.put(*ac[0])
        bits.flush()
        out += bits.out
    out += b"\xff\xd9"
    kinds = [hex(m[0]) + (":%d" % m[1][-1] if m[0] == 0xEE else "") for m in markers]
    what = f"JPEG {width} x {height} {samplings} ids {ids} markers {kinds} scans {len(scans)} restart {interval}"
    return what, bytes(out), False


# GIF


def lzw(rng, pixels, bits):
    """Packs indices, with a clear code now and then, or never after the table is full."""
    clear = 1 << bits
    out, buffer, count = bytearray(), 0, 0
    chance = rng.choice([0, 0.002, 0.05])

    def put(code, width):
        nonlocal buffer, count
        buffer |= code << count
        count += width
        while count >= 8:
            out.append(buffer & 255)
            buffer >>= 8
            count -= 8

    def fresh():
        return {bytes([i]): i for i in range(clear)}

    table, width, following = fresh(), bits + 1, clear + 2
    if rng.random() < 0.9:
        put(clear, width)
    text = b""
    full = rng.random() < 0.5
    for value in pixels:
        longer = text + bytes([value])
        if longer in table:
            text = longer
            continue
        put(table[text], width)
        if following < 4096:
            table[longer] = following
            if following == 1 << width and width < 12:
                width += 1
            following += 1
        text = bytes([value])
        if rng.random() < chance or (following == 4096 and full):
            put(table[text], width)
            if following == 1 << width and width < 12:
                width += 1
            put(clear, width)
            table, width, following = fresh(), bits + 1, clear + 2
            text = b""
    if text:
        put(table[text], width)
        if following == 1 << width and width < 12:
            width += 1
    if rng.random() < 0.9:
        put(clear + 1, width)
    if count:
        out.append(buffer & 255)
    blocks = bytearray([bits])
    size = rng.choice([255, 255, 7])
    for at in range(0, len(out), size):
        blocks.append(len(out[at : at + size]))
        blocks += out[at : at + size]
    return bytes(blocks) + b"\0"


def built_gif(rng):
    width, height = sides(rng)
    if rng.random() < 0.1:
        width, height = rng.randrange(100, 200), rng.randrange(100, 200)
    screen = width + rng.choice([0, 0, 5, -1]), height + rng.choice([0, 0, 3, -1])
    screen = max(1, screen[0]), max(1, screen[1])
    left, top = rng.choice([(0, 0), (0, 0), (2, 1), (0, 7)])
    both = rng.randrange(4)  # no palette, the screen's, the frame's, both
    bits = rng.randrange(1, 9)
    coded = max(2, bits)
    interlaced = rng.random() < 0.4

    def table(ramp):
        if ramp and rng.random() < 0.15:
            return bytes(i for i in range(1 << bits) for _ in range(3))
        return noise(rng, 3 << bits)

    out = b"GIF8" + rng.choice([b"7a", b"9a"]) + struct.pack("<HH", *screen)
    out += bytes([(both & 1) << 7 | bits - 1, rng.randrange(1 << bits), 0]) + (table(True) if both & 1 else b"")
    if rng.random() < 0.3:
        out += b"!\xfe\x05hello\x03you\0"
    if rng.random() < 0.3:
        out += b"!\xff\x0bNETSCAPE2.0\x03\1\0\0\0"
    transparent = rng.random() < 0.4
    if transparent or rng.random() < 0.3:
        flags = rng.randrange(4) << 2 | transparent
        out += b"!\xf9\4" + bytes([flags, 5, 0, rng.randrange(1 << bits), 0])
    pixels = bytes(value & (1 << bits) - 1 for value in noise(rng, width * height))
    frame = b"," + struct.pack("<HHHHB", left, top, width, height, (both & 2) << 6 | interlaced << 6 | bits - 1)
    # Pillow shows a ramp of the frame's in the colours of the screen.
    out += frame + (table(both == 2) if both & 2 else b"") + lzw(rng, pixels, coded)
    if rng.random() < 0.3:
        out += b"!\xf9\4\5\5\0\0\0,\0\0\0\0\1\0\1\0\0" + lzw(rng, b"\0", 2)
    out += b";"
    what = f"GIF screen {screen} frame {width} x {height} at {left}, {top} palettes {both} bits {bits}/{coded}"
    return f"{what} interlaced {interlaced} transparent {transparent}", out, False


def saved_gif(rng):
    image = some_image(rng, rng.choice(["1", "L", "P", "RGB", "RGBA"]))
    options = {"interlace": rng.randrange(2), "optimize": rng.random() < 0.3}
    if image.mode == "P" and rng.random() < 0.4:
        options["transparency"] = rng.randrange(2)
    if rng.random() < 0.3:
        options["save_all"] = True
        options["append_images"] = [image.transpose(Image.Transpose.ROTATE_180)]
        options["disposal"] = rng.randrange(4)
    return saved(image, "GIF", options) + (False,)


# BMP


def runs(rng, width, height, four):
    """Run lengths: pixels are made while they are packed."""
    out = bytearray()
    for y in range(height):
        x = 0
        while x < width:
            most = min(width - x, rng.choice([1, 3, 20, 255]))
            if most >= 3 and rng.random() < 0.4:
                count = rng.randrange(3, most + 1)
                size = (count + 1) // 2 if four else count
                out += bytes([0, count]) + noise(rng, size) + b"\0" * (size & 1)
            else:
                count = rng.randrange(1, most + 1)
                out += bytes([count, rng.randrange(256)])
            x += count
        if y < height - 1 or rng.random() < 0.5:
            out += b"\0\0"
    return bytes(out) + b"\0\1"


def built_bmp(rng):
    width, height = sides(rng)
    header = rng.choice([12, 40, 40, 52, 56, 64, 108, 124])
    bits = rng.choice([1, 4, 8, 24]) if header == 12 else rng.choice([1, 4, 8, 16, 24, 32])
    compression = 0
    masks = b""
    fields = header not in (12, 64)
    if header != 12 and bits in (4, 8) and rng.random() < 0.5:
        compression = 2 if bits == 4 else 1
    if fields and bits in (16, 32) and rng.random() < 0.6:
        compression = 3
        known = {
            16: [(0xF800, 0x7E0, 0x1F, 0), (0x7C00, 0x3E0, 0x1F, 0)],
            32: [(0xFF0000, 0xFF00, 0xFF, 0), (0xFF000000, 0xFF0000, 0xFF00, 0), (0xFF000000, 0xFF00, 0xFF, 0)],
        }[bits]
        if bits == 32 and header >= 56:
            known += [(0xFF, 0xFF00, 0xFF0000, 0xFF000000), (0xFF0000, 0xFF00, 0xFF, 0xFF000000), (0, 0, 0, 0)]
            known += [(0xFF000000, 0xFF0000, 0xFF00, 0xFF), (0xFF000000, 0xFF00, 0xFF, 0xFF0000)]
        masks = struct.pack("<4I", *rng.choice(known))
    down = rng.random() < 0.3 and header != 12
    entries = 0
    palette = b""
    if bits <= 8:
        entries = 1 << bits if header == 12 else rng.choice([1 << bits, rng.randrange(2, (1 << bits) + 1)])
        # Pillow treats a palette that starts as a ramp as grey of 8 bits, for any number of bits.
        palette = b"\7\x09\x0b" + noise(rng, 3 * entries - 3)
        if header != 12:
            palette = b"".join(palette[i : i + 3] + b"\0" for i in range(0, len(palette), 3))
    stride = (width * bits + 31) // 32 * 4
    pixels = runs(rng, width, height, bits == 4) if compression in (1, 2) else noise(rng, stride * height)
    if header == 12:
        info = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        counted = 0 if entries == 1 << bits and rng.random() < 0.5 else entries
        info = struct.pack(
            "<IiiHHIIIIII", header, width, -height if down else height, 1, bits, compression,
            rng.choice([0, len(pixels)]), 2835, 2835, counted, 0,
        )
        if header == 40:
            info += masks[:12]
        else:
            info = (info + masks).ljust(header, b"\0")[:header]
    gap = bytes(rng.choice([0, 0, 2, 16]))
    offset = 14 + len(info) + len(palette) + len(gap)
    if offset & 1:
        # Pillow counts the words of run lengths from the file's beginning.
        gap += b"\0"
        offset += 1
    out = b"BM" + struct.pack("<IHHI", offset + len(pixels), 0, 0, offset) + info + palette + gap + pixels
    what = f"BMP header {header} bits {bits} compression {compression} masks {masks.hex()} top-down {down}"
    return f"{what} colours {entries} {width} x {height}", out, False


def saved_bmp(rng):
    return saved(some_image(rng, rng.choice(["1", "L", "P", "RGB", "RGBA"])), "BMP", {}) + (False,)


MAKERS = [built_png, saved_png, built_jpeg, saved_jpeg, built_gif, saved_gif, built_bmp, saved_bmp]


def answer(seed):
    rng = random.Random(seed)
    what, file, refused = MAKERS[seed % len(MAKERS)](rng)
    parts = [what, base64.b64encode(file).decode()]
    if refused:
        return "|".join(parts + ["refused"])
    image = Image.open(io.BytesIO(file)).convert("RGB")
    pixels = base64.b64encode(zlib.compress(image.tobytes(), 1)).decode()
    return "|".join(parts + [str(image.width), str(image.height), pixels])


if __name__ == "__main__":
    for line in sys.stdin:
        print(answer(int(line)).replace("\n", " "), flush=True)
