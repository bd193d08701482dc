#!/usr/bin/env python3
"""F1 against the number of reviewed episodes, with CodiEsp's gold as the coder: in the order of expected gain, and at random.

    python3 benches/review_simulation.py --shared ../shared [--rounds 5] [--out PAGE.svg]

Each round the desk proposes codes for the training cases that are not reviewed yet, orders them, and the coder reviews the
next ones: their gold codes, with the evidence, become what `clinlink train coder` learns from. What it has learnt is measured
on the development cases. Expected gain is the desk's: the entropy of the scores of the codes that are accepted or open.
"""

import argparse
import json
import math
import os
import random
import sys
from pathlib import Path

from figures import CODER, ROOT, WORK, gold, run

import subprocess

FIRST = 25


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def gain(codes):
    """Bits that a review is expected to teach (crates/server/src/episodes.rs)."""
    def entropy(p):
        return sum(-q * math.log2(q) for q in (p, 1 - p) if q > 0)
    return sum(entropy(min(max(code["score"], 0.0), 1.0)) for code in codes if code["status"] != "rejected")


def propose(pipeline, notes, out):
    run("code", "--pipeline", pipeline, "--format", "jsonl", notes, output=out)
    return {record["episode"]: record["codes"] for record in lines(out) if "codes" in record}


def measure(pipeline, dev, out):
    propose(pipeline, dev, out)
    command = [os.environ.get("CLINLINK", ROOT / "target" / "release" / "clinlink"), "eval", "codes", "--json", dev, out]
    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout)
    counts = report["full"]["micro"]
    return 2 * counts["tp"] / (2 * counts["tp"] + counts["fp"] + counts["fn"])


def simulate(order, training, dev, rounds, seed, folder):
    """[(reviewed, F1)], from nothing reviewed to all."""
    folder.mkdir(parents=True, exist_ok=True)
    by_id = {record["id"]: record for record in training}
    plain = folder / "before"
    plain.mkdir(exist_ok=True)
    (plain / "pipeline.toml").write_text(CODER.replace('model = "coder.json"\n', ""), encoding="utf-8")
    learnt = folder / "learnt"
    learnt.mkdir(exist_ok=True)
    (learnt / "pipeline.toml").write_text(CODER, encoding="utf-8")
    left, reviewed = sorted(by_id), []
    shuffle = random.Random(seed)
    points = [(0, measure(plain, dev, folder / "dev.jsonl"))]
    pipeline = plain
    sizes = [round(FIRST * (len(left) / FIRST) ** (at / (rounds - 1))) for at in range(rounds)]
    for size in sizes:
        if order == "gain":
            notes = folder / "left.jsonl"
            notes.write_text("".join(json.dumps({"id": id, "text": by_id[id]["text"]}) + "\n" for id in left), encoding="utf-8")
            proposed = propose(pipeline, notes, folder / "left.codes.jsonl")
            left.sort(key=lambda id: (-gain(proposed.get(id, [])), id))
        else:
            shuffle.shuffle(left)
        take = size - len(reviewed)
        reviewed, left = reviewed + left[:take], left[take:]
        taught = folder / "reviewed.jsonl"
        taught.write_text("".join(json.dumps(by_id[id]) + "\n" for id in reviewed), encoding="utf-8")
        run("train", "coder", "--pipeline", learnt, taught)
        pipeline = learnt
        points.append((size, measure(learnt, dev, folder / "dev.jsonl")))
        print(f"{order}: {size} reviewed, F1 {points[-1][1]:.3f}", flush=True)
    return points


def plot(curves, path):
    """The curves as a drawing: F1 over reviewed episodes."""
    width, height, left, bottom = 640, 360, 56, 48
    most = max(x for points in curves.values() for x, _ in points)
    low, high = 0.35, 0.6
    x = lambda value: left + value / most * (width - left - 120)
    y = lambda value: height - bottom - (value - low) / (high - low) * (height - bottom - 24)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
           f'<rect width="{width}" height="{height}" fill="white"/>']
    for tick in (0.35, 0.4, 0.45, 0.5, 0.55, 0.6):
        out.append(f'<path d="M{left} {y(tick):.1f}H{width - 120}" stroke="#ddd"/><text x="{left - 8}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:.2f}</text>')
    for tick in range(0, most + 1, 100):
        out.append(f'<text x="{x(tick):.1f}" y="{height - bottom + 18}" text-anchor="middle">{tick}</text>')
    out.append(f'<text x="{x(most / 2):.1f}" y="{height - 10}" text-anchor="middle">episodes reviewed</text><text x="{left}" y="14">micro-F1</text>')
    for (name, points), (colour, dash) in zip(curves.items(), (("#0b5394", ""), ("#b45f06", "6 4"))):
        path_data = "M" + "L".join(f"{x(a):.1f} {y(b):.1f}" for a, b in points)
        out.append(f'<path d="{path_data}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>')
        out += [f'<circle cx="{x(a):.1f}" cy="{y(b):.1f}" r="3" fill="{colour}"/>' for a, b in points]
        a, b = points[-2]
        shift = -10 if colour == "#0b5394" else 18
        out.append(f'<text x="{x(a):.1f}" y="{y(b) + shift:.1f}" fill="{colour}">{name}</text>')
    path.write_text("\n".join(out + ["</svg>", ""]), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=os.environ.get("CLINLINK_SHARED", ROOT.parent / "shared"))
    parser.add_argument("--rounds", type=int, default=5, help="reviews are learnt from so often (default 5)")
    parser.add_argument("--out", type=Path, help="draw the curves, too")
    arguments = parser.parse_args()
    work = WORK / "simulation"
    work.mkdir(parents=True, exist_ok=True)
    training = WORK / "codiesp_train.evidence.jsonl"
    subprocess.run([sys.executable, "benches/project_evidence.py", "--shared", arguments.shared, "--out", training], cwd=ROOT, check=True)
    (dev,) = gold(arguments.shared, WORK / "all", "all", "codiesp_dev")
    curves = {}
    for order, name in (("gain", "expected gain"), ("random", "random")):
        curves[name] = simulate(order, lines(training), dev, arguments.rounds, 1, work / order)
    print("\nreviewed " + " ".join(f"{name:>14}" for name in curves))
    for (size, _), *_ in zip(next(iter(curves.values()))):
        row = [dict(points)[size] for points in curves.values()]
        print(f"{size:>8} " + " ".join(f"{f1:>14.3f}" for f1 in row))
    if arguments.out:
        plot(curves, arguments.out)


if __name__ == "__main__":
    main()
