"""Turns Qwen3-VL-Embedding's published weights into ONNX: one model for texts, pictures, and both as one query.

    pip install -r ../requirements.txt
    python export.py WEIGHTS OUT [--query-instruction TEXT]

WEIGHTS is a folder with config.json, the safetensors files, tokenizer.json and the chat template of
Qwen/Qwen3-VL-Embedding-2B (Apache-2.0) or -8B. OUT gets fp32 and fp16, each with image.onnx, text.onnx, tokenizer.json and
model.json. Wants four times the memory that the weights take in float32.

A prompt stands around each input, as the checkpoint's chat template has it: an instruction, the picture, the text.
Pictures alone have the instruction of the model's authors, texts and pictures with texts have --query-instruction.
EarthEmbeddingExplorer's is "Retrieve Sentinel-2 satellite image patches that match the user's natural-language
description of Earth observation scenes.".

image.onnx takes a picture and the tokens of its prompt, in which one <|image_pad|> stands for the picture; the network
replaces it by the picture's own tokens and counts their positions in time, height and width. The reference keeps a picture's
size, while the network has one: pictures of other sizes are resized to --size, which must be a multiple of 32.
"""

import argparse
import sys
import unicodedata
from pathlib import Path

import torch
from transformers import AutoTokenizer, Qwen3VLModel
from transformers.vision_utils import get_vision_interpolation_indices_and_weights, get_vision_position_ids

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from exporting import description, export, finish

INSTRUCTION = "Represent the user's input."  # qwen3_vl_embedding.py, beside the published weights
TEXT = "{text}"


def rotated(x, cos, sin):
    """x with its rotary positions: the first half of a head's values is turned against the second."""
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-second, first), dim=-1) * sin


class Pictures(torch.nn.Module):
    """The vision tower for pictures of one size: the tokens of each picture, and those that DeepStack adds to the first
    layers of the language model. Positions are constants."""

    def __init__(self, visual, size):
        super().__init__()
        config = visual.config
        self.merge, self.heads = config.spatial_merge_size, config.num_heads
        self.grid = size // config.patch_size
        grid = torch.tensor([[1, self.grid, self.grid]])
        indices, weights = get_vision_interpolation_indices_and_weights(
            grid, num_grid_per_side=visual.num_grid_per_side, mode=visual.interpolation_mode,
            align_corners=visual.interpolation_align_corners, spatial_merge_size=self.merge)
        learned = (visual.pos_embed(indices) * weights[:, :, None]).sum(1)
        self.positions = torch.nn.Parameter(learned.detach().clone(), requires_grad=False)
        # Lists, since modules in float16 would round them.
        self.cos, self.sin = (each.tolist() for each in visual.rotary_pos_emb(learned, get_vision_position_ids(grid, self.merge)))
        # A picture is two equal frames.
        self.patches = torch.nn.Conv2d(config.in_channels, config.hidden_size, config.patch_size, config.patch_size)
        self.patches.weight = torch.nn.Parameter(visual.patch_embed.proj.weight.detach().sum(2), requires_grad=False)
        self.patches.bias = visual.patch_embed.proj.bias
        self.blocks, self.merger, self.deep = visual.blocks, visual.merger, visual.deepstack_merger_list
        self.deep_layers = list(config.deepstack_visual_indexes)

    def attend(self, attention, x, cos, sin):
        parts = attention.qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        mixed = torch.nn.functional.scaled_dot_product_attention(rotated(parts[0], cos, sin), rotated(parts[1], cos, sin), parts[2])
        return attention.proj(mixed.transpose(1, 2).flatten(2))

    def merged(self, merger, x):
        return merger(x.flatten(0, 1)).unflatten(0, (-1, (self.grid // self.merge) ** 2))

    def forward(self, pixels):
        blocks = (self.grid // self.merge, self.merge)
        x = self.patches(pixels).unflatten(-1, blocks).unflatten(-3, blocks)
        x = x.permute(0, 2, 4, 3, 5, 1).flatten(1, 4) + self.positions  # squares of patches follow each other
        cos, sin = torch.tensor(self.cos, dtype=x.dtype), torch.tensor(self.sin, dtype=x.dtype)
        deep = []
        for number, block in enumerate(self.blocks):
            x = x + self.attend(block.attn, block.norm1(x), cos, sin)
            x = x + block.mlp(block.norm2(x))
            if number in self.deep_layers:
                deep.append(self.merged(self.deep[self.deep_layers.index(number)], x))
        return self.merged(self.merger, x), deep


class Language(torch.nn.Module):
    """The language model, up to the vector of the last token that is no padding."""

    def __init__(self, language):
        super().__init__()
        self.layers, self.norm = language.layers, language.norm
        rotary = language.rotary_emb
        self.frequencies, self.scaling = rotary.inv_freq.tolist(), rotary.attention_scaling
        self.axes = [0] * len(self.frequencies)  # of each frequency: time, height or width
        for axis in (1, 2):
            for i in range(axis, rotary.mrope_section[axis] * 3, 3):
                self.axes[i] = axis

    def attend(self, attention, x, cos, sin, mask):
        def heads(y):
            return y.unflatten(-1, (-1, attention.head_dim))

        q = rotated(attention.q_norm(heads(attention.q_proj(x))).transpose(1, 2), cos, sin)
        k = rotated(attention.k_norm(heads(attention.k_proj(x))).transpose(1, 2), cos, sin)
        v = heads(attention.v_proj(x)).transpose(1, 2)
        k, v = (y.repeat_interleave(attention.num_key_value_groups, dim=1) for y in (k, v))
        mixed = torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return attention.o_proj(mixed.transpose(1, 2).flatten(2))

    def forward(self, x, positions, used, added=()):
        """positions: [3, n, tokens]. used: 1 for each token that is no padding. added: vectors for the first layers."""
        angles = positions[torch.tensor(self.axes)].permute(1, 2, 0).float() * torch.tensor(self.frequencies)
        angles = torch.cat((angles, angles), dim=-1)[:, None]
        cos, sin = (angles.cos() * self.scaling).to(x.dtype), (angles.sin() * self.scaling).to(x.dtype)
        order = torch.arange(x.shape[1])
        mask = (order[:, None] >= order)[None, None] & (used[:, None, None] > 0)
        for number, layer in enumerate(self.layers):
            x = x + self.attend(layer.self_attn, layer.input_layernorm(x), cos, sin, mask)
            x = x + layer.mlp(layer.post_attention_layernorm(x))
            if number < len(added):
                x = x + added[number]
        last = (used.sum(1) - 1)[:, None, None].expand(-1, 1, x.shape[2])
        return self.norm(x.gather(1, last)[:, 0])


class Texts(torch.nn.Module):
    def __init__(self, words, language):
        super().__init__()
        self.words, self.language = words, language

    def forward(self, input_ids, attention_mask):
        order = torch.arange(input_ids.shape[1])[None].expand(input_ids.shape[0], -1)
        return self.language(self.words(input_ids), order.expand(3, -1, -1), attention_mask)


class PicturesWithTexts(torch.nn.Module):
    """Of each sample, one token stands for the picture."""

    def __init__(self, pictures, words, language, token):
        super().__init__()
        self.pictures, self.words, self.language = pictures, words, language
        self.token, self.side = token, pictures.grid // pictures.merge

    def forward(self, pixel_values, input_ids, attention_mask):
        images, deep = self.pictures(pixel_values)
        count = self.side**2
        start = (input_ids == self.token).long().argmax(1, keepdim=True)
        order = torch.arange(input_ids.shape[1] + count - 1)[None]
        inside = (order >= start) & (order < start + count)
        source = torch.where(order <= start, order, (order - count + 1).clamp(min=0))  # of tokens
        pixel = (order - start).clamp(0, count - 1)  # of the picture's tokens

        def pick(values, index):
            return values.gather(1, index[..., None].expand(-1, -1, values.shape[2]))

        def of_picture(values):
            return torch.where(inside[..., None], pick(values, pixel), torch.zeros((), dtype=values.dtype))

        x = torch.where(inside[..., None], of_picture(images), pick(self.words(input_ids), source))
        used = torch.where(inside, 1, attention_mask.gather(1, source))
        plain = torch.where(order < start, order, order - count + self.side)
        axes = (start, start + pixel // self.side, start + pixel % self.side)
        positions = torch.stack([torch.where(inside, axis, plain) for axis in axes])
        return self.language(x, positions, used, [of_picture(each) for each in deep])


def instruction(text):
    """An instruction ends with punctuation, as in the reference."""
    text = text.strip()
    return text if unicodedata.category(text[-1]).startswith("P") else text + "."


def prompt(tokenizer, text, picture):
    """What stands before and after a query's text."""
    content = [{"type": "image"}] * picture + [{"type": "text", "text": TEXT}]
    conversation = [{"role": "system", "content": [{"type": "text", "text": text}]}, {"role": "user", "content": content}]
    return tokenizer.apply_chat_template(conversation, tokenize=False, add_generation_prompt=True).split(TEXT)


def tokens(tokenizer, prompts):
    encoded = tokenizer(prompts, padding=True, padding_side="right", return_tensors="pt")
    return encoded["input_ids"], encoded["attention_mask"]


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--version", default="2B", help="its name in datasets")
    parser.add_argument("--size", type=int, default=384, help="side of the pictures")
    parser.add_argument("--query-instruction", default=INSTRUCTION, help=f"of texts, and of pictures with texts: {INSTRUCTION}")
    options = parser.parse_args(arguments)

    model = Qwen3VLModel.from_pretrained(options.weights, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(options.weights)
    vision, language = model.config.vision_config, model.config.text_config
    if options.size % (vision.patch_size * vision.spatial_merge_size):
        raise SystemExit(f"--size must be a multiple of {vision.patch_size * vision.spatial_merge_size}")
    before, after = prompt(tokenizer, instruction(options.query_instruction), False)
    with_picture, after_both = prompt(tokenizer, instruction(options.query_instruction), True)
    alone = "".join(prompt(tokenizer, INSTRUCTION, True))

    described = description("qwen3-vl-embedding")
    described.update(version=options.version, dimension=language.hidden_size)
    described["image"]["size"] = options.size
    described["text"].update(prefix=before, suffix=after, padId=tokenizer.pad_token_id, vocabularySize=language.vocab_size)
    described["imageText"].update(prompt=alone, prefix=with_picture, suffix=after_both)

    words, network = model.language_model.embed_tokens, Language(model.language_model)
    ids, used = tokens(tokenizer, [before + text + after for text in ("a river", "a small town beside a lake", "")])
    export(Texts(words, network), ids, "input_ids", options.out, "text.onnx", words=("input_ids", "attention_mask"),
           attention_mask=used)
    ids, used = tokens(tokenizer, [alone] + [with_picture + text + after_both for text in ("a river", "the same, with snow")])
    torch.manual_seed(0)
    pictures = torch.rand(3, 3, options.size, options.size) * 2 - 1
    network = PicturesWithTexts(Pictures(model.visual, options.size), words, network, model.config.image_token_id)
    export(network, pictures, "pixel_values", options.out, "image.onnx", words=("input_ids", "attention_mask"),
           input_ids=ids, attention_mask=used)
    finish(described, options.out, [(options.weights / "tokenizer.json", "tokenizer.json")])


if __name__ == "__main__":
    main()
