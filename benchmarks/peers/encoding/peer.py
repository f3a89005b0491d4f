"""Does the work of EncodePeer.java with Pillow, NumPy and ONNX Runtime: peer.py MODEL.onnx THREADS BATCH SECONDS."""

import random
import sys
import time

import numpy as np
import onnxruntime as ort
from PIL import Image

path, threads, batch, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
options = ort.SessionOptions()
options.intra_op_num_threads = threads
session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
mean = np.array([0.34, 0.38, 0.41], np.float32)
std = np.array([0.2, 0.14, 0.12], np.float32)


def picture(seed, side):
    return Image.frombytes("RGB", (side, side), random.Random(seed).randbytes(side * side * 3))


def report(name, count, work):
    work()
    best = float("inf")
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    print(f"{name}\t{count / best:.1f}", flush=True)


def prepare(image):
    if image.size != (64, 64):
        image = image.resize((64, 64), Image.BICUBIC)
    return ((np.asarray(image, np.float32) / 255 - mean) / std).transpose(2, 0, 1)


def encode(images):
    out = session.run(None, {"pixel_values": np.stack([prepare(image) for image in images])})[0]
    return out / np.linalg.norm(out, axis=1, keepdims=True)


small = [picture(i, 64) for i in range(batch)]
large = [picture(i, 384) for i in range(4 * batch)]
ready = np.stack([prepare(image) for image in small])
report("network", batch, lambda: session.run(None, {"pixel_values": ready}))
report("encode-384", 4 * batch, lambda: [encode(large[i : i + batch]) for i in range(0, 4 * batch, batch)])
for side, target in ((1068, 384), (384, 224), (64, 224)):
    one = picture(1, side)
    for name, kind in (("bilinear", Image.BILINEAR), ("bicubic", Image.BICUBIC)):
        report(f"resize-{side}-{target}-{name}", 1, lambda: one.resize((target, target), kind))
