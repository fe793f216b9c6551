"""Golden timesteps, sigmas and trajectories of the samplers -> schedulers.safetensors.

Sources run as published (no file of theirs is changed or copied):
  huggingface/diffusers      schedulers/scheduling_{ddim,ddpm,dpmsolver_multistep,
                             flow_match_euler_discrete,flow_match_heun_discrete}.py
  facebookresearch/DiT       diffusion/{__init__,gaussian_diffusion,respace}.py (IDDPM)
The commits that were run are written into the file's metadata.

The network is a toy: prediction = tanh(0.7 x + 0.001 t), learned variance v = sin(3 x).
The start is input (case, "noise"), the noise of step k is input (case, "noise.<k>").
DDIM, DDPM and IDDPM carry the sample in float64; their coefficient tables stay float32 as published
(IDDPM: float64 tables rounded to float32 when read). The other schedulers work in float32.
"""

import argparse
import json
from pathlib import Path

import generator
import numpy as np
import published
import safetensors_file
import torch

SIZE = 16
NOISE = {"noise": {"shape": [SIZE], "amplitude": 2.0}, "noise.<step>": {"shape": [SIZE], "amplitude": 1.5}}

LINEAR = {"num_train_timesteps": 1000, "beta_schedule": "linear", "beta_start": 0.0001, "beta_end": 0.02}
DDIM = LINEAR | {
    "_class_name": "DDIMScheduler", "clip_sample": False, "set_alpha_to_one": True, "steps_offset": 0,
    "timestep_spacing": "leading", "prediction_type": "epsilon",
}
DDPM = LINEAR | {
    "_class_name": "DDPMScheduler", "clip_sample": False, "timestep_spacing": "leading", "prediction_type": "epsilon",
}
DPM = LINEAR | {
    "_class_name": "DPMSolverMultistepScheduler", "algorithm_type": "dpmsolver++", "solver_order": 2,
    "solver_type": "midpoint", "timestep_spacing": "linspace", "steps_offset": 0, "lower_order_final": True,
    "euler_at_final": False, "use_karras_sigmas": False, "prediction_type": "epsilon", "thresholding": False,
    "final_sigmas_type": "zero",
}
DPM_FLOW = DPM | {"prediction_type": "flow_prediction", "use_flow_sigmas": True}
EULER = {"_class_name": "FlowMatchEulerDiscreteScheduler", "num_train_timesteps": 1000}
HEUN = {"_class_name": "FlowMatchHeunDiscreteScheduler", "num_train_timesteps": 1000}

# case: config, steps, extra facts of the run
CASES = {
    "ddim.20": (DDIM, 20, {"eta": 0.0}),
    "ddim.50": (DDIM, 50, {"eta": 0.0}),
    "ddim.20.eta": (DDIM, 20, {"eta": 0.5}),
    "ddim.30.eta": (DDIM, 30, {"eta": 0.5}),
    "ddpm.20.learned": (DDPM | {"variance_type": "learned_range"}, 20, {}),
    "ddpm.20.fixed": (DDPM | {"variance_type": "fixed_small"}, 20, {}),
    "dpm.20": (DPM, 20, {}),
    "dpm.8": (DPM, 8, {}),
    "dpm.flow.20": (DPM_FLOW | {"flow_shift": 1.0}, 20, {}),
    "dpm.flow.20.shift3": (DPM_FLOW | {"flow_shift": 3.0}, 20, {}),
    "dpm.flow.8.shift3": (DPM_FLOW | {"flow_shift": 3.0}, 8, {}),
    "euler.20": (EULER | {"shift": 1.0}, 20, {}),
    "euler.28": (EULER | {"shift": 1.0}, 28, {}),
    "euler.20.shift3": (EULER | {"shift": 3.0}, 20, {}),
    "euler.28.shift3": (EULER | {"shift": 3.0}, 28, {}),
    "heun.20": (HEUN | {"shift": 1.0}, 20, {}),
    "heun.20.shift3": (HEUN | {"shift": 3.0}, 20, {}),
    "iddpm.10": ({"_class_name": "IDDPM", "timestep_respacing": "10"}, 10, {}),
    "iddpm.250": ({"_class_name": "IDDPM", "timestep_respacing": "250"}, 250, {}),
}


def noise(case, name, dtype):
    spec = NOISE["noise" if name == "noise" else "noise.<step>"]
    return torch.from_numpy(generator.tensor_input(case, name, spec)).to(dtype)[None]


def toy(x, t):
    return torch.tanh(0.7 * x + 0.001 * t)


def toy_learned(x, t):
    return torch.cat([toy(x, t), torch.sin(3 * x)], dim=1)


def run_diffusers(case, config, steps, extra):
    """Every sample of a diffusers scheduler, and its timesteps and sigmas."""
    import diffusers.schedulers as library

    scheduler_class = getattr(library, config["_class_name"])
    scheduler = scheduler_class(**{k: v for k, v in config.items() if k != "_class_name"})
    scheduler.set_timesteps(steps)
    dtype = torch.float64 if config["_class_name"] in ("DDIMScheduler", "DDPMScheduler") else torch.float32
    network = toy_learned if config.get("variance_type") == "learned_range" else toy
    module = __import__(scheduler_class.__module__, fromlist=["randn_tensor"])
    x, samples = noise(case, "noise", dtype), []
    for k, t in enumerate(scheduler.timesteps):
        module.randn_tensor = lambda *args, **kwargs: noise(case, f"noise.{k}", dtype)
        x = scheduler.step(network(x, t), t, x, return_dict=False, **extra)[0]
        assert x.dtype == dtype
        samples.append(x)
    tables = {"timesteps": scheduler.timesteps}
    if hasattr(scheduler, "sigmas"):
        tables["sigmas"] = scheduler.sigmas
    return samples, tables


def run_iddpm(case, config):
    """Every sample of DiT's ancestral sampler with learned range variance."""
    from diffusion import create_diffusion

    diffusion = create_diffusion(config["timestep_respacing"])
    x, samples = noise(case, "noise", torch.float64), []
    order = range(diffusion.num_timesteps)[::-1]
    for k, i in enumerate(order):
        torch.randn_like = lambda like: noise(case, f"noise.{k}", like.dtype)
        x = diffusion.p_sample(toy_learned, x, torch.tensor([i]), clip_denoised=False)["sample"]
        assert x.dtype == torch.float64
        samples.append(x)
    return samples, {"timesteps": torch.tensor([diffusion.timestep_map[i] for i in order])}


def stored_steps(count):
    """All steps of a short run; every 10th and the last of a long one."""
    return [k for k in range(count) if count <= 60 or k % 10 == 9 or k == count - 1]


def run_case(case, config, steps, extra):
    if config["_class_name"] == "IDDPM":
        samples, tables = run_iddpm(case, config)
    else:
        samples, tables = run_diffusers(case, config, steps, extra)
    tensors = {f"{case}/{name}": table for name, table in tables.items()}
    tensors |= {f"{case}/x.{k}": samples[k][0] for k in stored_steps(len(samples))}
    return {name: tensor.numpy().astype(np.float32) for name, tensor in tensors.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--diffusers", type=Path, required=True, help="checkout of huggingface/diffusers")
    parser.add_argument("--dit", type=Path, required=True, help="checkout of facebookresearch/DiT")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()

    published.prepare(args.diffusers / "src")
    published.prepare(args.dit)
    sources = {
        "huggingface/diffusers": [published.commit(args.diffusers), "src/diffusers/schedulers"],
        "facebookresearch/DiT": [published.commit(args.dit), "diffusion"],
    }
    metadata = {
        "source": json.dumps(sources),
        "network": "prediction = tanh(0.7 x + 0.001 t); learned variance v = sin(3 x)",
        "samples": "x.<k> is the sample after step k, counted from 0; timesteps are what the network gets, in order",
    }
    tensors = {}
    for case, (config, steps, extra) in CASES.items():
        tensors |= run_case(case, config, steps, extra)
        description = {"class": config["_class_name"], "config": config, "steps": steps, "inputs": NOISE} | extra
        metadata[f"case.{case}"] = json.dumps(description)
    safetensors_file.write(args.out, tensors, metadata)
    for case in CASES:
        keys = [k for k in tensors if k.startswith(f"{case}/")]
        print(case, len(keys), "tensors, timesteps", tensors[f"{case}/timesteps"][:4], "last", tensors[keys[-1]][:3])


if __name__ == "__main__":
    main()
