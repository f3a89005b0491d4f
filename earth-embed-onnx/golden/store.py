"""How goldens are written: arrays as little-endian bytes, gzipped, with a JSON index; the same input, the same file."""

import gzip
import json
import zlib
from pathlib import Path

import numpy as np


def write(path, data):
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as out:
        out.write(data)


def text(path, value):
    write(path, json.dumps(value, ensure_ascii=True).encode())


def array(path, values, dtype):
    write(path, np.ascontiguousarray(values, dtype=np.dtype(dtype).newbyteorder("<")).tobytes())


def checksum(values, dtype):
    return zlib.crc32(np.ascontiguousarray(values, dtype=np.dtype(dtype).newbyteorder("<")).tobytes())
