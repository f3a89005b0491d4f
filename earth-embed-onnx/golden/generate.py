"""Writes the goldens that the Java tests compare with.

    pip install -r requirements.txt
    git -C SOURCES clone https://github.com/microsoft/satclip
    git -C SOURCES clone https://github.com/Clay-foundation/model
    git -C SOURCES clone https://github.com/IBM/MS-CLIP
    python generate.py SOURCES ../src/test/resources/io/earthembed/onnx/golden [MODEL...]

Each architecture is built by its reference implementation with small random weights, saved as the published checkpoint
is, and exported by the very script of docs/models that users run on the real one. Then the reference implementation
prepares and embeds the inputs of inputs.py, and that is recorded: tones or values of the prepared tensors, token ids,
embeddings.

Of the prepared pictures the 8-bit tones are recorded, as a checksum for each picture and in full for one of them: the
generator makes sure that the reference's tensor follows from them by (tone / 255 - mean) / std.
"""

import datetime
import importlib.util
import json
import math
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import open_clip
import timm
import torch
import torch.nn.functional as F
import torchvision
import transformers
from open_clip.tokenizer import HFTokenizer, SimpleTokenizer
from open_clip.transform import PreprocessCfg, image_transform_v2
from PIL import Image

import inputs
import store
import tokenizer_gemma
import tokenizer_qwen
import tokenizer_siglip

RECIPES = Path(__file__).resolve().parents[2] / "docs/models"
SOURCES = {"satclip": "satclip", "clay": "model", "msclip": "MS-CLIP"}  # clones
IN_FULL = (7,)  # pictures of which all tones are stored


def recipe(model):
    """The export script of a model, as a module."""
    spec = importlib.util.spec_from_file_location(f"export_{model}", RECIPES / model / "export.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def spread(model, seed):
    """Random weights in a fixed order, large enough that embeddings of different inputs differ."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in sorted(model.named_parameters()):
            if p.ndim >= 2:
                scale = 1.2 / max(1, np.prod(p.shape[1:])) ** 0.5 if "pos" not in name else 0.3
                p.copy_(torch.randn(p.shape, generator=generator) * scale)
            elif name.endswith("weight"):
                p.copy_(1 + 0.1 * torch.randn(p.shape, generator=generator))
            elif "logit" not in name:
                p.copy_(0.1 * torch.randn(p.shape, generator=generator))
    return model.eval()


def unit(embeddings):
    return F.normalize(embeddings.double(), dim=-1).float().numpy()


def keep(model, exported, out, without=()):
    """Copies what the script wrote, but for files that another model's folder has."""
    for precision in ("fp32", "fp16"):
        for file in sorted((exported / precision).iterdir()):
            same = exported / "fp32" / file.name
            if file.name not in without and (precision == "fp32" or file.read_bytes() != same.read_bytes()):
                store.write(out / model / precision / (file.name + ".gz"), file.read_bytes())


def tones(tensor, mean, std, divisor=255):
    """The 8-bit picture that a prepared tensor was made of, c x h x w."""
    shape = (-1, 1, 1)
    mean32 = torch.tensor(mean, dtype=torch.float32).view(shape)
    std32 = torch.tensor(std, dtype=torch.float32).view(shape)
    levels = ((tensor * std32 + mean32) * divisor).round()
    again = (levels / divisor - mean32) / std32
    assert (again - tensor).abs().max() < 2e-6, (again - tensor).abs().max()
    return levels.to(torch.uint8).numpy()


def record_pictures(out, prepare, mean, std, network, divisor=255, full=True):
    """prepare: PIL image to tensor [3, size, size]. full: whether all tones of one picture are stored."""
    checksums, embeddings = [], []
    for number, (seed, height, width) in enumerate(inputs.PICTURES):
        tensor = prepare(Image.fromarray(inputs.picture(seed, height, width)))
        levels = tones(tensor, mean, std, divisor)
        checksums.append(store.checksum(levels, np.uint8))
        if number in IN_FULL and full and divisor == 255:
            store.array(out / f"tones-{number}.gz", levels, np.uint8)
        with torch.no_grad():
            embeddings.append(unit(network(tensor[None]))[0])
    store.text(out / "tones.json.gz", checksums)
    store.array(out / "pictures.gz", embeddings, np.float32)


def record_bands(out, prepare, network, step, known=None):
    """prepare: float tensor [1, 12, h, w] to a tensor [1, c, size, size]; one value in so many is stored.

    known: the network also takes the side of the picture and what is known of it: first nothing, then this.
    """
    values, embeddings, informed = [], [], []
    for number, (seed, height, width) in enumerate(inputs.BANDS):
        stack = torch.from_numpy(inputs.bands(seed, height, width).astype(np.float32)).permute(2, 0, 1)[None]
        tensor = prepare(stack)
        values.append(tensor.contiguous().view(-1)[::step].numpy())
        with torch.no_grad():
            if known is None:
                embeddings.append(unit(network(tensor))[0])
                continue
            embeddings.append(unit(network(tensor, (height, width), None))[0])
            informed.append(unit(network(tensor, (height, width), known[number]))[0])
    store.array(out / "values.gz", np.concatenate(values), np.float32)
    store.array(out / "bands.gz", embeddings, np.float32)
    if known is not None:
        store.array(out / "bands-known.gz", informed, np.float32)


def record_ids(path, ids):
    """Rows of token ids as 16-bit numbers, which they fit into."""
    ids = np.asarray(ids)
    assert ids.min() >= 0 and ids.max() < 65536
    store.array(path, ids, np.uint16)


def record_texts(out, ids, network):
    """Embeddings of every 60th text: each costs a network of full length."""
    with torch.no_grad():
        store.array(out / "texts.gz", unit(network(torch.as_tensor(ids[::60]).long())), np.float32)


def siglip_weights(folder, model, tokenizer, **tokens):
    """Writes a folder with the files of a published SigLIP, and the scale and bias of its scores."""
    with torch.no_grad():
        model.logit_scale.fill_(4.7)
        model.logit_bias.fill_(-16.5)
    folder.mkdir()
    torch.save(model.state_dict(), folder / "open_clip_pytorch_model.bin")
    tokenizer.save(str(folder / "tokenizer.json"))
    transformers.PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"), unk_token="<unk>", **tokens).save_pretrained(folder)
    return folder


def siglip(scratch, out):
    width, depth, heads = 48, 2, 3

    @timm.models.register_model
    def vit_golden_patch14_siglip_384(pretrained=False, **kwargs):
        settings = dict(patch_size=14, embed_dim=width, depth=depth, num_heads=heads, mlp_ratio=3.7362, class_token=False,
                        global_pool="map", img_size=384)
        wanted = {name: kwargs[name] for name in ("num_classes", "global_pool") if kwargs.get(name) is not None}
        return timm.models.vision_transformer.VisionTransformer(**{**settings, **wanted})

    spm = tokenizer_siglip.train()
    tokenizer = tokenizer_siglip.convert(spm)
    real = open_clip.get_model_config("ViT-SO400M-14-SigLIP-384")
    config = json.loads(json.dumps(real))
    config["embed_dim"] = width
    config["vision_cfg"]["timm_model_name"] = "vit_golden_patch14_siglip_384"
    config["text_cfg"].update(vocab_size=tokenizer.get_vocab_size(), width=width, heads=heads, layers=depth)
    model = spread(open_clip.create_model(register(scratch, "Golden-SigLIP", config)), 1)
    # The published tokenizer fills up with the end token, hence pad id 1.
    weights = siglip_weights(scratch / "siglip-weights", model, tokenizer, eos_token="</s>", pad_token="</s>")
    recipe("siglip").main([str(weights), str(scratch / "siglip"), "--architecture", "Golden-SigLIP"])
    keep("siglip", scratch / "siglip", out)

    published = open_clip.get_pretrained_cfg("ViT-SO400M-14-SigLIP-384", "webli")
    original = image_transform_v2(
        PreprocessCfg(size=384, mean=published["mean"], std=published["std"], interpolation=published["interpolation"],
                      resize_mode=published["resize_mode"]), is_train=False)
    record_pictures(out / "siglip", original, published["mean"], published["std"], model.encode_image)
    # What EarthEmbeddingExplorer calls: open_clip by the name of a file, and a tokenizer without a cleaning of its own.
    loaded, _, explorer = open_clip.create_model_and_transforms(
        "Golden-SigLIP", pretrained=str(weights / "open_clip_pytorch_model.bin"))
    clip = PreprocessCfg()
    record_pictures(out / "siglip-explorer", explorer, clip.mean, clip.std, loaded.encode_image)

    texts = inputs.texts()
    cleaned = HFTokenizer(str(weights), context_length=64, **real["text_cfg"]["tokenizer_kwargs"])
    ids = cleaned(texts).numpy()
    check_sentencepiece(spm, cleaned, texts, ids)
    record_ids(out / "siglip/ids.gz", ids)
    record_texts(out / "siglip", ids, model.encode_text)
    ids = HFTokenizer(str(weights))(texts, context_length=64).numpy()
    record_ids(out / "siglip-explorer/ids.gz", ids)
    record_texts(out / "siglip-explorer", ids, loaded.encode_text)


def check_sentencepiece(serialized, tokenizer, texts, ids):
    """tokenizer.json must say what SentencePiece itself says."""
    import sentencepiece

    processor = sentencepiece.SentencePieceProcessor(model_proto=serialized)
    differ = 0
    for text, row in zip(texts, ids):
        pieces = processor.encode(tokenizer.clean_fn(text))[:63] + [1]
        differ += pieces + [1] * (64 - len(pieces)) != row.tolist()
    print(f"SigLIP: {differ} of {len(texts)} texts have other ids in SentencePiece itself")


def farslip(scratch, out):
    export = recipe("farslip")
    config = json.loads(json.dumps(open_clip.get_model_config("ViT-B-16")))
    config["embed_dim"] = 32
    config["vision_cfg"].update(layers=2, width=48, head_width=16)
    config["text_cfg"].update(layers=2, width=32, heads=2)
    (scratch / "Golden-CLIP.json").write_text(json.dumps(config))
    open_clip.add_model_config(scratch / "Golden-CLIP.json")
    model = spread(export.create("Golden-CLIP"), 2)
    with torch.no_grad():  # few levels: 49,408 rows of noise would not compress
        model.token_embedding.weight.copy_((model.token_embedding.weight * 8).round().clamp(-2, 1) / 2)
    # The published checkpoint has two tables of text positions, each with rows that are not used.
    state = {name: value.clone() for name, value in model.state_dict().items()}
    table = state["positional_embedding"]
    first, rest = torch.full_like(table, 7.0), torch.full_like(table, -7.0)
    first[:20], rest[20:] = table[:20], table[20:]
    state["positional_embedding"], state["positional_embedding_res"] = first, rest
    mask = (torch.arange(248) < 20).float()[:, None]
    state["mask1"], state["mask2"] = mask, 1 - mask
    torch.save({"epoch": 1, "state_dict": state}, scratch / "farslip.pt")
    export.main([str(scratch / "farslip.pt"), str(scratch / "farslip"), "--architecture", "Golden-CLIP"])
    keep("farslip", scratch / "farslip", out)

    clip = PreprocessCfg(size=224)
    record_pictures(out / "farslip", image_transform_v2(clip, is_train=False), clip.mean, clip.std, model.encode_image)
    ids = SimpleTokenizer(context_length=248)(inputs.texts()).numpy()
    record_ids(out / "farslip/ids.gz", ids)
    record_texts(out / "farslip", ids, model.encode_text)
    return model, state


def small_clip(architecture, quick_gelu=False):
    """The configuration of a CLIP like an architecture of open_clip, but narrow."""
    config = json.loads(json.dumps(open_clip.get_model_config(architecture)))
    config.update(embed_dim=16, quick_gelu=quick_gelu)
    config["vision_cfg"].update(layers=2, width=16, head_width=8)
    config["text_cfg"].update(layers=2, width=16, heads=2)
    return config


def register(scratch, name, config):
    """Makes a configuration known to open_clip; returns its name."""
    (scratch / f"{name}.json").write_text(json.dumps(config))
    open_clip.add_model_config(scratch / f"{name}.json")
    return name


def few_rows(model):
    """Few different rows: 49,408 rows of noise would not compress. Ids have tests of their own."""
    with torch.no_grad():
        rows = model.token_embedding.weight
        rows.copy_(rows[torch.arange(len(rows)) % 251].clone())
    return model


def record_clip(name, model, out):
    clip = PreprocessCfg(size=224)
    record_pictures(out / name, image_transform_v2(clip, is_train=False), clip.mean, clip.std, model.encode_image, full=False)
    record_texts(out / name, SimpleTokenizer()(inputs.texts()).numpy(), model.encode_text)


SHARED = ("tokenizer.json",)  # FarSLIP's


def remoteclip(scratch, out, name="RemoteCLIP", checkpoint="RemoteCLIP-ViT-B-32", quick_gelu=False, seed=7):
    architecture = register(scratch, f"Golden-{name}", small_clip("ViT-B-32", quick_gelu))
    model = few_rows(spread(open_clip.create_model(architecture), seed))
    torch.save(model.state_dict(), scratch / f"{checkpoint}.pt")
    exported = scratch / name
    recipe("clip").main([name, architecture, str(scratch / f"{checkpoint}.pt"), str(exported)])
    keep(name.lower(), exported, out, SHARED)
    record_clip(name.lower(), model, out)


def georsclip(scratch, out):
    remoteclip(scratch, out, "GeoRSCLIP", "RS5M_ViT-B-32", True, 8)


def farslip_s1(scratch, out):
    architecture = register(scratch, "Golden-FarSLIP1", small_clip("ViT-B-16"))
    model = few_rows(spread(open_clip.create_model(architecture), 9))
    torch.save({"epoch": 1, "state_dict": model.state_dict()}, scratch / "FarSLIP1_ViT-B-16.pt")
    exported = scratch / "farslip-s1"
    recipe("farslip").main([str(scratch / "FarSLIP1_ViT-B-16.pt"), str(exported), "--architecture", architecture])
    keep("farslip-s1", exported, out, SHARED)
    record_clip("farslip-s1", model, out)


def siglip2(scratch, out):
    width, depth, heads = 24, 2, 2

    @timm.models.register_model
    def vit_golden_patch16_siglip_256(pretrained=False, **kwargs):
        settings = dict(patch_size=16, embed_dim=width, depth=depth, num_heads=heads, class_token=False, global_pool="map",
                        img_size=256)
        wanted = {name: kwargs[name] for name in ("num_classes", "global_pool") if kwargs.get(name) is not None}
        return timm.models.vision_transformer.VisionTransformer(**{**settings, **wanted})

    tokenizer = tokenizer_gemma.train()
    config = json.loads(json.dumps(open_clip.get_model_config("ViT-B-16-SigLIP2-256")))
    cleaning = config["text_cfg"]["tokenizer_kwargs"]
    config["embed_dim"] = width
    config["vision_cfg"]["timm_model_name"] = "vit_golden_patch16_siglip_256"
    config["text_cfg"].update(vocab_size=tokenizer.get_vocab_size(), width=width, heads=heads, layers=depth)
    model = spread(open_clip.create_model(register(scratch, "Golden-SigLIP2-256", config)), 10)
    weights = siglip_weights(scratch / "siglip2-weights", model, tokenizer, eos_token="<eos>", pad_token="<pad>")
    recipe("siglip").main([str(weights), str(scratch / "siglip2"), "--architecture", "Golden-SigLIP2-256"])
    keep("siglip2", scratch / "siglip2", out)

    published = open_clip.get_pretrained_cfg("ViT-B-16-SigLIP2-256", "webli")
    original = image_transform_v2(
        PreprocessCfg(size=256, mean=published["mean"], std=published["std"], interpolation=published["interpolation"],
                      resize_mode=published["resize_mode"]), is_train=False)
    record_pictures(out / "siglip2", original, published["mean"], published["std"], model.encode_image, full=False)
    ids = HFTokenizer(str(weights), context_length=64, **cleaning)(inputs.texts()).numpy()
    record_ids(out / "siglip2/ids.gz", ids)
    record_texts(out / "siglip2", ids, model.encode_text)


def tipsv2(scratch, out):
    tokenizer = tokenizer_gemma.train_tips()
    width = 24
    config = transformers.Tipsv2Config(
        text_config=dict(vocab_size=tokenizer.get_vocab_size(), hidden_size=width, intermediate_size=64,
                         num_hidden_layers=2, num_attention_heads=2),
        vision_config=dict(hidden_size=width, num_hidden_layers=2, num_attention_heads=2))
    model = spread(transformers.Tipsv2Model(config), 11)
    weights = scratch / "tipsv2-weights"
    model.save_pretrained(weights)
    tokenizer.save(str(weights / "tokenizer.json"))
    recipe("tipsv2").main([str(weights), str(scratch / "tipsv2")])
    keep("tipsv2", scratch / "tipsv2", out)

    # As EarthEmbeddingExplorer prepares pictures.
    resize = torchvision.transforms.Compose(
        [torchvision.transforms.Resize((448, 448)), torchvision.transforms.ToTensor()])

    def network(pixels):
        return model.get_image_features(pixel_values=pixels).pooler_output

    record_pictures(out / "tipsv2", resize, [0, 0, 0], [1, 1, 1], network, full=False)
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", unk_token="<unk>")
    ids = fast(inputs.texts(), padding="max_length", truncation=True, max_length=64, return_tensors="np")["input_ids"]
    record_ids(out / "tipsv2/ids.gz", ids)

    def words(some):
        used = (some != 0).long()
        used[:, 0] = 1  # the reference has no number for a text without tokens
        return model.get_text_features(input_ids=some, attention_mask=used).pooler_output

    record_texts(out / "tipsv2", ids, words)


def qwen3_vl_embedding(scratch, out):
    tokenizer = tokenizer_qwen.train()
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<|endoftext|>", chat_template=tokenizer_qwen.CHAT_TEMPLATE)
    width = 32
    ids = {f"{name}_token_id": tokenizer.token_to_id(f"<|{token}|>") for name, token in (
        ("image", "image_pad"), ("video", "video_pad"), ("vision_start", "vision_start"), ("vision_end", "vision_end"))}
    config = transformers.Qwen3VLConfig(
        text_config=dict(
            vocab_size=tokenizer.get_vocab_size(), hidden_size=width, intermediate_size=48, num_hidden_layers=3,
            num_attention_heads=2, num_key_value_heads=1, head_dim=16,
            rope_parameters=dict(rope_type="default", rope_theta=5e6, mrope_section=[4, 2, 2], mrope_interleaved=True)),
        vision_config=dict(
            depth=3, hidden_size=24, intermediate_size=32, num_heads=2, out_hidden_size=width, num_position_embeddings=16,
            deepstack_visual_indexes=[0, 1]),
        **ids)
    model = spread(transformers.Qwen3VLModel(config), 14)
    weights = scratch / "qwen3vl-weights"
    model.save_pretrained(weights)
    fast.save_pretrained(weights)
    wish = "Retrieve satellite images that fit the text"  # the reference ends it with a full stop
    exported = scratch / "qwen3vl"
    recipe("qwen3vl").main([str(weights), str(exported), "--query-instruction", wish])
    keep("qwen3-vl-embedding", exported, out)

    size = 384
    processor = transformers.Qwen3VLProcessor(
        transformers.Qwen2VLImageProcessor(patch_size=16, image_mean=[0.5] * 3, image_std=[0.5] * 3), fast,
        transformers.Qwen3VLVideoProcessor(), chat_template=tokenizer_qwen.CHAT_TEMPLATE)

    def embed(instruction, text=None, picture=None):  # as Qwen3VLEmbedder of the published weights
        content = [{"type": "image"}] if picture is not None else []
        content += [{"type": "text", "text": text}] if text is not None else []
        conversation = [{"role": "system", "content": [{"type": "text", "text": instruction}]},
                        {"role": "user", "content": content}]
        prompt = processor.apply_chat_template(conversation, add_generation_prompt=True, tokenize=False)
        given = processor(text=[prompt], images=None if picture is None else [picture], do_resize=False, return_tensors="pt")
        with torch.no_grad():
            return model(**given).last_hidden_state[:, -1]

    def resized(image):
        return image.resize((size, size), Image.BICUBIC)

    def prepare(image):
        return torch.from_numpy(np.asarray(resized(image), np.float32) / 255).permute(2, 0, 1) * 2 - 1

    def picture(tensor):
        levels = ((tensor[0] / 2 + 0.5) * 255).round().to(torch.uint8)
        return embed("Represent the user's input.", picture=Image.fromarray(levels.permute(1, 2, 0).numpy()))

    folder = out / "qwen3-vl-embedding"
    record_pictures(folder, prepare, [0.5] * 3, [0.5] * 3, picture, full=False)
    texts = inputs.texts()[::60]
    store.array(folder / "texts.gz", [unit(embed(wish + ".", text))[0] for text in texts], np.float32)
    pictures = [resized(Image.fromarray(inputs.picture(*each))) for each in inputs.PICTURES]
    both = [embed(wish + ".", text, pictures[i % len(pictures)]) for i, text in enumerate(texts) if text]
    store.array(folder / "both.gz", [unit(each)[0] for each in both], np.float32)


def ssl4eo(scratch, out):
    @timm.models.register_model
    def golden_resnet(pretrained=False, **kwargs):
        return timm.models.resnet.ResNet(
            timm.models.resnet.Bottleneck, [1, 1, 1, 1], channels=(8, 8, 16, 16),
            in_chans=kwargs["in_chans"], num_classes=kwargs["num_classes"])

    model = spread(timm.create_model("golden_resnet", in_chans=13, num_classes=10), 12)
    generator = torch.Generator().manual_seed(12)
    for name, buffer in sorted(model.named_buffers()):
        if name.endswith("running_mean"):
            buffer.copy_(0.1 * torch.randn(buffer.shape, generator=generator))
        elif name.endswith("running_var"):
            buffer.copy_(1 + torch.rand(buffer.shape, generator=generator))
    torch.save(model.state_dict(), scratch / "ssl4eo.pth")
    recipe("ssl4eo").main([str(scratch / "ssl4eo.pth"), str(scratch / "ssl4eo"), "--architecture", "golden_resnet"])
    keep("ssl4eo", scratch / "ssl4eo", out)
    model.fc = torch.nn.Identity()  # as Major TOM's embedder

    def prepare(stack):
        stack = torch.cat([stack[:, :10], torch.zeros_like(stack[:, :1]), stack[:, 10:]], dim=1)
        if stack.shape[2:] != (224, 224):  # Major TOM's fragments have the size
            stack = F.interpolate(stack, size=(224, 224), mode="bilinear", align_corners=False)
        return stack / 1e4

    record_bands(out / "ssl4eo", prepare, model, 997)


def msclip(scratch, out, source):
    sys.path.insert(0, source)
    package = sys.modules["msclip.inference"] = type(sys)("msclip.inference")  # without its data sets' many packages
    package.__path__ = [f"{source}/msclip/inference"]
    from msclip.inference.utils import get_preprocess
    from msclip.model.model_arch import CLIPDualEncoderModel

    architecture = register(scratch, "Golden-MSCLIP-16", small_clip("ViT-B-16"))
    dual = CLIPDualEncoderModel(base_model_str=architecture, ckpt=None, channels=10)
    model = few_rows(spread(dual.clip_base_model.model, 13))
    torch.save(dual.state_dict(), scratch / "msclip.pt")
    recipe("msclip").main([str(scratch / "msclip.pt"), str(scratch / "msclip"), "--architecture", architecture])
    keep("msclip", scratch / "msclip", out, SHARED)
    preprocess = get_preprocess(is_ms=True)

    def prepare(stack):  # as preprocess_and_stack
        return preprocess(np.delete(stack[0].permute(1, 2, 0).numpy(), [0, 9], axis=2))[None]

    record_bands(out / "msclip", prepare, dual.image_encoder, 997)
    record_texts(out / "msclip", SimpleTokenizer()(inputs.texts()).numpy(), dual.text_encoder)


def dinov2(scratch, out):
    config = transformers.Dinov2Config(
        hidden_size=48, num_hidden_layers=2, num_attention_heads=3, image_size=518, patch_size=14, mlp_ratio=4)
    model = spread(transformers.Dinov2Model(config), 3)
    model.save_pretrained(scratch / "dinov2-weights")
    recipe("dinov2").main(["--version", "dinov2-large", str(scratch / "dinov2-weights"), str(scratch / "dinov2")])
    keep("dinov2", scratch / "dinov2", out)

    # The settings of facebook/dinov2-large, with Pillow as its authors resize.
    processor = transformers.BitImageProcessorPil(
        size={"shortest_edge": 256}, crop_size={"height": 224, "width": 224}, resample=3,
        image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225])

    def prepare(image):
        return torch.from_numpy(np.asarray(processor(image, return_tensors="np")["pixel_values"][0]))

    def network(pixels):
        return model(pixel_values=pixels).last_hidden_state.mean(dim=1)

    record_pictures(out / "dinov2", prepare, processor.image_mean, processor.image_std, network)

    def twice(image):
        mean, std = torch.tensor(processor.image_mean).view(3, 1, 1), torch.tensor(processor.image_std).view(3, 1, 1)
        levels = ((prepare(image) * std + mean) * 255).round()
        return (levels / 65025 - mean) / std

    record_pictures(out / "dinov2-explorer", twice, processor.image_mean, processor.image_std, network, divisor=65025)


def satclip(scratch, out, source):
    degree, hidden, dimension = 40, 64, 32
    encoder, features = satclip_code(source, degree)
    settings = dict(embed_dim=dimension, image_resolution=224, vision_layers="moco_vit16", vision_width=768,
                    vision_patch_size=32, in_channels=13, le_type="sphericalharmonics", pe_type="siren",
                    frequency_num=16, max_radius=260, min_radius=1, legendre_polys=degree,
                    harmonics_calculation="analytic", sh_embedding_dims=32, learning_rate=1e-4, weight_decay=0.01,
                    num_hidden_layers=2, capacity=hidden)
    torch.manual_seed(4)
    siren = encoder.get_neural_network("siren", degree**2, dimension, hidden, 2).double().eval()
    visual = spread(timm.create_model("vit_small_patch16_224", in_chans=13, num_classes=dimension, embed_dim=32, depth=2,
                                      num_heads=1), 4)
    state = {f"model.visual.{name}": value for name, value in visual.state_dict().items()}
    for prefix in ("model.nnet.", "model.location.nnet."):
        state.update({prefix + name: value for name, value in siren.state_dict().items()})
    torch.save({"hyper_parameters": settings, "state_dict": state}, scratch / "satclip.ckpt")
    recipe("satclip").main([str(scratch / "satclip.ckpt"), str(scratch / "satclip")])
    keep("satclip", scratch / "satclip", out)

    def prepare(stack):
        stack = stack / 10000.0
        stack = torch.cat([stack[:, :10], torch.zeros_like(stack[:, :1]), stack[:, 10:]], dim=1)
        return F.interpolate(stack, size=(224, 224), mode="bicubic", align_corners=False)

    record_bands(out / "satclip", prepare, visual, 101)
    places = inputs.places()
    lonlat = torch.tensor([(lon, lat) for lat, lon in places], dtype=torch.float64)
    # One at a time, as a query is asked. PyTorch's powers of many numbers at once round otherwise, and towards the poles
    # SatCLIP's polynomials turn a last bit into something: how far the reference is from itself is recorded too.
    harmonics = torch.cat([features(lonlat[i : i + 1]) for i in range(len(lonlat))])
    with torch.no_grad():
        single, together = unit(siren(harmonics)), unit(siren(features(lonlat)))
    store.array(out / "satclip/locations.gz", single, np.float32)
    store.array(out / "satclip/locations-spread.gz", abs(single - together).max(1), np.float32)
    store.text(out / "satclip/places.json.gz", places)
    store.array(out / "satclip/harmonics.gz", harmonics[:70:7].numpy(), np.float64)


def satclip_code(source, degree):
    """SatCLIP's sine network, and its harmonics: the expressions that its own generator prints.

    They are printed here rather than read from its spherical_harmonics_ylm.py, for a hundred degrees make that file
    large; tests compare both where it is there.
    """
    code = Path(source) / "satclip"
    sys.modules["positional_encoding"] = type(sys)("positional_encoding")
    spec = importlib.util.spec_from_file_location("location_encoder", code / "location_encoder.py")
    encoder = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(encoder)
    script = (code / "positional_encoding/spherical_harmonics_generate_ylms.py").read_text()
    scope = {}
    exec(script.split("# max number of Legendre")[0], scope)
    functions = []
    for l in range(degree):
        for m in range(-l, l + 1):
            text = str(scope["calc_ylm"](l, m).evalf())
            functions.append(eval(f"lambda theta, phi: {text}", {"sin": torch.sin, "cos": torch.cos}))

    def features(lonlat):
        phi, theta = torch.deg2rad(lonlat[:, 0] + 180), torch.deg2rad(lonlat[:, 1] + 90)
        columns = [function(theta, phi) for function in functions]
        return torch.stack([c if torch.is_tensor(c) else torch.full_like(phi, c) for c in columns], dim=-1)

    return encoder, features


BANDS = ["B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12"]


def clay(scratch, out, source):
    sys.path.insert(0, source)
    from claymodel.finetune.embedder.factory import EmbeddingEncoder

    settings = dict(img_size=384, patch_size=8, dim=64, depth=2, heads=1, dim_head=64, mlp_ratio=4.0)
    encoder = spread(EmbeddingEncoder(**settings), 5)
    state = {f"model.encoder.{name}": value for name, value in encoder.state_dict().items()}
    torch.save({"state_dict": state}, scratch / "clay.ckpt")
    script = recipe("clay")
    script.main([source, str(scratch / "clay.ckpt"), str(scratch / "clay")])
    keep("clay", scratch / "clay", out)

    wanted = ["B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12"]
    mean = torch.tensor([1105.0, 1355, 1552, 1887, 2422, 2630, 2743, 2785, 2388, 1835]).view(1, -1, 1, 1)
    std = torch.tensor([1809.0, 1757, 1888, 1870, 1732, 1697, 1742, 1648, 1470, 1379]).view(1, -1, 1, 1)

    def prepare(stack):
        stack = stack[:, [BANDS.index(band) for band in wanted]]
        if stack.shape[2:] != (384, 384):
            stack = F.interpolate(stack, size=(384, 384), mode="bicubic", align_corners=False)
        return (stack - mean) / std

    def network(pixels, sides, known):
        time = latlon = torch.zeros(1, 4)
        if known:  # as in the notebook how-to-embed
            week = known["time"].isocalendar().week * 2 * np.pi / 52
            hour = known["time"].hour * 2 * np.pi / 24
            lat, lon = known["latitude"] * np.pi / 180, known["longitude"] * np.pi / 180
            time = torch.tensor([[math.sin(week), math.cos(week), math.sin(hour), math.cos(hour)]], dtype=torch.float32)
            latlon = torch.tensor([[math.sin(lat), math.cos(lat), math.sin(lon), math.cos(lon)]], dtype=torch.float32)
        return encoder({"pixels": pixels, "time": time, "latlon": latlon, "gsd": torch.tensor([10.0]),
                        "waves": torch.tensor(script.WAVELENGTHS)})

    record_bands(out / "clay", prepare, network, 997, inputs.KNOWN)


def olmoearth(scratch, out, release="v1"):
    from olmoearth_pretrain_minimal import Normalizer
    from olmoearth_pretrain_minimal.olmoearth_pretrain_v1.nn.flexi_vit import EncoderConfig, PredictorConfig
    from olmoearth_pretrain_minimal.olmoearth_pretrain_v1.nn.latent_mim import LatentMIMConfig
    from olmoearth_pretrain_minimal.olmoearth_pretrain_v1.nn.tokenization import ModalityTokenization, TokenizationConfig
    from olmoearth_pretrain_minimal.olmoearth_pretrain_v1.olmoearth_pretrain_v1 import (
        V1_1_BAND_GROUPS,
        V1_2_POS_ENCODING,
        V1_2_ROPE_MIXED_BASE,
        V1_2_ROPE_TEMPORAL_COORDINATE_SCALE,
    )
    from olmoearth_pretrain_minimal.olmoearth_pretrain_v1.utils.constants import Modality

    modalities = ["sentinel2_l2a", "sentinel1", "landsat"]
    common, decoder = {}, {}
    if release == "v1_2":  # as OlmoEarthPretrain_v1 builds that release
        groups = {name: ModalityTokenization(band_groups=bands) for name, bands in V1_1_BAND_GROUPS.items()
                  if name in modalities}
        decoder = dict(tokenization_config=TokenizationConfig(overrides=groups), position_encoding=V1_2_POS_ENCODING,
                       rope_mixed_base=V1_2_ROPE_MIXED_BASE,
                       rope_temporal_coordinate_scale=V1_2_ROPE_TEMPORAL_COORDINATE_SCALE)
        common = dict(decoder, use_linear_patch_embed=True, patch_embed_hidden_sizes=[12])
    settings = LatentMIMConfig(
        encoder_config=EncoderConfig(supported_modality_names=modalities, embedding_size=48, max_patch_size=8, num_heads=3,
                                     depth=2, mlp_ratio=4.0, drop_path=0.1, max_sequence_length=12, **common),
        decoder_config=PredictorConfig(supported_modality_names=modalities, encoder_embedding_size=48,
                                       decoder_embedding_size=48, num_heads=3, max_sequence_length=12, **decoder))
    model = spread(settings.build(), 6)
    name = {"v1": "olmoearth", "v1_2": "olmoearth-v1.2"}[release]
    weights = scratch / f"{name}-weights"
    weights.mkdir()
    masking = {"masking_config": {"strategy_config": {"only_decode_modalities": []}}}
    (weights / "config.json").write_text(json.dumps({"model": settings.as_config_dict(), "train_module": masking}))
    torch.save(model.state_dict(), weights / "weights.pth")
    script = recipe("olmoearth")
    script.main([f"OlmoEarth-{release}-Base", str(weights), str(scratch / name)])
    keep(name, scratch / name, out)

    wanted = ["B02", "B03", "B04", "B08", "B05", "B06", "B07", "B8A", "B11", "B12", "B01", "B09"]
    normalizer = Normalizer(std_multiplier=2.0)

    def prepare(stack):
        stack = stack[:, [BANDS.index(band) for band in wanted]]
        if stack.shape[2:] != (128, 128):
            stack = F.interpolate(stack, size=(128, 128), mode="bilinear", align_corners=False)
        normalized = normalizer.normalize(Modality.SENTINEL2_L2A, stack.permute(0, 2, 3, 1).unsqueeze(3).numpy())
        return torch.from_numpy(normalized).float().squeeze(3).permute(0, 3, 1, 2)

    def network(pixels, sides, known):
        date = known["time"] if known else datetime.date(2020, 7, 1)
        meters = (known["resolution"] if known else 10) * (sides[0] / 128 + sides[1] / 128) / 2
        dates = torch.tensor([[date.day, date.month - 1, date.year]])
        return script.embed(model.encoder.eval(), pixels, dates, [meters])

    record_bands(out / name, prepare, network, 997, inputs.KNOWN)


def olmoearth_v1_2(scratch, out):
    olmoearth(scratch, out, "v1_2")


def main():
    sources, out = Path(sys.argv[1]), Path(sys.argv[2])
    wanted = sys.argv[3:] or [
        "texts", "siglip", "siglip2", "farslip", "farslip-s1", "remoteclip", "georsclip", "msclip", "tipsv2", "qwen3-vl-embedding", "ssl4eo", "dinov2",
        "satclip", "clay", "olmoearth", "olmoearth-v1.2"]
    torch.set_num_threads(2)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        for model in wanted:
            print("==", model, flush=True)
            for old in (out / model, out / f"{model}-explorer"):
                shutil.rmtree(old, ignore_errors=True)
            if model == "texts":
                store.text(out / "texts.json.gz", inputs.texts())
            elif model in SOURCES:
                globals()[model](scratch, out, str(sources / SOURCES[model]))
            else:
                globals()[model.replace("-", "_").replace(".", "_")](scratch, out)


if __name__ == "__main__":
    main()
