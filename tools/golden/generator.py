"""The numbers behind every golden value: weights and inputs as a pure integer function of their name.

seed(name)  FNV-1a, 64 bit, over the UTF-8 bytes of the name
u(name, i)  z = seed + (i+1) * 0x9E3779B97F4A7C15 (mod 2^64), SplitMix64 finaliser,
            ((z >> 40) - 2^23) / 2^23: exact in float32, in [-1, 1); i is the row-major flat index
"""

import math

import numpy as np

NORM_WEIGHTS = ("norm.weight", "norm1.weight", "norm2.weight", "norm_out.weight")


def seed(name):
    value = 14695981039346656037
    for byte in name.encode("utf-8"):
        value = ((value ^ byte) * 1099511628211) % 2**64
    return value


def u(name, shape):
    """float32 array of the given shape with element i = u(name, i)."""
    i = np.arange(1, math.prod(shape) + 1, dtype=np.uint64)
    z = i * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed(name))
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    centred = (z >> np.uint64(40)).astype(np.int64) - 2**23
    return (centred / 2**23).astype(np.float32).reshape(shape)


def weight(name, shape):
    """A model tensor, named as in the published state dict."""
    values = u(name, shape)
    if len(shape) >= 2:
        fan_in = math.prod(shape[1:])
        return values * np.float32(2.0 ** -((fan_in.bit_length() - 1) // 2))
    if name.endswith(NORM_WEIGHTS):
        return np.float32(1) + values / np.float32(4)
    return values / np.float32(8)


def tensor_input(case, name, spec):
    """An input from its description: explicit "values", integers below "max", or reals up to "amplitude"."""
    shape = spec["shape"]
    if "values" in spec:
        return np.array(spec["values"]).reshape(shape)
    values = u(f"{case}/{name}", shape)
    if "max" in spec:
        scaled = (values.astype(np.float64) + 1) / 2 * spec["max"]
        return np.minimum(np.floor(scaled), spec["max"] - 1).astype(np.int64)
    return values * np.float32(spec["amplitude"])
