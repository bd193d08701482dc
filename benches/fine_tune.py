#!/usr/bin/env python3
"""What the recogniser learns from coders' decisions (`clinlink learn --fine-tune`), with CodiEsp's gold as the coder.

    python3 benches/fine_tune.py --shared ../shared [--episodes 200]

The coder reviews CodiEsp's training cases: the words that its coders marked as evidence of a diagnosis are marked, nothing is
refused. Printed are the report of `clinlink learn` on the held-out fifth, and the strict spans on our own annotation of notes,
which no decision has touched, before and after: what was forgotten shows there.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from figures import ROOT, WORK, gold, run


def decision(number, record):
    """A case as the review desk would export it."""
    evidence = [piece for piece in record.get("evidence", []) if piece.get("start") is not None]
    mentions = [
        {"start": piece["start"], "end": piece["end"], "label": "disease", "ids": ["ICD-10-CM:" + piece["code"]]} for piece in evidence
    ]
    return {
        "id": record["id"], "episode": record["id"], "text": record["text"], "codes": record["codes"], "evidence": evidence,
        "mentions": mentions, "provenance": {"kind": "single", "seq": number},
    }  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=os.environ.get("CLINLINK_SHARED", ROOT.parent / "shared"))
    parser.add_argument("--episodes", type=int, default=200, help="cases that the coder reviews (default 200)")
    arguments = parser.parse_args()
    work = WORK / "fine-tune"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    cases = work / "cases.jsonl"
    subprocess.run([sys.executable, "benches/project_evidence.py", "--shared", arguments.shared, "--out", cases], cwd=ROOT, check=True)
    records = [json.loads(line) for line in cases.read_text(encoding="utf-8").splitlines()][: arguments.episodes]
    decisions = work / "decisions.jsonl"
    decisions.write_text("".join(json.dumps(decision(*case)) + "\n" for case in enumerate(records)), encoding="utf-8")
    site = work / "site"
    run("learn", decisions, "--pipeline", "model", "--out", site, "--fine-tune")
    report = json.loads((site / "recogniser.json").read_text(encoding="utf-8"))
    for when, counts in report.items():
        print(f"{when:>6}: " + ", ".join(f"{name} {count}" for name, count in counts.items()))
    (notes,) = gold(arguments.shared, WORK / "all", "all", "clinical_test")
    # The recogniser alone: the new pipeline also marks the words that it has learnt for codes.
    alone = work / "alone"
    alone.mkdir()
    (alone / "pipeline.toml").write_text('[tag]\nuse = "model"\nmodel = "../site/model"\n', encoding="utf-8")
    for pipeline in ("model", alone):
        found = work / f"{Path(pipeline).name}.jsonl"
        run("annotate", "--pipeline", pipeline, notes, output=found)
        run("eval", "mentions", notes, found)


if __name__ == "__main__":
    main()
