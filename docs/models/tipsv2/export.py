"""Turns TIPSv2's published weights into ONNX.

    pip install -r ../requirements.txt
    python export.py WEIGHTS OUT

WEIGHTS is a folder with config.json, model.safetensors and tokenizer.json of google/tipsv2-b14, as transformers reads them;
another size needs --version, which names it in datasets. OUT gets fp32 and fp16, each with image.onnx, text.onnx,
tokenizer.json and model.json. The embedding of a picture is the first class token, which was trained on captions from the
web, as in EarthEmbeddingExplorer; that of a text is the mean of its tokens.
"""

import argparse
import sys
from pathlib import Path

import torch
from transformers import Tipsv2Model

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from exporting import description, export, finish


class Picture(torch.nn.Module):
    """With the positions interpolated to the size once, which the model would do for each picture."""

    def __init__(self, model, size):
        super().__init__()
        embeddings = model.embeddings
        patches = (size // model.config.patch_size) ** 2
        tokens = torch.empty(1, patches + 1, model.config.hidden_size)
        positions = embeddings.interpolate_pos_encoding(tokens, size, size).detach()
        self.positions = torch.nn.Parameter(positions.clone(), requires_grad=False)
        embeddings.interpolate_pos_encoding = lambda tokens, height, width: self.positions
        self.model = model

    def forward(self, pixel_values):
        return self.model(pixel_values=pixel_values).pooler_output


class Text(torch.nn.Module):
    """The text tower; zero, the token that fills up, is masked, except in a text without tokens."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids):
        used = torch.cat((torch.ones_like(input_ids[:, :1]), (input_ids[:, 1:] != 0).long()), dim=1)
        return self.model(input_ids=input_ids, attention_mask=used).pooler_output


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--version", default="tipsv2-b14")
    options = parser.parse_args(arguments)

    model = Tipsv2Model.from_pretrained(options.weights, attn_implementation="sdpa").eval()
    settings = model.config.text_config
    described = description("tipsv2")
    described.update(version=options.version, dimension=settings.hidden_size)
    described["text"].update(contextLength=settings.max_position_embeddings, vocabularySize=settings.vocab_size)
    assert settings.pad_token_id == described["text"]["padId"]
    size = described["image"]["size"]

    torch.manual_seed(0)
    examples = torch.rand(3, 3, size, size)
    with torch.no_grad():
        original = model.get_image_features(pixel_values=examples).pooler_output
    expected = export(Picture(model.vision_model, size), examples, "pixel_values", options.out, "image.onnx")
    assert torch.allclose(original, torch.from_numpy(expected), atol=1e-4), "positions were not interpolated alike"
    tokens = torch.randint(1, settings.vocab_size, (3, settings.max_position_embeddings))
    tokens[0, 5:], tokens[1, 30:] = 0, 0
    export(Text(model.text_model), tokens, "input_ids", options.out, "text.onnx")
    finish(described, options.out, [(options.weights / "tokenizer.json", "tokenizer.json")])


if __name__ == "__main__":
    main()
