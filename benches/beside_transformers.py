#!/usr/bin/env python3
"""The recogniser beside the token-classification pipeline of Python transformers: the same weights, in 32 bits, on the
same notes, in turn.

    python3 -m venv VENV && VENV/bin/pip install torch==2.11.0 transformers
    VENV/bin/python benches/beside_transformers.py --shared ../shared

Prints notes a second of each in each round and the ratio, then strict F1 of both on the 60 notes of our own annotation.
The committed model's gazetteer is left out, since transformers has none. Compare figures of one run only.
"""

import argparse
import json
import shutil
import struct
import subprocess
import time
from pathlib import Path

import torch
from transformers import AutoModelForTokenClassification, AutoTokenizer, pipeline

import figures

MODEL = figures.ROOT / "pipelines" / "default" / "model"
WORK = figures.WORK / "transformers"
DTYPES = {"F32": torch.float32, "F16": torch.float16, "I8": torch.int8}


def plain_model():
    """The committed model as transformers reads it: 32-bit floats, no gazetteer. Returns its folder."""
    folder = WORK / "model"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(MODEL / "tokenizer.json", folder)
    config = json.loads((MODEL / "config.json").read_text())
    for ours in ("token_types", "temperature"):
        config.pop(ours, None)
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "BertTokenizerFast", "do_lower_case": True, "model_max_length": 512}))
    raw = (MODEL / "model.safetensors").read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header, data = json.loads(raw[8 : 8 + length]), raw[8 + length :]

    def tensor(name):
        row = header[name]
        first, last = row["data_offsets"]
        return torch.frombuffer(bytearray(data[first:last]), dtype=DTYPES[row["dtype"]]).reshape(row["shape"]).float()

    tensors = {}
    for name in header:
        if name == "__metadata__" or name.endswith(".scale"):
            continue
        tensors[name] = tensor(name)
        if f"{name}.scale" in header:
            tensors[name] *= tensor(f"{name}.scale").unsqueeze(1)
    from safetensors.torch import save_file

    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def theirs(folder):
    """The pipeline of transformers: whole notes, in overlapping windows of 512 pieces, words kept whole."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForTokenClassification.from_pretrained(folder, dtype=torch.float32)
    return pipeline("token-classification", model=model, tokenizer=tokenizer, aggregation_strategy="first", stride=64)


def our_pipeline(model, precision):
    """A pipeline folder of clinlink with that model alone. Returns it."""
    folder = WORK / precision
    folder.mkdir(parents=True, exist_ok=True)
    text = f'[tag]\nuse = "model"\nmodel = "{model}"\nprecision = "{precision}"\n'
    (folder / "pipeline.toml").write_text(text)
    return folder


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--notes", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    (corpus,) = figures.gold(arguments.shared, figures.WORK / "all", "all", "mtsamples")
    notes = [json.loads(line) for line in corpus.read_text().splitlines()[:: 2500 // arguments.notes]][: arguments.notes]
    sample = WORK / "notes.jsonl"
    sample.write_text("".join(json.dumps({"id": note["id"], "text": note["text"]}) + "\n" for note in notes))
    texts = [note["text"] for note in notes]
    model = plain_model()
    recogniser = theirs(model)
    pipelines = {name: our_pipeline(model, name) for name in ("fp32", "bf16", "int8")}
    recogniser(texts[0])
    for _ in range(arguments.rounds):
        start = time.monotonic()
        for text in texts:
            recogniser(text)
        base = time.monotonic() - start
        line = f"transformers {len(texts) / base:.2f} notes/s"
        for name, folder in pipelines.items():
            seconds, _ = figures.run("annotate", "--pipeline", folder, sample, output=WORK / f"{name}.jsonl")
            line += f"; clinlink {name} {len(texts) / seconds:.2f} ({base / seconds:.2f} times)"
        print(line, flush=True)

    (gold,) = figures.gold(arguments.shared, figures.WORK / "all", "all", "clinical_test")
    found = WORK / "transformers.jsonl"
    with found.open("w") as out:
        for line in gold.read_text().splitlines():
            note = json.loads(line)
            mentions = [
                {"start_char": m["start"], "end_char": m["end"], "label": m["entity_group"]}
                for m in recogniser(note["text"])
            ]
            out.write(json.dumps({"note": note["id"], "mentions": mentions}) + "\n")
    figures.run("eval", "mentions", gold, found)
    for name, folder in pipelines.items():
        ours = WORK / f"clinical.{name}.jsonl"
        figures.run("annotate", "--pipeline", folder, gold, output=ours)
        figures.run("eval", "mentions", gold, ours)


if __name__ == "__main__":
    main()
