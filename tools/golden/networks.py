"""Golden outputs of the transformers, the text encoder and the autoencoders -> networks.safetensors.

Sources run as published (no file of theirs is changed or copied):
  huggingface/diffusers      models/transformers/{pixart_transformer_2d,dit_transformer_2d}.py,
                             models/autoencoders/{autoencoder_kl,autoencoder_tiny}.py and what they import
  huggingface/transformers   models/t5/modeling_t5.py (T5EncoderModel)
The commits that were run are written into the file's metadata. float32, eval mode.
"""

import argparse
import json
from pathlib import Path

import generator
import published
import safetensors_file
import torch


def text_mask(*lengths, length):
    return {"shape": [len(lengths), length], "values": [int(i < n) for n in lengths for i in range(length)]}


def values(*numbers, shape=None):
    return {"shape": shape or [len(numbers)], "values": list(numbers)}


def real(*shape, amplitude=1.0):
    return {"shape": list(shape), "amplitude": amplitude}


def pixart(heads, head_dim, layers, caption, sample_size, **extra):
    config = {
        "_class_name": "PixArtTransformer2DModel",
        "num_attention_heads": heads, "attention_head_dim": head_dim, "num_layers": layers,
        "cross_attention_dim": heads * head_dim, "caption_channels": caption, "sample_size": sample_size,
        "in_channels": 4, "out_channels": 8, "patch_size": 2, "norm_type": "ada_norm_single",
        "norm_eps": 1e-6, "norm_elementwise_affine": False, "attention_bias": True,
        "activation_fn": "gelu-approximate", "num_embeds_ada_norm": 1000,
    }
    return config | extra


def pixart_inputs(config, h, w, timesteps, lengths, length, **extra):
    batch = len(timesteps)
    return {
        "latent": real(batch, config["in_channels"], h, w, amplitude=2.0),
        "timestep": values(*timesteps),
        "text": real(batch, length, config["caption_channels"]),
        "text_mask": text_mask(*lengths, length=length),
    } | extra


def pixart_cases():
    a = pixart(4, 16, 3, 48, 16, interpolation_scale=1, use_additional_conditions=False)
    b = pixart(2, 72, 2, 40, 16, interpolation_scale=2, use_additional_conditions=False)
    c = pixart(3, 32, 2, 32, 16, interpolation_scale=2, use_additional_conditions=True)
    d = pixart(4, 16, 2, 56, 8, interpolation_scale=0.5, use_additional_conditions=False,
               patch_size=1, in_channels=8, out_channels=8)
    e = pixart(4, 16, 2, 48, 64, _class_name="Transformer2DModel")
    f = pixart(3, 32, 2, 48, 128)
    g = pixart(4, 16, 2, 48, 16, interpolation_scale=1, use_additional_conditions=False, norm_eps=1e-2)
    micro_c = {"resolution": values(128.0, 64.0, 1024.0, 768.0, shape=[2, 2]), "aspect_ratio": values(2.0, 1.3125)}
    micro_f = {"resolution": values(512.0, 2048.0, shape=[1, 2]), "aspect_ratio": values(0.25)}
    return {
        "pixart.a": (a, pixart_inputs(a, 12, 20, [999.0, 37.5], [7, 3], 7)),
        "pixart.b": (b, pixart_inputs(b, 16, 16, [500.0], [4], 5)),
        "pixart.c": (c, pixart_inputs(c, 16, 8, [749.0, 20.0], [2, 6], 6, **micro_c)),
        "pixart.d": (d, pixart_inputs(d, 6, 10, [949.0, 0.0], [5, 1], 5)),
        "pixart.e": (e, pixart_inputs(e, 8, 24, [250.0], [3], 4)),
        "pixart.f": (f, pixart_inputs(f, 8, 16, [899.0], [4], 4, **micro_f)),
        "pixart.g": (g, pixart_inputs(g, 8, 8, [600.0], [4], 5)),
    }


def dit(heads, head_dim, layers, sample_size, **extra):
    config = {
        "_class_name": "DiTTransformer2DModel",
        "num_attention_heads": heads, "attention_head_dim": head_dim, "num_layers": layers,
        "sample_size": sample_size, "in_channels": 4, "out_channels": 8, "patch_size": 2,
        "num_embeds_ada_norm": 10, "norm_type": "ada_norm_zero", "norm_elementwise_affine": False,
        "attention_bias": True, "activation_fn": "gelu-approximate",
    }
    return config | extra


def dit_inputs(config, timesteps, labels):
    size = config["sample_size"]
    return {
        "latent": real(len(labels), config["in_channels"], size, size, amplitude=2.0),
        "timestep": values(*timesteps),
        "class": values(*labels),
    }


def dit_cases():
    a = dit(4, 16, 3, 8)
    b = dit(2, 72, 2, 16, patch_size=4, norm_eps=1e-6, _class_name="Transformer2DModel")
    c = dit(6, 64, 4, 16)
    d = dit(4, 16, 2, 8, norm_eps=1e-2)
    return {
        "dit.a": (a, dit_inputs(a, [999.0, 500.0, 0.0], [3, 10, 0])),
        "dit.b": (b, dit_inputs(b, [980.0, 20.0], [9, 10])),
        "dit.c": (c, dit_inputs(c, [421.0, 421.0], [7, 10])),
        "dit.d": (d, dit_inputs(d, [640.0], [5])),
    }


def t5(d_model, heads, d_kv, d_ff):
    return {
        "architectures": ["T5EncoderModel"], "model_type": "t5",
        "d_model": d_model, "num_heads": heads, "d_kv": d_kv, "d_ff": d_ff, "num_layers": 3,
        "vocab_size": 100, "relative_attention_num_buckets": 32, "relative_attention_max_distance": 128,
        "layer_norm_epsilon": 1e-6, "feed_forward_proj": "gated-gelu", "pad_token_id": 0, "eos_token_id": 1,
    }


def t5_cases():
    ids = {"shape": [3, 12], "max": 100}
    long_ids = {"shape": [1, 150], "max": 100}
    return {
        "t5.a": (t5(64, 4, 16, 96), {"ids": ids, "mask": text_mask(12, 5, 1, length=12)}),
        "t5.b": (t5(96, 3, 64, 128), {"ids": long_ids, "mask": text_mask(150, length=150)}),
    }


def kl(channels, layers, latent, groups, quant, mid_attention=True):
    return {
        "_class_name": "AutoencoderKL", "in_channels": 3, "out_channels": 3,
        "down_block_types": ["DownEncoderBlock2D"] * len(channels),
        "up_block_types": ["UpDecoderBlock2D"] * len(channels),
        "block_out_channels": channels, "layers_per_block": layers, "act_fn": "silu",
        "latent_channels": latent, "norm_num_groups": groups,
        "use_quant_conv": quant, "use_post_quant_conv": quant, "mid_block_add_attention": mid_attention,
    }


def tiny(channels, encoder_blocks, decoder_blocks, latent):
    return {
        "_class_name": "AutoencoderTiny", "in_channels": 3, "out_channels": 3, "act_fn": "relu",
        "encoder_block_out_channels": [channels] * 4, "decoder_block_out_channels": [channels] * 4,
        "num_encoder_blocks": encoder_blocks, "num_decoder_blocks": decoder_blocks,
        "latent_channels": latent, "upsampling_scaling_factor": 2, "scaling_factor": 1.0,
    }


def autoencoder_cases():
    models = {
        "kl.a": (kl([32, 64], 1, 4, 8, True), (6, 10), (12, 20)),
        "kl.b": (kl([32, 32, 64, 64], 2, 16, 16, False), (4, 4), (32, 24)),
        "kl.c": (kl([32, 64], 1, 4, 8, True, mid_attention=False), (5, 3), (10, 6)),
        "tiny.a": (tiny(16, [1, 3, 3, 3], [3, 3, 3, 1], 4), (5, 7), (24, 40)),
        "tiny.b": (tiny(24, [1, 2, 2, 2], [2, 2, 2, 1], 8), (4, 3), (16, 24)),
    }
    cases = {}
    for name, (config, latent, image) in models.items():
        cases[f"{name}.decoder"] = (config, {"latent": real(1, config["latent_channels"], *latent, amplitude=4.0)})
        cases[f"{name}.encoder"] = (config, {"image": real(1, 3, *image)})
    return cases


def import_classes(diffusers, transformers):
    """The published classes, by the case's family."""
    published.prepare(diffusers / "src")
    for part in ("transformers", "autoencoders"):
        published.open_package(f"diffusers.models.{part}", diffusers / "src/diffusers/models" / part)
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
    from diffusers.models.autoencoders.autoencoder_tiny import AutoencoderTiny
    from diffusers.models.transformers.dit_transformer_2d import DiTTransformer2DModel
    from diffusers.models.transformers.pixart_transformer_2d import PixArtTransformer2DModel

    published.prepare(transformers / "src")
    from transformers.models.t5.configuration_t5 import T5Config
    from transformers.models.t5.modeling_t5 import T5EncoderModel

    return {
        "pixart": (PixArtTransformer2DModel, lambda c: PixArtTransformer2DModel(**c)),
        "dit": (DiTTransformer2DModel, lambda c: DiTTransformer2DModel(**c)),
        "t5": (T5EncoderModel, lambda c: T5EncoderModel(T5Config(**c))),
        "kl": (AutoencoderKL, lambda c: AutoencoderKL(**c)),
        "tiny": (AutoencoderTiny, lambda c: AutoencoderTiny(**c)),
    }


def source_name(parameter):
    """The name whose weights a tensor takes: DiT repeats one embedder in all blocks, so block 0 speaks for all."""
    head, _, tail = parameter.partition(".norm1.emb.")
    return f"transformer_blocks.0.norm1.emb.{tail}" if tail and head.startswith("transformer_blocks.") else parameter


def fill(model):
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(torch.from_numpy(generator.weight(source_name(name), tuple(parameter.shape))))


def run_pixart(model, x):
    added = {"resolution": x.get("resolution"), "aspect_ratio": x.get("aspect_ratio")}
    return model(
        x["latent"], encoder_hidden_states=x["text"], encoder_attention_mask=x["text_mask"],
        timestep=x["timestep"], added_cond_kwargs=added, return_dict=False,
    )[0]


def run_dit(model, x):
    return model(x["latent"], timestep=x["timestep"], class_labels=x["class"], return_dict=False)[0]


def run_t5(model, x):
    return model(input_ids=x["ids"], attention_mask=x["mask"]).last_hidden_state


def run_autoencoder(model, x):
    if "latent" in x:
        return model.decode(x["latent"]).sample
    encoded = model.encode(x["image"])
    return encoded.latent_dist.parameters if hasattr(encoded, "latent_dist") else encoded.latents


RUN = {"pixart": run_pixart, "dit": run_dit, "t5": run_t5, "kl": run_autoencoder, "tiny": run_autoencoder}
TRACED = ("pixart.a", "pixart.b", "pixart.c", "pixart.d", "pixart.e", "pixart.f", "dit.a", "dit.b")


def to_tensor(case, name, spec):
    tensor = torch.from_numpy(generator.tensor_input(case, name, spec))
    return tensor.float() if tensor.is_floating_point() else tensor


def run_case(case, model, inputs):
    """The network's output, and for the traced cases the hidden states after the first and the last block."""
    tensors, hooks = {}, []
    if case in TRACED:
        for i in (0, len(model.transformer_blocks) - 1):
            def keep(module, args, output, key=f"{case}/block.{i}"):
                tensors[key] = output
            hooks.append(model.transformer_blocks[i].register_forward_hook(keep))
    arguments = {name: to_tensor(case, name, spec) for name, spec in inputs.items()}
    with torch.no_grad():
        tensors[f"{case}/output"] = RUN[case.partition(".")[0]](model, arguments)
    for hook in hooks:
        hook.remove()
    return {name: tensor.numpy() for name, tensor in tensors.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--diffusers", type=Path, required=True, help="checkout of huggingface/diffusers")
    parser.add_argument("--transformers", type=Path, required=True, help="checkout of huggingface/transformers")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()

    classes = import_classes(args.diffusers, args.transformers)
    sources = {
        "huggingface/diffusers": [published.commit(args.diffusers), "src/diffusers/models"],
        "huggingface/transformers": [published.commit(args.transformers), "src/transformers/models/t5/modeling_t5.py"],
    }
    tensors = {}
    metadata = {
        "source": json.dumps(sources),
        "weights": "generator.weight(tensor name); DiT's transformer_blocks.N.norm1.emb.* take block 0's names; "
                   "the text encoder's embedding takes the name shared.weight",
    }
    for case, (config, inputs) in (pixart_cases() | dit_cases() | t5_cases() | autoencoder_cases()).items():
        model_class, build = classes[case.partition(".")[0]]
        model = build({k: v for k, v in config.items() if k != "_class_name"}).eval()
        fill(model)
        tensors |= run_case(case, model, inputs)
        metadata[f"case.{case}"] = json.dumps({"class": model_class.__name__, "config": config, "inputs": inputs})
    safetensors_file.write(args.out, tensors, metadata)
    for name, array in tensors.items():
        print(f"{name} {list(array.shape)} std {array.std():.4f} max {abs(array).max():.3f}")


if __name__ == "__main__":
    main()
