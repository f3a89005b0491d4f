"""Turns any CLIP of open_clip into ONNX: RemoteCLIP, GeoRSCLIP, CLIP itself.

    pip install -r ../requirements.txt
    python export.py NAME ARCHITECTURE CHECKPOINT OUT

for example: python export.py RemoteCLIP ViT-B-32 RemoteCLIP-ViT-B-32.pt OUT, or
python export.py GeoRSCLIP ViT-B-32-quickgelu RS5M_ViT-B-32.pt OUT. NAME is yours to choose, ARCHITECTURE is
open_clip's (list: python -c "import open_clip; print(open_clip.list_models())"; weights that were trained from OpenAI's
need the one that ends in -quickgelu). OUT gets fp32 and fp16, each with image.onnx, text.onnx, tokenizer.json and
model.json. This supports only CLIP's own text tower; SigLIP has a separate script.
"""

import argparse
import sys
from pathlib import Path

import open_clip
from open_clip.factory import load_state_dict

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from clip_towers import export_towers
from exporting import description


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("architecture")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args(arguments)

    model = open_clip.create_model(options.architecture).eval()
    state = load_state_dict(str(options.checkpoint))
    state.pop("text.transformer.embeddings.position_ids", None)
    model.load_state_dict(state, strict=True)
    preprocess = model.visual.preprocess_cfg
    size = preprocess["size"] if isinstance(preprocess["size"], int) else preprocess["size"][0]
    if (preprocess["interpolation"], preprocess["resize_mode"]) != ("bicubic", "shortest") or model.vocab_size != 49408:
        raise SystemExit(f"{options.architecture} is no CLIP that this script knows")

    described = description("farslip")  # CLIP's own preparation, but for the length of texts
    described.update(name=options.name, version=options.checkpoint.stem)
    described["dimension"] = open_clip.get_model_config(options.architecture)["embed_dim"]
    described["image"].update(size=size, mean=list(preprocess["mean"]), std=list(preprocess["std"]))
    described["text"]["contextLength"] = model.context_length

    export_towers(model, described, options.out)


if __name__ == "__main__":
    main()
