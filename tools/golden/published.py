"""Import published model code from a checkout although optional packages are missing.

Absent packages and torch names newer than the installed torch become empty stand-ins; none of them
takes part in the numbers. The one function that does, scaled_dot_product_attention (torch 2), is
written out as softmax(q k^T * scale + mask) v.
"""

import importlib.abc
import importlib.machinery
import subprocess
import sys
import tempfile
import types

import torch

STAND_INS = {
    "huggingface_hub", "safetensors", "tokenizers", "torch.distributed._functional_collectives",
    "transformers.dependency_versions_check",
}

NEWER_TORCH = {
    torch: ("xpu", "mps", "compiler", "float8_e4m3fn", "float8_e5m2"),
    torch.distributed: ("device_mesh",),
}


class Anything(type):
    """A class that answers every attribute with another such class and accepts every call."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return stand_in(name)

    def __call__(cls, *args, **kwargs):
        is_decorator = len(args) == 1 and callable(args[0])
        return args[0] if is_decorator else stand_in("result")

    def __bool__(cls):
        return False

    def __or__(cls, other):
        return cls

    __ror__ = __or__


def stand_in(name):
    return Anything(name, (), {})


class StandInModule(types.ModuleType):
    __path__ = []
    __version__ = "0.0.1"

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return stand_in(name)


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, fullname, path=None, target=None):
        if any(fullname == s or fullname.startswith(s + ".") for s in STAND_INS):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec):
        return StandInModule(spec.name)

    def exec_module(self, module):
        pass


def attention(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False):
    assert dropout_p == 0.0 and not is_causal and not enable_gqa
    scale = query.shape[-1] ** -0.5 if scale is None else scale
    scores = query @ key.transpose(-2, -1) * scale
    if attn_mask is not None:
        scores = scores + attn_mask
    return torch.softmax(scores, dim=-1) @ value


def prepare(source_root):
    """Make packages under source_root importable."""
    sys.path.insert(0, str(source_root))
    sys.meta_path.insert(0, Finder())
    import huggingface_hub.constants

    huggingface_hub.constants.HF_HOME = tempfile.gettempdir()
    huggingface_hub.constants.HF_HUB_CACHE = tempfile.gettempdir()
    for module, names in NEWER_TORCH.items():
        for name in names:
            setattr(module, name, getattr(module, name, stand_in(name)))
    torch.nn.functional.scaled_dot_product_attention = attention


def open_package(name, folder):
    """Register a package without running its __init__, which would import every model there is."""
    package = types.ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package


def commit(checkout):
    """The full commit hash of a git checkout or bare repository."""
    out = subprocess.run(["git", "-C", str(checkout), "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    return out.stdout.strip()
