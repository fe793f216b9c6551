#!/usr/bin/env python3
"""A DiT of any size with drawn weights, as a model folder: for timing and for what outliers do. It paints noise.

Usage: tools/make_size_model.py FOLDER [--layers 28] [--heads 16] [--outliers]

Weights are drawn as in engine/study/random_source.cpp: uniform, 1 / sqrt(fan in), 0.02 for adaLN and the final layer.
--outliers makes 1 % of the channels 100 times larger where a layer reads them (adaLN's scale before q k v and before the
first feed-forward matrix; the values; the first feed-forward matrix's outputs) and the columns that read them as much
smaller, so that the function stays about the same. The autoencoder is diorama-mini's.
Needs numpy.
"""
import argparse
import json
import pathlib
import shutil
import struct

import numpy

TOP = pathlib.Path(__file__).resolve().parent.parent
RNG = numpy.random.default_rng(0)


def uniform(*shape, spread):
    return (spread * 3 ** 0.5 * RNG.uniform(-1, 1, shape)).astype(numpy.float32)


def linear(tensors, path, rows, columns, spread=None):
    tensors[f'{path}.weight'] = uniform(rows, columns, spread=spread or columns ** -0.5)
    tensors[f'{path}.bias'] = uniform(rows, spread=0.02)


def plant(tensors, block, dim):
    def channels(count):
        return RNG.choice(count, max(1, count // 100), replace=False)

    scale_bias = tensors[f'{block}.norm1.linear.bias']
    for chunk, readers in ((1, ('attn1.to_q', 'attn1.to_k', 'attn1.to_v')), (4, ('ff.net.0.proj',))):
        chosen = channels(dim)
        scale_bias[chunk * dim + chosen] += 99
        for reader in readers:
            tensors[f'{block}.{reader}.weight'][:, chosen] /= 100
    for maker, reader, count in (('attn1.to_v', 'attn1.to_out.0', dim), ('ff.net.0.proj', 'ff.net.2', 4 * dim)):
        chosen = channels(count)
        tensors[f'{block}.{maker}.weight'][chosen] *= 100
        tensors[f'{block}.{reader}.weight'][:, chosen] /= 100


def write(path, tensors):
    header, end = {}, 0
    for name, array in tensors.items():
        header[name] = {'dtype': 'F16', 'shape': list(array.shape), 'data_offsets': [end, end + 2 * array.size]}
        end += 2 * array.size
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text)
        for array in tensors.values():
            file.write(array.astype(numpy.float16).tobytes())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folder', type=pathlib.Path)
    parser.add_argument('--layers', type=int, default=28)
    parser.add_argument('--heads', type=int, default=16)
    parser.add_argument('--head-dim', type=int, default=72)
    parser.add_argument('--outliers', action='store_true')
    args = parser.parse_args()
    dim = args.heads * args.head_dim

    tensors = {'pos_embed.proj.weight': uniform(dim, 8, 2, 2, spread=32 ** -0.5),
               'pos_embed.proj.bias': uniform(dim, spread=0.02)}
    embedder = 'transformer_blocks.0.norm1.emb'
    linear(tensors, f'{embedder}.timestep_embedder.linear_1', dim, 256)
    linear(tensors, f'{embedder}.timestep_embedder.linear_2', dim, dim)
    tensors[f'{embedder}.class_embedder.embedding_table.weight'] = uniform(1001, dim, spread=0.02)
    for i in range(args.layers):
        block = f'transformer_blocks.{i}'
        linear(tensors, f'{block}.norm1.linear', 6 * dim, dim, spread=0.02)
        for name in ('to_q', 'to_k', 'to_v', 'to_out.0'):
            linear(tensors, f'{block}.attn1.{name}', dim, dim)
        linear(tensors, f'{block}.ff.net.0.proj', 4 * dim, dim)
        linear(tensors, f'{block}.ff.net.2', dim, 4 * dim)
        if args.outliers:
            plant(tensors, block, dim)
    linear(tensors, 'proj_out_1', 2 * dim, dim, spread=0.02)
    linear(tensors, 'proj_out_2', 4 * 16, dim, spread=0.02)

    config = {'_class_name': 'DiTTransformer2DModel', 'num_layers': args.layers, 'num_attention_heads': args.heads,
              'attention_head_dim': args.head_dim, 'in_channels': 8, 'out_channels': 16, 'patch_size': 2,
              'sample_size': 32, 'num_embeds_ada_norm': 1000, 'norm_type': 'ada_norm_zero',
              'activation_fn': 'gelu-approximate', 'attention_bias': True, 'norm_eps': 1e-5}
    scheduler = {'_class_name': 'DDIMScheduler', 'num_train_timesteps': 1000, 'beta_start': 0.0001, 'beta_end': 0.02,
                 'beta_schedule': 'linear', 'clip_sample': False, 'prediction_type': 'epsilon'}
    for part, name, value in (('transformer', 'config.json', config),
                              ('scheduler', 'scheduler_config.json', scheduler)):
        (args.folder / part).mkdir(parents=True, exist_ok=True)
        (args.folder / part / name).write_text(json.dumps(value, indent=2))
    write(args.folder / 'transformer/diffusion_pytorch_model.safetensors', tensors)
    shutil.copytree(TOP / 'assets/models/diorama-mini/vae', args.folder / 'vae', dirs_exist_ok=True)


if __name__ == '__main__':
    main()
