"""Turns SigLIP's and SigLIP 2's published weights into ONNX.

    pip install -r ../requirements.txt
    python export.py WEIGHTS OUT

WEIGHTS is a folder with open_clip_pytorch_model.bin (or open_clip_model.safetensors) and tokenizer.json of
timm/ViT-SO400M-14-SigLIP-384, or of another SigLIP or SigLIP 2 that --architecture names, such as
timm/ViT-SO400M-16-SigLIP2-384. OUT gets fp32 and fp16, each with image.onnx, text.onnx, tokenizer.json and model.json. Wants about 8 GB of memory and 6 GB of disk.
"""

import argparse
import sys
from pathlib import Path

import open_clip
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from exporting import Call, description, export, finish


def find(folder, *names):
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise SystemExit(f"{folder} holds none of {', '.join(names)}")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--architecture", default="ViT-SO400M-14-SigLIP-384", help="its name in open_clip")
    options = parser.parse_args(arguments)
    checkpoint = find(options.weights, "open_clip_model.safetensors", "open_clip_pytorch_model.bin")
    tokenizer = find(options.weights, "tokenizer.json")

    model = open_clip.create_model(options.architecture, pretrained=str(checkpoint)).eval()
    text = model.text
    described = description("siglip2" if "SigLIP2" in options.architecture else "siglip")
    described["version"] = options.architecture
    described["dimension"] = open_clip.get_model_config(options.architecture)["embed_dim"]
    size = model.visual.preprocess_cfg["size"]
    size = described["image"]["size"] = size if isinstance(size, int) else size[0]
    described["text"]["contextLength"] = text.context_length
    described["text"]["vocabularySize"] = text.vocab_size
    described["sigmoid"] = {"scale": model.logit_scale.exp().item(), "bias": model.logit_bias.item()}

    torch.manual_seed(0)
    export(Call(model, "encode_image"), torch.rand(3, 3, size, size) * 2 - 1, "pixel_values", options.out, "image.onnx")
    tokens = torch.randint(3, text.vocab_size, (3, text.context_length))
    tokens[0, 5:] = described["text"]["padId"]
    export(Call(model, "encode_text"), tokens, "input_ids", options.out, "text.onnx")
    finish(described, options.out, [(tokenizer, "tokenizer.json")])


if __name__ == "__main__":
    main()
