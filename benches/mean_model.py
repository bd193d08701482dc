#!/usr/bin/env python3
"""The mean of the weights of models of one architecture, as a base to train on from or, with `--int8`, to be used.

    VENV/bin/python benches/mean_model.py .clinlink/ner-a .clinlink/ner-b --out .clinlink/mean

VENV as for pretrain.py. A model that is named twice counts twice. The other files are the first model's, but for the hash of
its weights. The weights are stored in 32-bit floats, or as training stores them: matrices in 8-bit integers, with a scale a row.
"""

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file


def weights(folder):
    """The weights of a model in 32-bit floats; matrices of 8-bit integers have a scale a row."""
    stored = load_file(folder / "model.safetensors")
    scales = {name: stored[f"{name}.scale"] for name in stored if f"{name}.scale" in stored}
    plain = {name: tensor.float() for name, tensor in stored.items() if not name.endswith(".scale")}
    return {name: tensor * scales[name][:, None] if name in scales else tensor for name, tensor in plain.items()}


def in_integers(model):
    """The matrices in 8-bit integers, each with the scales of its rows; the rest as it is."""
    stored = {}
    for name, tensor in model.items():
        if tensor.dim() == 2:
            scale = tensor.abs().amax(1).clamp_min(torch.finfo(torch.float32).tiny) / 127
            stored[name] = (tensor / scale[:, None]).round().to(torch.int8)
            stored[f"{name}.scale"] = scale
        else:
            stored[name] = tensor
    return stored


def main():
    """Reads the models, refuses those that differ in shape, writes the mean."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path, nargs="+", help="folders of models")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--int8", action="store_true", help="store matrices in 8-bit integers")
    a = parser.parse_args()
    models = [weights(folder) for folder in a.models]
    shapes = [{name: tensor.shape for name, tensor in model.items()} for model in models]
    for folder, other in zip(a.models, shapes):
        if other != shapes[0]:
            parser.error(f"{folder} is of another architecture than {a.models[0]}")
    tokenizers = {(folder / "tokenizer.json").read_bytes() for folder in a.models}
    if len(tokenizers) > 1:
        parser.error("the models have different tokenizers")
    a.out.mkdir(parents=True, exist_ok=True)
    mean = {name: torch.stack([model[name] for model in models]).mean(0) for name in models[0]}
    save_file(in_integers(mean) if a.int8 else mean, a.out / "model.safetensors")
    config = json.loads((a.models[0] / "config.json").read_text(encoding="utf-8"))
    config["weights_sha256"] = hashlib.sha256((a.out / "model.safetensors").read_bytes()).hexdigest()
    (a.out / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
    shutil.copy(a.models[0] / "tokenizer.json", a.out)


if __name__ == "__main__":
    main()
