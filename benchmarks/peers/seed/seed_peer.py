"""The seed's side of seed.py: texts on standard input, the five best tiles and the peak of memory on standard output.

Written from a description of the steps, and in the seed's favour: its further work, for its map and its threshold, is
left out.
"""

import io
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fsspec
import numpy as np
import onnxruntime
import pandas as pd
import pyarrow.parquet as pq
import torch
from PIL import Image
from tokenizers import Tokenizer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common import THREADS, root

MODEL = root / "earth-embed-onnx/src/main/resources/io/earthembed/onnx/demo"
CONTEXT, DIMENSION = 32, 768
torch.set_num_threads(THREADS)

data = pd.read_parquet(next((Path(sys.argv[1]) / "set").glob("*.parquet")))
matrix = torch.nn.functional.normalize(torch.from_numpy(np.stack(data["embedding"].to_numpy()).astype(np.float32)), dim=-1)
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = THREADS
tower = onnxruntime.InferenceSession(str(MODEL / "text.onnx"), options, providers=["CPUExecutionProvider"])
tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))


def encode(text):
    ids = tokenizer.encode(text).ids[:CONTEXT]
    found = tower.run(None, {"input_ids": np.array([ids + [0] * (CONTEXT - len(ids))], np.int64)})[0]
    # The demo model has fewer components than a model of full size; both sides put zeros behind them.
    found = np.pad(found, ((0, 0), (0, DIMENSION - found.shape[1])))
    return torch.nn.functional.normalize(torch.from_numpy(found), dim=-1)


def picture(row):
    with fsspec.open(row["parquet_url"], cache_type="readahead", block_size=5 << 20) as file:
        table = pq.ParquetFile(file).read_row_group(int(row["parquet_row"]), columns=["thumbnail"])
    image = Image.open(io.BytesIO(table["thumbnail"][0].as_py()))
    image.load()
    return image


def peak():
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return 1024 * int(line.split()[1])


with ThreadPoolExecutor(5) as pool:
    for line in sys.stdin:
        scores = (encode(line.strip()) @ matrix.T)[0].numpy()
        best = np.argsort(scores)[-5:][::-1]
        list(pool.map(picture, [data.iloc[i] for i in best]))
        print("ok", *best, peak(), flush=True)
