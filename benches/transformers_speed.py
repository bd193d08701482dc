#!/usr/bin/env python3
"""Speed and scores of the recogniser beside Python transformers' token-classification pipeline: the same weights, the
same notes, one run.

    pip install torch transformers safetensors numpy          (in an environment of your own)
    python3 benches/transformers_speed.py NOTES.jsonl MODEL [--threads 2] [--rounds 3]

NOTES are JSON lines with `id`, `text` and, for scores, `mentions`; `benches/gold.py` writes them. MODEL is a folder in
Hugging Face's layout with 32-bit weights, which both load: `clinlink train ner` leaves one if `storage = "fp32"`.
Each tool runs all notes in every round, one after the other; loading is not counted for transformers, and for clinlink
it is measured with an empty input and taken off. A ratio is that of the medians.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = Path(os.environ.get("CLINLINK", ROOT / "target" / "release" / "clinlink"))


def strict_f1(gold, found):
    """Micro F1 of (start, end, label) in characters over all notes."""
    both = sum(len(gold[note] & found[note]) for note in gold)
    return 2 * both / max(1, sum(map(len, gold.values())) + sum(map(len, found.values())))


def transformers_run(notes, tagger, batch):
    """Seconds, and the mentions of each note."""
    start = time.monotonic()
    out = tagger([note["text"] for note in notes], batch_size=batch)
    seconds = time.monotonic() - start
    return seconds, {
        note["id"]: {(m["start"], m["end"], m["entity_group"]) for m in mentions} for note, mentions in zip(notes, out)
    }


def clinlink_run(notes, model, threads, precision, folder):
    """Seconds, and the mentions of each note."""
    pipeline = folder / precision
    pipeline.mkdir(exist_ok=True)
    text = f'[tag]\nuse = "model"\nmodel = "{model.resolve()}"\nprecision = "{precision}"\n'
    (pipeline / "pipeline.toml").write_text(text)
    source = folder / "notes.jsonl"
    source.write_text("".join(json.dumps({"id": n["id"], "text": n["text"]}) + "\n" for n in notes))
    command = [PROGRAM, "annotate", "--pipeline", pipeline, "--threads", str(threads), source]
    start = time.monotonic()
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    seconds = time.monotonic() - start
    found = {}
    for line in out.decode().splitlines():
        record = json.loads(line)
        found[record["note"]] = {(m["start_char"], m["end_char"], m["label"]) for m in record["mentions"]}
    return seconds, found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notes", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    import torch
    from transformers import AutoModelForTokenClassification, AutoTokenizer, pipeline

    torch.set_num_threads(arguments.threads)
    notes = [json.loads(line) for line in open(arguments.notes, encoding="utf-8")]
    gold = {n["id"]: {(m["start"], m["end"], m["label"]) for m in n.get("mentions", [])} for n in notes}
    tokenizer = AutoTokenizer.from_pretrained(arguments.model, model_max_length=194)
    model = AutoModelForTokenClassification.from_pretrained(arguments.model)
    tagger = pipeline("token-classification", model=model, tokenizer=tokenizer, aggregation_strategy="first", stride=48)
    runs, scores = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for round_ in range(arguments.rounds):
            for batch in (1, 8):
                name = f"transformers, fp32, batches of {batch}"
                seconds, found = transformers_run(notes, tagger, batch)
                runs.setdefault(name, []).append(seconds)
                scores[name] = strict_f1(gold, found)
            for precision in ("fp32", "bf16"):
                name = f"clinlink, {precision}"
                empty, _ = clinlink_run([], arguments.model, arguments.threads, precision, Path(folder))
                seconds, found = clinlink_run(notes, arguments.model, arguments.threads, precision, Path(folder))
                runs.setdefault(name, []).append(seconds - empty)
                scores[name] = strict_f1(gold, found)
            print(f"round {round_ + 1} of {arguments.rounds} done", file=sys.stderr)
    best = min(statistics.median(runs[name]) for name in runs if name.startswith("transformers"))
    print(f"{len(notes)} notes, {arguments.threads} threads, {arguments.rounds} rounds")
    for name, seconds in runs.items():
        median = statistics.median(seconds)
        print(f"{name:34} {len(notes) / median:7.2f} notes/s  {best / median:5.2f} times  strict F1 {scores[name]:.4f}")


if __name__ == "__main__":
    main()
