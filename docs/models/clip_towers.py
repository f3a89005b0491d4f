"""Shared by the export scripts of open_clip's CLIPs: writes both towers, CLIP's tokenizer and model.json."""

import torch

import clip_tokenizer
from exporting import Call, export, finish


def export_towers(model, described, out, channels=3):
    """model: an open_clip CLIP. described: its model.json, with the size of pictures."""
    size, context, words = described["image"]["size"], model.context_length, model.vocab_size
    torch.manual_seed(0)
    export(Call(model, "encode_image"), torch.randn(3, channels, size, size), "pixel_values", out, "image.onnx")
    # The vocabulary's last two tokens start and end a text; zeros fill up.
    tokens = torch.zeros(3, context, dtype=torch.long)
    for row, end in enumerate((1, 5, context - 1)):
        tokens[row, :end] = torch.randint(1, words - 2, (end,))
        tokens[row, 0], tokens[row, end] = words - 2, words - 1
    export(Call(model, "encode_text"), tokens, "input_ids", out, "text.onnx")
    tokenizer = out / "tokenizer.json"
    clip_tokenizer.write(tokenizer)
    finish(described, out, [(tokenizer, "tokenizer.json")])
    tokenizer.unlink()
