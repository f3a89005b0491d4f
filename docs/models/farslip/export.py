"""Turns FarSLIP's published weights into ONNX.

    pip install -r ../requirements.txt
    python export.py FarSLIP2_ViT-B-16.pt OUT

The checkpoint is one of ZhenShiL/FarSLIP: FarSLIP1 (stage s1) or FarSLIP2 (s2), ViT-B-16, or ViT-B-32 with --architecture.
OUT gets fp32 and fp16, each with image.onnx, text.onnx, tokenizer.json and model.json. FarSLIP's own code is not needed: it
is open_clip's model. A checkpoint with positional_embedding_res has 248 text positions, the first 20 in one table and the
others in a second; here they become one. The other checkpoints have CLIP's 77.

The activation is GELU, with which EarthEmbeddingExplorer made its sets. FarSLIP's authors test with --force-quick-gelu: for
embeddings of your own, --quick-gelu is their way, and the version says so.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import open_clip
import torch
from open_clip.factory import load_state_dict

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from clip_towers import export_towers
from exporting import description

CONTEXT = 248
KEPT = 20


def create(architecture, context=CONTEXT, quick_gelu=False):
    """The architecture with another length of texts, as open_clip builds it."""
    config = dict(open_clip.get_model_config(architecture), quick_gelu=quick_gelu)
    config["text_cfg"] = dict(config["text_cfg"], context_length=context)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{architecture}-long.json"
        file.write_text(json.dumps(config))
        open_clip.add_model_config(file)
    return open_clip.create_model(f"{architecture}-long").eval()


def joined(state):
    """The checkpoint with one table of text positions."""
    if "positional_embedding_res" not in state:
        return state
    state = {name: value for name, value in state.items() if name not in ("mask1", "mask2")}
    rest = state.pop("positional_embedding_res")
    first = state["positional_embedding"]
    assert first.shape == rest.shape and len(first) == CONTEXT, (first.shape, rest.shape)
    state["positional_embedding"] = torch.cat([first[:KEPT], rest[KEPT:]])
    return state


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--architecture", default="ViT-B-16", help="its name in open_clip")
    parser.add_argument("--quick-gelu", action="store_true", help="as its authors test")
    options = parser.parse_args(arguments)

    state = joined(load_state_dict(str(options.checkpoint)))
    context = len(state["positional_embedding"])
    model = create(options.architecture, context, options.quick_gelu)
    model.load_state_dict(state, strict=True)
    described = description("farslip")
    described["version"] = options.checkpoint.stem + (" quick-gelu" if options.quick_gelu else "")
    described["text"]["contextLength"] = context
    described["dimension"] = open_clip.get_model_config(options.architecture)["embed_dim"]
    preprocess = model.visual.preprocess_cfg
    size = described["image"]["size"]
    assert preprocess["size"] in (size, (size, size)), preprocess
    assert list(preprocess["mean"]) == described["image"]["mean"], preprocess
    assert list(preprocess["std"]) == described["image"]["std"], preprocess
    assert (preprocess["interpolation"], preprocess["resize_mode"]) == ("bicubic", "shortest"), preprocess
    assert model.context_length == described["text"]["contextLength"]
    assert model.vocab_size == described["text"]["vocabularySize"]

    export_towers(model, described, options.out)


if __name__ == "__main__":
    main()
