"""Shared by the export scripts: exports towers to ONNX in float32 and float16, checks them, and writes model.json."""

import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

DESCRIPTIONS = (
    Path(__file__).resolve().parents[2] / "earth-embed-onnx/src/main/resources/io/earthembed/onnx/models"
)
PRECISIONS = {"fp32": (torch.float32, 0.99999), "fp16": (torch.float16, 0.999)}
OUTPUT = "tower_output"
IR_VERSION = 10  # ONNX Runtime 1.23, which the library uses, reads files up to IR version 11
LARGEST_FILE = 1_900_000_000  # a protobuf ends at 2 GiB; larger weights go into a file beside it


class Tower(torch.nn.Module):
    """Runs a network in another precision; inputs and outputs keep theirs. So do inputs after the first: a resolution
    in float16 would move distant tokens."""

    def __init__(self, network, dtype):
        super().__init__()
        self.network = network.to(dtype)
        self.dtype = dtype

    def forward(self, inputs, *metadata):
        if inputs.is_floating_point():
            inputs = inputs.to(self.dtype)
        return self.network(inputs, *metadata).to(torch.float32)


class SelfAttention(torch.nn.Module):
    """Computes torch.nn.MultiheadAttention for one sequence, without swapping batch and sequence.

    ONNX Runtime 1.23 and 1.32 crash on a transposition before a float16 multiplication of matrices, which that makes.
    """

    def __init__(self, original):
        super().__init__()
        assert original.in_proj_weight is not None and original.bias_k is None and not original.add_zero_attn
        self.batch_first = original.batch_first
        self.heads = original.num_heads
        self.inward = torch.nn.Linear(original.embed_dim, 3 * original.embed_dim)
        self.inward.weight, self.inward.bias = original.in_proj_weight, original.in_proj_bias
        self.outward = original.out_proj

    def forward(self, query, key, value, need_weights=False, attn_mask=None, **_):
        assert query is key and key is value and self.batch_first
        parts = self.inward(query).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        q, k, v = parts[0], parts[1], parts[2]
        mask = None if attn_mask is None else attn_mask.to(q.dtype)
        mixed = torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return self.outward(mixed.transpose(1, 2).flatten(2)), None


def with_plain_attention(model):
    """Returns the model with each torch.nn.MultiheadAttention replaced."""
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, torch.nn.MultiheadAttention):
                setattr(parent, name, SelfAttention(child))
    return model.eval()


class Call(torch.nn.Module):
    """A method of a model as a module."""

    def __init__(self, model, method):
        super().__init__()
        self.model = model
        self.method = method

    def forward(self, inputs):
        return getattr(self.model, self.method)(inputs)


def description(model):
    """Returns the description of the published model, to be changed if a checkpoint differs."""
    return json.loads((DESCRIPTIONS / model / "model.json").read_text())


def cosines(a, b):
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    return (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


def to_onnx(tower, examples, names, path, words=()):
    """Writes one tower whose first axis takes any length; examples and names are those of its inputs. words: the inputs whose
    second axis takes any length too."""
    batch, tokens = torch.export.Dim("batch", min=1), torch.export.Dim("tokens", min=2)
    shapes = tuple({0: batch, 1: tokens} if name in words else {0: batch} for name in names)
    size = sum(p.numel() * p.element_size() for p in tower.parameters())
    torch.onnx.export(
        tower,
        examples,
        str(path),
        input_names=names,
        output_names=[OUTPUT],
        dynamic_shapes=(shapes[0], shapes[1:]) if len(examples) > 1 else shapes,
        opset_version=18,
        dynamo=True,
        external_data=size > LARGEST_FILE,
        verbose=False,
    )
    tidy(path)
    onnx.checker.check_model(str(path))


def tidy(path):
    """Renames OUTPUT to "embedding", which the exporter itself calls what comes out of a table of tokens, drops the
    notes it keeps on each node, this machine's paths among them, and lowers the IR version."""
    model = onnx.load(str(path), load_external_data=False)
    model.ir_version = min(model.ir_version, IR_VERSION)
    names = {"embedding": "embedding_rows", OUTPUT: "embedding"}
    del model.metadata_props[:]
    del model.graph.metadata_props[:]
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
        for values in (node.input, node.output):
            for i, value in enumerate(values):
                values[i] = names.get(value, value)
    for value in [*model.graph.input, *model.graph.output, *model.graph.value_info, *model.graph.initializer]:
        value.name = names.get(value.name, value.name)
        del value.metadata_props[:]
    path.write_bytes(model.SerializeToString(deterministic=True))


def export(network, examples, name, out, file, precisions=PRECISIONS, words=(), **metadata):
    """Writes a tower in each precision, and compares ONNX Runtime's embeddings with PyTorch's in float32.

    examples: at least three inputs. metadata: further inputs of the network by name, as many of each. words: names of the
    inputs that are rows of tokens of any length. Fails if a cosine is below the bar.
    """
    network = network.eval()
    inputs = {name: examples, **metadata}
    with torch.no_grad():
        expected = network(*inputs.values()).float().numpy()
    network = with_plain_attention(network)
    for precision, (dtype, bar) in precisions.items():
        path = Path(out) / precision / file
        path.parent.mkdir(parents=True, exist_ok=True)
        with torch.no_grad():
            some = tuple(values[:2] for values in inputs.values())
            to_onnx(Tower(network, dtype).eval(), some, list(inputs), path, words)
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        worst = 1.0
        for count in (len(examples), 1):
            found = session.run(None, {name: values[:count].numpy() for name, values in inputs.items()})[0]
            worst = min(worst, cosines(found, expected[:count]).min())
        print(f"{path}: {path.stat().st_size:,} bytes, cosine to PyTorch at least {worst:.7f}", flush=True)
        if not worst >= bar:
            raise SystemExit(f"{path}: cosine {worst} is below {bar}; do not use these files")
    network.to(torch.float32)
    return expected


def finish(described, out, others=()):
    """Writes model.json into each precision's folder, and copies the other files there."""
    for precision in PRECISIONS:
        folder = Path(out) / precision
        (folder / "model.json").write_text(json.dumps(described, indent=2) + "\n")
        for file, name in others:
            shutil.copyfile(file, folder / name)
    print(f"Load it from {Path(out) / 'fp32'} or {Path(out) / 'fp16'}.")
