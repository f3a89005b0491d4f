"""Makes random TIFFs for TiffDifferentialTest, and reports what GDAL reads from them. Needs rasterio and pyarrow.

Every line of standard input is "FOLDER SEED COUNT": FOLDER/N.tif is the file of seed N, FOLDER/N.raw has its pixels as
GDAL reads them, float32 in little-endian order. The reply is a JSON list of the expected result for each file.

A file is written by GDAL with any of its options, or by `scratch` below in forms that GDAL does not write; then, perhaps,
its tags are rewritten. Files that GDAL cannot read need not be read. Where GDAL 3.10 gives other pixels than `scratch`
wrote, those written count: of a deflated strip that is padded and without its size, it gives memory it never wrote to.
"""

import json
import logging
import random
import struct
import sys
import warnings
import zlib
from pathlib import Path

import numpy as np
import pyarrow
import rasterio
from affine import Affine
from rasterio.control import GroundControlPoint
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile
from rasterio.shutil import copy

logging.disable(logging.CRITICAL)

READ = {"none": 1, "lzw": 5, "deflate": 8, "packbits": 32773, "zstd": 50000}
BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
CODES = {1: "B", 3: "H", 4: "I", 12: "d", 16: "Q"}


class Refused(Exception):
    """GDAL has no such file."""


# --- what is in it --------------------------------------------------------------------------------------------------


def size(rnd):
    side = lambda: rnd.choice([1, 2, 15, 16, 17, 31, 33, 64, 100, rnd.randint(1, 130)])
    return side(), side()


def pixels(rnd, height, width, dtype, bits):
    """Noise, slopes, one value, or few values; a float may be no number."""
    noise = np.random.default_rng(rnd.getrandbits(32))
    kind = np.dtype(dtype).kind
    if kind == "f":
        values = noise.normal(0, 10 ** rnd.randint(-3, 4), (height, width))
        if rnd.random() < 0.2:
            values[noise.random((height, width)) < 0.1] = rnd.choice([np.nan, np.inf, -np.inf, 0])
    elif kind == "c":
        values = noise.normal(0, 100, (height, width)) + 1j
    else:
        limits = np.iinfo(dtype)
        low, high = (limits.min, limits.max) if bits is None else (0, 2**bits - 1)
        values = noise.integers(low, high, (height, width), dtype=dtype, endpoint=True)
    form = rnd.random()
    if form < 0.3:
        slope = np.add.outer(np.arange(height) * rnd.randint(0, 9), np.arange(width) * rnd.randint(0, 9))
        values = slope if bits is None else slope % 2**bits
    elif form < 0.4:
        values = np.full((height, width), values[0, 0])
    elif form < 0.6:
        values = np.where(noise.random((height, width)) < 0.05, values, values[0, 0])
    with np.errstate(all="ignore"):
        return values.astype(dtype)


def kind(rnd):
    """A type of GDAL's and NBITS."""
    roll = rnd.random()
    if roll < 0.35:
        return "uint16", None
    if roll < 0.5:
        return "uint8", None
    if roll < 0.6:
        return "int16", None
    if roll < 0.65:
        return "int8", None
    if roll < 0.77:
        return "float32", None
    if roll < 0.82:
        return "float32", 16
    if roll < 0.84:
        return "float32", 24
    if roll < 0.9:
        return "uint8", rnd.randint(1, 7)
    if roll < 0.95:
        return "uint16", rnd.randint(9, 15)
    return rnd.choice(["uint32", "int32", "float64", "complex64", "complex128", "int64", "uint64", "complex_int16"]), None


def place(rnd):
    """A transformation and a coordinate system."""
    roll = rnd.random()
    west, north = 400_000 + rnd.randint(0, 10**6) / 7, 5_000_000 + rnd.randint(0, 10**6) / 3
    unit = rnd.choice([10, 20, 60, 10.0000001, 0.3])
    if roll < 0.5:
        grid = Affine(unit, 0, west, 0, -unit, north)
    elif roll < 0.6:
        grid = Affine(unit, 0, west, 0, -unit * rnd.choice([2, 0.5, 1.01, 1.0000001]), north)
    elif roll < 0.7:
        grid = Affine(unit, 0, west, 0, unit, north)
    elif roll < 0.8:
        grid = Affine(unit, rnd.choice([3, 0]), west, rnd.choice([2, 0]), -unit, north)
    elif roll < 0.85:
        grid = Affine(-unit, 0, west, 0, -unit, north)
    else:
        grid = None
    crs = rnd.choice(["EPSG:32633"] * 6 + ["EPSG:32733", "EPSG:3857", "EPSG:25832", "EPSG:2263", "EPSG:4326", "EPSG:3035",
                      "+proj=tmerc +lat_0=1 +lon_0=7 +k=0.99 +x_0=1000 +y_0=0 +ellps=bessel +units=m", None])
    return grid, crs


# --- GDAL writes it -------------------------------------------------------------------------------------------------


def by_gdal(rnd, says):
    height, width = size(rnd)
    dtype, bits = kind(rnd)
    count = rnd.choice([1] * 24 + [2, 3, 4])
    grid, crs = place(rnd)
    options = {"driver": "GTiff", "height": height, "width": width, "count": count, "dtype": dtype, "crs": crs}
    if grid is not None:
        options["transform"] = grid
    if bits is not None:
        options["NBITS"] = bits
    tiled = rnd.random() < 0.5
    if tiled:
        options |= {"tiled": True, "blockxsize": 16 * rnd.choice([1, 2, 3, 4, 8, 16]), "blockysize": 16 * rnd.choice([1, 2, 3, 4])}
    elif rnd.random() < 0.7:
        options["blockysize"] = rnd.randint(1, height)
    roll = rnd.random()
    # GDAL 3.10 damages its heap when it writes LERC with NBITS.
    if roll < 0.95 or bits is not None:
        options["compress"] = rnd.choice(["none", "lzw", "lzw", "deflate", "deflate", "packbits", "zstd", "zstd"])
    else:
        options["compress"] = rnd.choice(["jpeg", "lerc", "lerc_zstd", "lzma", "webp", "jxl", "ccittfax4", "ccittrle"])
    if options["compress"] in ("lzw", "deflate", "zstd"):
        options["predictor"] = rnd.choice([1, 2, 2, 3 if np.dtype("int8" if dtype == "complex_int16" else dtype).kind == "f" else 2])
    if rnd.random() < 0.3:
        options["ENDIANNESS"] = "BIG"
    if rnd.random() < 0.15:
        options["BIGTIFF"] = "YES"
    if rnd.random() < 0.1:
        options["INTERLEAVE"] = rnd.choice(["PIXEL", "BAND"])
    if rnd.random() < 0.05:
        options["PHOTOMETRIC"] = "MINISWHITE"
    sparse = rnd.random() < 0.25
    if sparse:
        options["SPARSE_OK"] = True
    if rnd.random() < 0.3:
        real = dtype.startswith("float")
        options["nodata"] = rnd.choice([0, 1, 100] + ([float("nan"), -9999, 1e20, -3.4028234663852886e38] if real else [])
                                       + ([-9999, -32768] if dtype == "int16" else []))
    says["options"] = {k: str(v) for k, v in options.items()}
    data = pixels(rnd, height, width, "complex64" if dtype == "complex_int16" else dtype, bits)
    with MemoryFile() as memory:
        try:
            with memory.open(**options) as out:
                if rnd.random() < 0.3:
                    out.update_tags(AREA_OR_POINT=rnd.choice(["Point", "Area"]))
                if grid is None and rnd.random() < 0.3:
                    out.gcps = ([GroundControlPoint(r, c, 500000 + 10 * c, 6000000 - 10 * r) for r, c in ((0, 0), (0, 5), (5, 0), (5, 5))], crs)
                for band in range(1, count + 1):
                    if not sparse:
                        out.write(data, band)
                        continue
                    for (_, _), window in out.block_windows(band):
                        if rnd.random() < 0.5:
                            rows, columns = window.toslices()
                            out.write(data[rows, columns], band, window=window)
                if rnd.random() < 0.1:
                    out.write_mask(data.real > np.median(data.real))
                if rnd.random() < 0.1 and min(height, width) > 8:
                    out.build_overviews([2, 4])
        except Exception as e:
            raise Refused(str(e)) from e
        if rnd.random() < 0.1:
            with MemoryFile() as cog:
                more = {"COMPRESS": options["compress"].upper(), "BLOCKSIZE": rnd.choice([128, 256]), "SPARSE_OK": sparse}
                if "predictor" in options and options["predictor"] > 1:
                    more["PREDICTOR"] = "YES"
                if bits is not None:
                    more["NBITS"] = bits
                says["options"]["COG"] = str(more)
                try:
                    copy(memory.name, cog.name, driver="COG", **more)
                except Exception as e:
                    raise Refused(str(e)) from e
                return bytes(cog.getbuffer())
        return bytes(memory.getbuffer())


# --- forms that GDAL does not write ---------------------------------------------------------------------------------


def lzw(data, old):
    """LZW of TIFF 6.0; old: lowest bit first, and no early growth, as libtiff up to 3 wrote it."""
    table = {bytes([i]): i for i in range(256)}
    codes, width, free, string = [(256, 9)], 9, 258, b""
    early = 0 if old else 1
    for byte in data:
        longer = string + bytes([byte])
        if longer in table:
            string = longer
            continue
        codes.append((table[string], width))
        table[longer] = free
        free += 1
        if free + early > (1 << width):
            width += 1
        if free == 4094:
            codes.append((256, min(width, 12)))
            table = {bytes([i]): i for i in range(256)}
            width, free = 9, 258
        string = bytes([byte])
    if string:
        codes.append((table[string], width))
        free += 1
        if free + early > (1 << width):
            width += 1
    codes.append((257, min(width, 12)))
    held = bits = 0
    out = bytearray()
    for code, width in codes:
        if old:
            held |= code << bits
            bits += width
            while bits >= 8:
                out.append(held & 255)
                held >>= 8
                bits -= 8
        else:
            held = held << width | code
            bits += width
            while bits >= 8:
                out.append(held >> (bits - 8) & 255)
                bits -= 8
            held &= (1 << bits) - 1
    if bits:
        out.append((held if old else held << (8 - bits)) & 255)
    return bytes(out)


def pack_bits(data, rnd):
    out = bytearray()
    at = 0
    while at < len(data):
        run = 1
        while run < 128 and at + run < len(data) and data[at + run] == data[at]:
            run += 1
        if rnd.random() < 0.02:
            out.append(128)
        if run > 1:
            out += bytes([257 - run, data[at]])
            at += run
        else:
            end = at + 1
            while end < len(data) and end - at < 128 and (end + 1 >= len(data) or data[end] != data[end + 1]):
                end += 1
            out.append(end - at - 1)
            out += data[at:end]
            at = end
    return bytes(out)


REVERSED = bytes(int(f"{i:08b}"[::-1], 2) for i in range(256))


def scratch(rnd, says):
    """A TIFF of one band, field by field: padded last strips, FillOrder, left-out blocks and fields."""
    height, width = size(rnd)
    big_endian = rnd.random() < 0.4
    order = ">" if big_endian else "<"
    dtype = rnd.choice(["u1", "u2", "u2", "u2", "i1", "i2", "f2", "f4", "f4"])
    item = np.dtype(dtype).itemsize
    limits = {"u": "uint", "i": "int", "f": "float"}[dtype[0]] + str(8 * item)
    data = pixels(rnd, height, width, "float32" if limits == "float16" else limits, None).astype(dtype)
    tiled = rnd.random() < 0.3
    block_width = 16 * rnd.randint(1, 5) if tiled else width
    block_height = 16 * rnd.randint(1, 5) if tiled else rnd.choice([height, rnd.randint(1, height), height + rnd.randint(1, 9)])
    compression = rnd.choice([1, 1, 5, 5, 8, 32946, 32773, 50000, 50000])
    old = compression == 5 and rnd.random() < 0.3
    predictor = rnd.choice([1, 2] + ([3] if dtype[0] == "f" else []))
    fill_order = 2 if rnd.random() < 0.2 and not old else 1
    across, down = -(-width // block_width), -(-height // block_height)
    padded = rnd.random() < 0.5
    blocks = []
    for block in range(across * down):
        top, left = block // across * block_height, block % across * block_width
        part = data[top : top + block_height, left : left + block_width]
        full = np.zeros((block_height if padded or tiled else part.shape[0], block_width), dtype)
        full[: part.shape[0], : part.shape[1]] = part
        if predictor == 2 and compression not in (1, 32773):
            words = full.view("u%d" % item)
            full = np.diff(words, axis=1, prepend=np.zeros((len(words), 1), words.dtype)).view(dtype)
        raw = full.astype(np.dtype(dtype).newbyteorder(order)).tobytes()
        if predictor == 3 and compression not in (1, 32773):
            planes = full.astype(np.dtype(dtype).newbyteorder(">")).view("u1").reshape(len(full), block_width, item)
            row = planes.transpose(0, 2, 1).reshape(len(full), -1)
            raw = np.diff(row, axis=1, prepend=np.zeros((len(row), 1), "u1")).tobytes()
        packed = {1: lambda: raw, 5: lambda: lzw(raw, old), 8: lambda: zlib.compress(raw), 32946: lambda: zlib.compress(raw, 1),
                  32773: lambda: pack_bits(raw, rnd), 50000: lambda: pyarrow.compress(raw, "zstd", asbytes=True)}[compression]()
        blocks.append(packed.translate(REVERSED) if fill_order == 2 else packed)
    says["options"] = {"scratch": dtype, "order": order, "size": f"{width} x {height}", "block": f"{block_width} x {block_height}",
                       "tiled": tiled, "compression": compression, "old": old, "predictor": predictor, "fill": fill_order, "padded": padded}
    grid, _ = place(rnd)
    tags = {256: (3, [width]), 257: (3, [height]), 258: (3, [8 * item]), 259: (3, [compression]), 262: (3, [1]), 277: (3, [1])}
    if fill_order == 2:
        tags[266] = (3, [2])
    if tiled:
        tags |= {322: (3, [block_width]), 323: (3, [block_height])}
    elif block_height < height or rnd.random() < 0.5:
        tags[278] = (4, [rnd.choice([2**32 - 1, block_height]) if block_height >= height else block_height])
    if dtype[0] != "u" or rnd.random() < 0.5:
        tags[339] = (3, [{"u": 1, "i": 2, "f": 3}[dtype[0]]])
    if predictor > 1:
        tags[317] = (3, [predictor])
    out = bytearray((b"MM" if big_endian else b"II") + struct.pack(order + "HI", 42, 0))
    places = []
    for packed in blocks:
        out += bytes(rnd.randint(0, 3))
        places.append(len(out))
        out += packed
    tags[324 if tiled else 273] = (4, places)
    tags[325 if tiled else 279] = (4, [len(b) for b in blocks])
    if len(blocks) == 1 and not tiled and rnd.random() < 0.4:
        tags[279] = (4, [0])
        if rnd.random() < 0.5:
            del tags[279]
    if rnd.random() < 0.5:
        tags |= {33550: (12, [10, 10, 0]), 33922: (12, [0, 0, 0, 500000, 6000000, 0]),
                 34735: (3, [1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, rnd.choice([1, 2]), 3072, 0, 1, 32633])}
    return append_directory(out, tags, order, rnd), data


# --- tags rewritten -------------------------------------------------------------------------------------------------


def directory(data):
    """Byte order and tags of the first directory; None for BigTIFF."""
    order = "<" if data[:2] == b"II" else ">"
    if struct.unpack_from(order + "H", data, 2)[0] != 42:
        return order, None
    start = struct.unpack_from(order + "I", data, 4)[0]
    tags = {}
    for i in range(struct.unpack_from(order + "H", data, start)[0]):
        at = start + 2 + 12 * i
        tag, kind, count = struct.unpack_from(order + "HHI", data, at)
        inline = BYTES[kind] * count <= 4
        where = at + 8 if inline else struct.unpack_from(order + "I", data, at + 8)[0]
        if tag in tags:
            continue  # the first counts
        if kind in CODES:
            tags[tag] = (kind, list(struct.unpack_from(order + str(count) + CODES[kind], data, where)))
        else:
            tags[tag] = (kind, bytes(data[where : where + BYTES[kind] * count]))
    return order, tags


def append_directory(data, tags, order, rnd):
    """The file with another first directory, whose entries may be out of order, or there twice."""
    entries = sorted(tags.items())
    if rnd.random() < 0.2:
        rnd.shuffle(entries)
    if rnd.random() < 0.1:
        twice = rnd.choice([256, 259, 273, 277])
        if twice in tags:
            entries.insert([t for t, _ in entries].index(twice) + 1, (twice, (3, [7])))
    out = bytearray(data)
    out += bytes(len(out) % 2)
    values = []
    for tag, (kind, value) in entries:
        raw = value if isinstance(value, bytes) else struct.pack(order + str(len(value)) + CODES[kind], *value)
        count = len(raw) // BYTES[kind]
        if len(raw) <= 4:
            values.append(struct.pack(order + "HHI", tag, kind, count) + raw.ljust(4, b"\0"))
        else:
            values.append(struct.pack(order + "HHII", tag, kind, count, len(out)))
            out += raw
            out += bytes(len(out) % 2)
    struct.pack_into(order + "I", out, 4, len(out))
    out += struct.pack(order + "H", len(values)) + b"".join(values) + bytes(4)
    return bytes(out)


def rewrite(rnd, data, says):
    order, tags = directory(data)
    if tags is None:
        return data
    done = says["rewritten"] = []
    one = lambda tag: tags[tag][1] if tag in tags and tags[tag][0] in CODES else []
    for _ in range(rnd.randint(1, 4)):
        op = rnd.choice(["type", "drop", "rows", "sizes", "deflate", "scale", "tie", "matrix", "point", "crs", "model", "nodata",
                         "orientation", "more ties", "units", "format", "photometric"])
        if op == "type":
            tag = rnd.choice([256, 257, 258, 259, 273, 277, 278, 279, 317, 322, 323, 324, 325, 339])
            kind = rnd.choice([1, 3, 4])
            if one(tag) and max(one(tag)) < {1: 256, 3: 65536, 4: 2**32}[kind]:
                tags[tag] = (kind, one(tag))
                op += f" {tag} {kind}"
        elif op == "drop":
            tag, default = rnd.choice([(339, 1), (284, None), (277, 1), (259, 1), (258, 1), (262, None), (317, 1), (266, 1), (274, None)])
            if one(tag) in ([default], []) or default is None:
                tags.pop(tag, None)
                op += f" {tag}"
        elif op == "rows" and len(one(273)) == 1 and 278 in tags:
            tags[278] = (4, [2**32 - 1])
            if rnd.random() < 0.5:
                del tags[278]
        elif op == "sizes" and len(one(273)) == 1 and one(273) != [0]:  # GDAL would read the header as pixels
            tags[279] = (4, [0])
            if rnd.random() < 0.5:
                del tags[279]
        elif op == "deflate" and one(259) in ([8], [32946]):
            tags[259] = (3, [rnd.choice([8, 32946])])
        elif op == "scale" and 33550 in tags:
            tags[33550] = (12, [rnd.choice([10, -10, 20, 0]), rnd.choice([10, -10, 20, 10.0000001, 0]), 0][: rnd.choice([2, 3, 3])])
        elif op == "tie" and 33922 in tags:
            tags[33922] = (12, [rnd.choice([0, 5, 0.5, -3.25]), rnd.choice([0, 7, 0.5]), 0, 500000, 6000000, 0])
        elif op == "more ties" and 33922 in tags:
            tags[33922] = (12, [0, 0, 0, 500000, 6000000, 0, 5, 5, 0, 500050, 5999950, 0])
            if rnd.random() < 0.3:
                tags.pop(33550, None)
        elif op == "matrix":
            turn = rnd.choice([0, 0, 1])
            tags[34264] = (12, [10, turn, 0, 500000, turn, rnd.choice([-10, -10, 10, -20]), 0, 6000000, 0, 0, 0, 0, 0, 0, 0, 1])
            if rnd.random() < 0.6:
                tags.pop(33550, None)
            if rnd.random() < 0.6:
                tags.pop(33922, None)
        elif op in ("point", "crs", "model", "units") and 34735 in tags:
            keys = one(34735)
            key, values = {"point": (1025, [1, 2, 0, 32767]), "crs": (3072, [0, 32767, 32633, 32733, 4326, 60000, 1]),
                           "model": (1024, [0, 1, 2, 3, 32767]), "units": (3076, [9001, 9002, 9003])}[op]
            for i in range(4, len(keys) - 3, 4):
                # A unit other than the feet of its coordinate system: the meaning is unclear.
                if keys[i] == key and (op not in ("units", "crs") or 32633 in keys):
                    keys[i + 3] = rnd.choice(values)
                    if rnd.random() < 0.2:
                        del keys[i : i + 4]
                        keys[3] -= 1
                    break
        elif op == "nodata":
            tags[42113] = (2, rnd.choice([b"7\0", b"nan\0", b"-9999\0", b" 12 \0", b"1e3\0", b"300\0", b"1.5\0", b"-2.5\0", b"32767.5\0", b"none\0", b"-inf\0", b"0", b"9\0 8\0"]))
        elif op == "orientation":
            tags[274] = (3, [rnd.randint(1, 8)])
        elif op == "format" and len(one(339)) == 1:
            tags[339] = (3, [rnd.choice([1, 2, 3, 4, 5, 6])])
        elif op == "photometric":
            tags[262] = (3, [rnd.choice([0, 1])])
        done.append(op)
    return append_directory(data, tags, order, rnd)


# --- what GDAL reads ------------------------------------------------------------------------------------------------


def expected(data, says, raw, source):
    """Adds GDAL's result, whether we read this form, and the georeference."""
    try:
        with warnings.catch_warnings(record=True) as warned, MemoryFile(data) as memory, memory.open(driver="GTiff") as tiff:
            warnings.simplefilter("always")
            pixels = tiff.read(1)
            compression = (tiff.profile.get("compress") or "none").lower()
            bits = int(tiff.tags(1, ns="IMAGE_STRUCTURE").get("NBITS", 0))
            dtype = tiff.dtypes[0]
            says |= {"height": tiff.height, "width": tiff.width, "grid": list(tiff.transform)[:6], "bands": tiff.count, "dtype": dtype,
                     "bits": bits, "compression": compression}
            crs = tiff.crs
            try:
                says["projected"] = bool(crs is not None and crs.is_projected and crs.linear_units in ("metre", "meter"))
                says["epsg"] = (crs.to_epsg(confidence_threshold=100) or 0) if crs is not None else 0
            except Exception:
                says |= {"projected": False, "epsg": 0}
            # GDAL places pixels of a known size at (0, 0) if there is no tie point.
            tags = directory(data)[1] or {}
            lost = 33550 in tags and 33922 not in tags and 0 not in tags[33550][1][:2]
            says["transformed"] = not lost and not any(w.category is NotGeoreferencedWarning for w in warned)
    except Exception as e:
        says["unreadable"] = str(e)
        return
    says["read"] = bool(says["bands"] == 1 and compression in READ and dtype in ("uint8", "uint16", "int8", "int16", "float32")
                        and not (dtype == "float32" and bits == 24) and not odd_format(data))
    if says["read"]:
        if source is not None:
            form = np.dtype(dtype).kind
            source = source.view(form + str(source.itemsize))
            if not np.array_equal(pixels.astype("f4"), source.astype("f4"), equal_nan=True):
                says["gdal_differs"] = True
            pixels = source
        raw.write_bytes(pixels.astype("<f4").tobytes())


def odd_format(data):
    """Returns whether we refuse samples that GDAL treats as unsigned integers: complex numbers of 8 and 16 bits, signed
    ones of 5."""
    tags = directory(data)[1] or {}
    form = tags[339][1][0] if 339 in tags else 1
    bits = tags[258][1][0] if 258 in tags else 1
    return form in (5, 6) or (form == 2 and bits not in (8, 16)) or (form == 3 and bits not in (16, 32))


def make(folder, seed):
    says = {"seed": seed}
    rnd = random.Random(seed)
    source = None
    while True:
        try:
            if rnd.random() < 0.25:
                data, source = scratch(rnd, says)
            else:
                data = by_gdal(rnd, says)
            break
        except Refused as e:
            says["again"] = str(e)
    if rnd.random() < 0.4:
        data = rewrite(rnd, data, says)
    (folder / f"{seed}.tif").write_bytes(data)
    expected(data, says, folder / f"{seed}.raw", source)
    return says


with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True, GDAL_PAM_ENABLED=False, GDAL_NUM_THREADS=1):
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        folder, first, count = line.split(" ")
        answers = [make(Path(folder), seed) for seed in range(int(first), int(first) + int(count))]
        print(json.dumps(answers), flush=True)
