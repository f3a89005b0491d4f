"""Writes models as they lie on Hugging Face's hub, small and with random weights, and what the reference makes of them.

    pip install onnx==1.23.2 onnxruntime==1.23.2 tokenizers==0.23.3 numpy==2.4.6 pillow==11.3.0
    python layouts.py ../src/test/resources/io/earthembed/onnx/golden/layouts

Each folder has the files of one layout: transformers.js (onnx/text_model.onnx and vision_model.onnx), sentence-
transformers, Optimum (model.onnx beside config.json), quantized. The reference is ONNX Runtime with the tokenizers
library and Pillow, one input at a time; pooling and normalization are numpy's.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from tokenizers import Tokenizer, models, pre_tokenizers, processors

import store

WIDTH = 16  # of every vector
POSITIONS = 24
WORDS = ("a an the of in by on with and two many large small green blue white satellite aerial image photo view river "
         "lake forest field town road bridge harbor ships glacier desert dunes coast island airport runway mountain "
         "snow beside through under").split()
TEXTS = [
    "a river", "a satellite image of a river through a town", "glacier", "", "many ships in the harbor",
    "an aerial photo of a large airport with two runway and many road beside a lake",
    "desert dunes", "snow on the mountain", "unknown words zyx", "a forest beside a field",
    "the river the river the river the river the river the river the river the river the river the river the river",
    "island",
]
PICTURES = [(0, 40, 52), (1, 32, 32), (2, 90, 33), (3, 20, 20), (4, 61, 47)]  # seed, height, width
SIDE = 32


def noise(seed, shape):
    """As in inputs.py."""
    h = np.arange(int(np.prod(shape)), dtype=np.uint64) + np.uint64(seed * 1_000_003)
    for _ in range(2):
        h = (h ^ (h >> np.uint64(16))) * np.uint64(0x45D9F3B) & np.uint64(0xFFFFFFFF)
    return ((h ^ (h >> np.uint64(16))) & np.uint64(0xFFFFFFFF)).reshape(shape)


def picture(seed, height, width):
    """As in inputs.py."""
    bits = noise(seed, (height, width, 3))
    if seed % 2 == 0:
        return (bits >> np.uint64(24)).astype(np.uint8)
    slope = np.add.outer(np.arange(height) * 3, np.arange(width) * 2)[:, :, None] + np.arange(3) * 40
    return ((slope + (bits >> np.uint64(28)).astype(np.int64)) // 2 % 256).astype(np.uint8)


class Graph:
    """A graph that grows node by node. Weights are float32, or rounded to float16."""

    def __init__(self, seed, dtype=np.float32):
        self.rng = np.random.default_rng(seed)
        self.dtype = dtype
        self.nodes, self.weights, self.count = [], [], 0

    def node(self, operator, *inputs, out=None, **attributes):
        self.count += 1
        name = out or f"v{self.count}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def constant(self, value, name=None):
        self.count += 1
        name = name or f"w{self.count}"
        self.weights.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def random(self, *shape, scale=1.0, name=None):
        return self.constant((self.rng.standard_normal(shape) * scale).astype(self.dtype), name)

    def model(self, inputs, outputs):
        graph = helper.make_graph(self.nodes, "layout", inputs, outputs, self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model)
        return model

    @property
    def type(self):
        return TensorProto.FLOAT if self.dtype == np.float32 else TensorProto.FLOAT16


def attention(g, x, mask):
    """One head; mask [n, tokens] of 0 and 1, or None for causal attention."""
    q, k, v = (g.node("MatMul", x, g.random(WIDTH, WIDTH, scale=0.5)) for _ in range(3))
    scores = g.node("MatMul", q, g.node("Transpose", k, perm=[0, 2, 1]))
    if mask is not None:
        bias = g.node("Mul", g.node("Sub", g.constant(g.dtype(1)), mask), g.constant(g.dtype(-30000)))
        scores = g.node("Add", scores, g.node("Unsqueeze", bias, g.constant(np.array([1]))))
    else:
        square = g.node("Slice", g.node("Shape", scores), g.constant(np.array([1])), g.constant(np.array([3])))
        upper = g.node("Trilu", g.node("Expand", g.constant(g.dtype(-30000)), square), g.constant(np.array(1)), upper=1)
        scores = g.node("Add", scores, upper)
    return g.node("Add", x, g.node("MatMul", g.node("Softmax", scores, axis=-1), v))


def text_vectors(g, vocabulary, ids="input_ids", positions=POSITIONS, name=None):
    """Token and position embeddings [n, tokens, WIDTH]; more tokens than positions fail."""
    table = g.random(vocabulary, WIDTH, name=name)
    length = g.node("Slice", g.node("Shape", ids), g.constant(np.array([1])), g.constant(np.array([2])))
    numbers = g.node("Range", g.constant(np.array(0)), g.node("Squeeze", length), g.constant(np.array(1)))
    places = g.node("Gather", g.random(positions, WIDTH), numbers)
    return g.node("Add", g.node("Gather", table, ids), places)


def ints(name, shape, kind=TensorProto.INT64):
    return helper.make_tensor_value_info(name, kind, shape)


def tokenizer(pad, start, end):
    """Whole words between a start and an end token."""
    vocabulary = {word: i for i, word in enumerate(dict.fromkeys([pad, start, end, "[UNK]", *WORDS]))}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.add_special_tokens(list(dict.fromkeys([pad, start, end, "[UNK]"])))
    made.post_processor = processors.TemplateProcessing(
        single=f"{start} $A {end}", special_tokens=[(start, vocabulary[start]), (end, vocabulary[end])])
    return made, len(vocabulary)


def ids_of(made, text, most):
    made.enable_truncation(most)
    return np.array([made.encode(text).ids], np.int64)


def unit(rows):
    rows = np.asarray(rows, np.float64)
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


def session(path):
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def write(folder, name, value):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1) + "\n")


def save(folder, name, model, external=False):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if external:
        onnx.save(model, path, save_as_external_data=True, location=path.name + "_data", size_threshold=64)
    else:
        path.write_bytes(model.SerializeToString(deterministic=True))
    return session(path)


def resized(image, size, filter, crop=None):
    """size (height, width); the middle is cut as transformers does."""
    image = np.asarray(Image.fromarray(image).resize(size[::-1], filter))
    if crop:
        top, left = (image.shape[0] - crop) // 2, (image.shape[1] - crop) // 2
        image = image[top:top + crop, left:left + crop]
    return image


def shorter_side(image, side):
    height, width = image.shape[:2]
    if height < width:
        return side, int(side * width / height)
    return int(side * height / width), side


def normalized(image, mean, std):
    return ((image / np.float32(255) - np.float32(mean)) / np.float32(std)).astype(np.float32)


def sentences(folder):
    """BERT: mask and token types; an unused pooler_output."""
    made, size = tokenizer("[PAD]", "[CLS]", "[SEP]")
    made.save(str(folder / "tokenizer.json"))
    g = Graph(1)
    x = g.node("Add", text_vectors(g, size), g.node("Gather", g.random(2, WIDTH), "token_type_ids"))
    mask = g.node("Cast", "attention_mask", to=TensorProto.FLOAT)
    x = attention(g, x, mask)
    g.node("Identity", x, out="last_hidden_state")
    first = g.node("Gather", x, g.constant(np.array(0)), axis=1)
    g.node("Tanh", g.node("MatMul", first, g.random(WIDTH, WIDTH)), out="pooler_output")
    names = ("input_ids", "attention_mask", "token_type_ids")
    run = save(folder, "onnx/model.onnx", g.model(
        [ints(name, ["batch", "sequence"]) for name in names],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "sequence", WIDTH]),
         helper.make_tensor_value_info("pooler_output", TensorProto.FLOAT, ["batch", WIDTH])]))
    write(folder, "config.json", {"model_type": "bert", "vocab_size": size, "pad_token_id": 0,
                                  "max_position_embeddings": POSITIONS, "hidden_size": WIDTH})
    write(folder, "tokenizer_config.json", {"model_max_length": 512, "pad_token": "[PAD]"})
    write(folder, "1_Pooling/config.json", {"word_embedding_dimension": WIDTH, "pooling_mode_cls_token": False,
                                            "pooling_mode_mean_tokens": True})
    write(folder, "modules.json", [{"type": "sentence_transformers.models.Transformer"},
                                   {"type": "sentence_transformers.models.Pooling"}])
    write(folder, "config_sentence_transformers.json", {
        "prompts": {"query": "image of ", "document": ""}, "default_prompt_name": "query"})

    def embed(text):
        ids = ids_of(made, "image of " + text, POSITIONS)
        return run.run(["last_hidden_state"], {"input_ids": ids, "attention_mask": np.ones_like(ids),
                                               "token_type_ids": np.zeros_like(ids)})[0][0].mean(0)

    return {"texts": unit([embed(text) for text in TEXTS]).tolist()}


def clip(folder):
    """CLIP of transformers.js: text without a mask, which the first end token ends; pictures with external weights."""
    made, size = tokenizer("<|endoftext|>", "<|startoftext|>", "<|endoftext|>")
    made.save(str(folder / "tokenizer.json"))
    g = Graph(2)
    x = attention(g, text_vectors(g, size), None)
    g.node("Identity", x, out="last_hidden_state")
    ends = g.node("Cast", g.node("Equal", "input_ids", g.constant(np.array(0))), to=TensorProto.INT32)
    end = g.node("ArgMax", ends, axis=1, keepdims=0)
    hot = g.node("OneHot", end, g.node("Squeeze", g.node("Slice", g.node("Shape", "input_ids"), g.constant(np.array([1])),
                 g.constant(np.array([2])))), g.constant(np.array([0, 1], np.float32)))
    picked = g.node("Squeeze", g.node("MatMul", g.node("Unsqueeze", hot, g.constant(np.array([1]))), x),
                    g.constant(np.array([1])))
    g.node("MatMul", picked, g.random(WIDTH, WIDTH), out="text_embeds")
    text = save(folder, "onnx/text_model.onnx", g.model(
        [ints("input_ids", ["batch", "sequence"])],
        [helper.make_tensor_value_info("text_embeds", TensorProto.FLOAT, ["batch", WIDTH]),
         helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "sequence", WIDTH])]))
    image = save(folder, "onnx/vision_model.onnx", vision(3, "image_embeds", "pooled"), external=True)
    write(folder, "config.json", {
        "model_type": "clip", "projection_dim": WIDTH,
        "text_config": {"model_type": "clip_text_model", "vocab_size": size, "max_position_embeddings": POSITIONS},
        "vision_config": {"model_type": "clip_vision_model", "image_size": SIDE}})
    write(folder, "tokenizer_config.json", {"model_max_length": POSITIONS, "pad_token": {"content": "<|endoftext|>"}})
    mean, std = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
    write(folder, "preprocessor_config.json", {
        "image_processor_type": "CLIPImageProcessor", "do_resize": True, "size": {"shortest_edge": SIDE}, "resample": 3,
        "do_center_crop": True, "crop_size": {"height": SIDE, "width": SIDE}, "do_rescale": True,
        "rescale_factor": 0.00392156862745098, "do_normalize": True, "image_mean": mean, "image_std": std})

    def look(spec):
        p = picture(*spec)
        p = normalized(resized(p, shorter_side(p, SIDE), Image.Resampling.BICUBIC, SIDE), mean, std)
        return image.run(["image_embeds"], {"pixel_values": p.transpose(2, 0, 1)[None]})[0][0]

    return {"texts": unit([text.run(["text_embeds"], {"input_ids": ids_of(made, t, POSITIONS)})[0][0]
                           for t in TEXTS]).tolist(),
            "pictures": unit([look(spec) for spec in PICTURES]).tolist()}


def vision(seed, output, form, dtype=np.float32, batch="batch", last=False, name="pixel_values"):
    """Patches of 16 pixels, projected. form: pooled, column ([n, WIDTH, 1, 1]), single ([n, 1, WIDTH]) or tokens."""
    g = Graph(seed, dtype)
    pixels = g.node("Transpose", name, perm=[0, 3, 1, 2]) if last else name
    x = g.node("Conv", pixels, g.random(WIDTH, 3, 16, 16, scale=0.05), strides=[16, 16])
    x = g.node("Tanh", x)
    if form == "tokens":
        patches = g.node("Transpose", g.node("Reshape", x, g.constant(np.array([0, WIDTH, -1]))), perm=[0, 2, 1])
        g.node("MatMul", patches, g.random(WIDTH, WIDTH), out=output)
        shape = [batch, (SIDE // 16) ** 2, WIDTH]
    else:
        x = g.node("GlobalAveragePool", g.node("Conv", x, g.random(WIDTH, WIDTH, 1, 1)))
        shape = {"column": [batch, WIDTH, 1, 1], "single": [batch, 1, WIDTH], "pooled": [batch, WIDTH]}[form]
        g.node("Reshape", x, g.constant(np.array([0 if n == batch else n for n in shape])), out=output)
    side = [SIDE, SIDE, 3] if last else [3, SIDE, SIDE]
    return g.model([helper.make_tensor_value_info(name, g.type, [batch, *side])],
                   [helper.make_tensor_value_info(output, g.type, shape)])


def siglip(folder):
    """Only float16 files: int32 ids of a fixed length, padded in full; no vocabulary size; pictures squashed."""
    made, size = tokenizer("<pad>", "<s>", "</s>")
    made.save(str(folder / "tokenizer.json"))
    g = Graph(4, np.float16)
    vectors = text_vectors(g, size, g.node("Cast", "input_ids", to=TensorProto.INT64), 12,
                           "text_model.embeddings.token_embedding.weight")
    x = attention(g, vectors, g.constant(np.ones((1, 12), np.float16)))
    g.node("MatMul", g.node("Gather", x, g.constant(np.array(11)), axis=1), g.random(WIDTH, WIDTH), out="pooler_output")
    text = save(folder, "onnx/text_model_fp16.onnx", g.model(
        [ints("input_ids", ["batch", 12], TensorProto.INT32)],
        [helper.make_tensor_value_info("pooler_output", TensorProto.FLOAT16, ["batch", WIDTH])]))
    image = save(folder, "onnx/vision_model_fp16.onnx", vision(5, "pooler_output", "pooled", np.float16))
    write(folder, "config.json", {"model_type": "siglip", "text_config": {}, "vision_config": {}})
    write(folder, "tokenizer_config.json", {"model_max_length": 12, "pad_token": "<pad>"})
    write(folder, "preprocessor_config.json", {
        "image_processor_type": "SiglipImageProcessor", "size": {"height": SIDE, "width": SIDE}, "resample": 2,
        "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]})

    def say(t):
        ids = ids_of(made, t, 12)
        return text.run(None, {"input_ids": np.pad(ids, ((0, 0), (0, 12 - ids.shape[1]))).astype(np.int32)})[0][0]

    def look(spec):
        p = normalized(resized(picture(*spec), (SIDE, SIDE), Image.Resampling.BILINEAR), [0.5] * 3, [0.5] * 3)
        return image.run(None, {"pixel_values": p.transpose(2, 0, 1)[None].astype(np.float16)})[0][0]

    return {"texts": unit([say(t) for t in TEXTS]).tolist(),
            "pictures": unit([look(spec) for spec in PICTURES]).tolist()}


def dinov2(folder):
    """Optimum's export: one file beside config.json, a vector per token."""
    image = save(folder, "model.onnx", vision(6, "last_hidden_state", "tokens"))
    write(folder, "config.json", {"model_type": "dinov2", "hidden_size": WIDTH})
    mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    write(folder, "preprocessor_config.json", {
        "image_processor_type": "BitImageProcessor", "size": {"shortest_edge": 36}, "resample": 3,
        "do_center_crop": True, "crop_size": {"height": SIDE, "width": SIDE}, "image_mean": mean, "image_std": std})

    def look(spec):
        p = picture(*spec)
        p = normalized(resized(p, shorter_side(p, 36), Image.Resampling.BICUBIC, SIDE), mean, std)
        return image.run(None, {"pixel_values": p.transpose(2, 0, 1)[None]})[0][0]

    tokens = [look(spec) for spec in PICTURES]
    return {"pictures": unit([t[0] for t in tokens]).tolist(), "mean": unit([t.mean(0) for t in tokens]).tolist(),
            "last": unit([t[-1] for t in tokens]).tolist()}


def fields(folder):
    """What model.json says of pictures: channels last in BGR, Lanczos, longer side with padding, a fixed batch of 4."""
    results = {}
    description = {"name": "fields", "version": "1", "dimension": WIDTH}
    image = {"input": "x", "output": "y", "channels": "BGR", "size": SIDE, "mean": [0.4, 0.5, 0.6], "std": [0.2, 0.3, 0.4]}
    last = save(folder, "last.onnx", vision(7, "y", "single", batch=4, last=True, name="x"))
    write(folder, "last.json", {**description, "image": {
        **image, "file": "last.onnx", "resize": "squash", "interpolation": "lanczos"}})
    column = save(folder, "column.onnx", vision(8, "y", "column", name="x"))
    write(folder, "column.json", {**description, "image": {
        **image, "file": "column.onnx", "resize": "longer-side", "fill": 17, "interpolation": "bicubic"}})

    def squashed(spec):
        p = normalized(resized(picture(*spec), (SIDE, SIDE), Image.Resampling.LANCZOS)[..., ::-1],
                       image["mean"], image["std"])
        return last.run(None, {"x": np.repeat(p[None], 4, 0)})[0][0, 0]

    def padded(spec):
        p = picture(*spec)
        ratio = max(p.shape[0] / SIDE, p.shape[1] / SIDE)
        height, width = round(p.shape[0] / ratio), round(p.shape[1] / ratio)
        square = np.full((SIDE, SIDE, 3), 17, np.uint8)
        top, left = (SIDE - height) // 2, (SIDE - width) // 2
        square[top:top + height, left:left + width] = resized(p, (height, width), Image.Resampling.BICUBIC)
        p = normalized(square[..., ::-1], image["mean"], image["std"])
        return column.run(None, {"x": p.transpose(2, 0, 1)[None]})[0][0, :, 0, 0]

    results["last"] = unit([squashed(spec) for spec in PICTURES]).tolist()
    results["column"] = unit([padded(spec) for spec in PICTURES]).tolist()
    return results


def quantized(folder):
    """A sentence model whose projection is dynamically quantized: the range is that of the whole run."""
    made, size = tokenizer("[PAD]", "[CLS]", "[SEP]")
    made.save(str(folder / "tokenizer.json"))
    g = Graph(9)
    x = attention(g, text_vectors(g, size), g.node("Cast", "attention_mask", to=TensorProto.FLOAT))
    g.nodes.append(helper.make_node("DynamicQuantizeLinear", [x], ["q", "scale", "zero"]))
    weights = g.constant(g.rng.integers(-127, 128, (WIDTH, WIDTH)).astype(np.int8))
    product = g.node("Cast", g.node("MatMulInteger", "q", weights, "zero"), to=TensorProto.FLOAT)
    g.node("Mul", product, "scale", out="last_hidden_state")
    run = save(folder, "onnx/model_quantized.onnx", g.model(
        [ints(name, ["batch", "sequence"]) for name in ("input_ids", "attention_mask")],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "sequence", WIDTH])]))
    write(folder, "config.json", {"model_type": "bert", "vocab_size": size, "max_position_embeddings": POSITIONS})
    write(folder, "1_Pooling/config.json", {"pooling_mode": "lasttoken"})

    def say(t):
        ids = ids_of(made, t, POSITIONS)
        return run.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0, -1]

    return {"texts": unit([say(t) for t in TEXTS]).tolist()}


def main():
    out = Path(sys.argv[1])
    shutil.rmtree(out, ignore_errors=True)
    made = {"sentences": sentences, "clip": clip, "siglip": siglip, "dinov2": dinov2, "fields": fields,
            "quantized": quantized}
    for name, make in made.items():
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            results = make(folder)
            files = sorted(path for path in folder.rglob("*") if path.is_file())
            for path in files:
                store.write(out / name / f"{path.relative_to(folder).as_posix()}.gz", path.read_bytes())
            store.text(out / f"{name}.json.gz", {
                "files": [path.relative_to(folder).as_posix() for path in files], **results})
    store.text(out / "inputs.json.gz", {"texts": TEXTS, "pictures": PICTURES})


if __name__ == "__main__":
    main()
