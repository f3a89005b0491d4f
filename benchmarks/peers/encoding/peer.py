"""Does the work of EncodePeer.java with Pillow, NumPy and ONNX Runtime: peer.py MODEL.onnx BATCH SECONDS.

Each line names a kind of work, which is repeated for some seconds. The answer is the best rate per second: of the one
thread's CPU time, or of time on the wall for work that ends in -2, whose network has two threads.
"""

import random
import sys
import time

import numpy as np
import onnxruntime as ort
from PIL import Image

path, batch, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])


def session(threads):
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


mean = np.array([0.34, 0.38, 0.41], np.float32)
std = np.array([0.2, 0.14, 0.12], np.float32)


def picture(seed, side):
    return Image.frombytes("RGB", (side, side), random.Random(seed).randbytes(side * side * 3))


def prepare(image):
    if image.size != (64, 64):
        image = image.resize((64, 64), Image.BICUBIC)
    return ((np.asarray(image, np.float32) / 255 - mean) / std).transpose(2, 0, 1)


def encode(session, images):
    out = session.run(None, {"pixel_values": np.stack([prepare(image) for image in images])})[0]
    return out / np.linalg.norm(out, axis=1, keepdims=True)


def best(count, work, clock=time.thread_time):
    work()
    least, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = clock()
        work()
        least = min(least, clock() - start)
    return count / least


def resize(source, target, kind):
    one, filter = picture(1, int(source)), {"bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}[kind]
    return lambda: one.resize((int(target), int(target)), filter)


small = [picture(i, 64) for i in range(batch)]
large = [picture(i, 384) for i in range(batch)]
ready = np.stack([prepare(image) for image in small])
one_thread, two_threads = session(1), session(2)
WORK = {
    "network": lambda: best(batch, lambda: one_thread.run(None, {"pixel_values": ready})),
    "encode-384": lambda: best(batch, lambda: encode(one_thread, large)),
    "encode-384-2": lambda: best(4 * batch, lambda: [encode(two_threads, large) for _ in range(4)], time.perf_counter),
}
for line in sys.stdin:
    kind, *words = line.split()
    rate = best(1, resize(*words)) if kind == "resize" else WORK[kind]()
    print(f"ok {rate}", flush=True)
