#!/usr/bin/env python3
"""Prints the project's figures, each under the command that makes it.

    python3 benches/figures.py --shared ../shared                 all of them
    python3 benches/figures.py --shared ../shared speed codes     some

Figures of quality come from the held-out tenth of the training documents (`gold.py --split dev`) or from the
development sets; nothing here was trained on. `coder`, `procedures`, `cmc` and `links` train: on
training cases, on the other documents. Figures of speed are those of this machine: compare them in one run
only.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = Path(os.environ.get("CLINLINK", ROOT / "target" / "release" / "clinlink"))
WORK = ROOT / ".clinlink" / "figures"


def run(*arguments, output=None):
    """Runs clinlink and returns (seconds, MiB at peak). `output` takes stdout; without it stdout is shown."""
    command = [str(PROGRAM), *map(str, arguments)]
    print(f"\n$ clinlink {' '.join(map(str, arguments))}" + (f" > {output.relative_to(ROOT)}" if output else ""), flush=True)
    start = time.monotonic()
    with open(output, "wb") if output else open(os.dup(1), "wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, cwd=ROOT)
        errors = process.stderr.read().decode(errors="replace")
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        sys.exit(f"exit status {process.returncode}: {errors}")
    return time.monotonic() - start, usage.ru_maxrss / 1024


def gold(shared, out, split, *corpora):
    """Makes JSON lines of corpora."""
    subprocess.run(
        [sys.executable, ROOT / "benches" / "gold.py", "--shared", shared, "--out", out, "--split", split, *corpora],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return [out / f"{corpus}.jsonl" for corpus in corpora]


def parts(corpus, count, folder):
    """Of each part of a corpus the files of the others, to learn from, and of its own. A record belongs to the part that its
    place in the file says."""
    records = corpus.read_text(encoding="utf-8").splitlines(keepends=True)
    training, held = folder / "training.jsonl", folder / "held.jsonl"
    for at in range(count):
        training.write_text("".join(line for n, line in enumerate(records) if n % count != at), encoding="utf-8")
        held.write_text("".join(records[at::count]), encoding="utf-8")
        yield training, held


def mentions(shared):
    """Strict and overlapping spans on held-out documents and on our own annotation of notes, by pipeline."""
    corpora = gold(shared, WORK / "all", "all", "clinical_test")
    corpora += gold(shared, WORK / "dev", "dev", "bc5cdr", "ncbi_disease")
    for corpus in corpora:
        for pipeline in ("dictionary", "model", "default"):
            found = WORK / f"{corpus.stem}.{pipeline}.jsonl"
            run("annotate", "--pipeline", pipeline, corpus, output=found)
            run("eval", "mentions", corpus, found)


LINKER = """# The dictionary, and what `clinlink train ranker` learnt from the mentions of the training documents.
[tag]
use = "dictionary"

[link]
use = "pack"
model = "linker.json"
"""


HPO_PARTS = 5

DENSE = f'dense = {{ model = "{ROOT / "pipelines" / "dense" / "model"}" }}\n'


def link(corpus, system, pipeline, suffix, labels=()):
    """Links the given mentions of a corpus and scores them, all together and by label."""
    linked = WORK / f"{corpus.stem}.{suffix}.jsonl"
    run("annotate", "--pipeline", pipeline, "--given", corpus, output=linked)
    for chosen in ([], *([label] for label in labels)):
        run("eval", "links", "--system", system, *(["--labels", *chosen] if chosen else []), corpus, linked)


def links(shared):
    """MeSH concepts of given mentions on held-out documents, and HPO concepts: by the pack alone, by meaning too where the
    pack has vectors, and with what the other documents' mentions teach."""
    dev = gold(shared, WORK / "dev", "dev", "bc5cdr", "ncbi_disease")
    (hpo,) = gold(shared, WORK / "all", "all", "hpo_gsc")
    for corpus, system in [(path, "MeSH") for path in dev] + [(hpo, "HPO")]:
        link(corpus, system, "dictionary", "links")
    by_meaning = (ROOT / ".clinlink" / "packs" / "default.vectors").is_dir()
    if by_meaning:
        for corpus, system in [(path, "MeSH") for path in dev] + [(hpo, "HPO")]:
            link(corpus, system, "dense", "dense")
    else:
        print("\nno links by meaning: see crates/encoder/README.md")
    training = gold(shared, WORK / "train", "train", "bc5cdr", "ncbi_disease", "biored")
    for name, extra in [("linker", "")] + [("dense-linker", DENSE)] * by_meaning:
        folder = WORK / name
        folder.mkdir(exist_ok=True)
        (folder / "pipeline.toml").write_text(LINKER + extra, encoding="utf-8")
        run("train", "ranker", "--system", "MeSH", "--pipeline", folder, *training)
        for corpus, labels in zip(dev, (["disease", "chemical"], [])):
            link(corpus, "MeSH", folder, "learned", labels)
    # Few documents: each is linked by what the other parts teach.
    folder, learned = WORK / "linker-hpo", WORK / "hpo_gsc.learned.jsonl"
    folder.mkdir(exist_ok=True)
    (folder / "pipeline.toml").write_text(LINKER, encoding="utf-8")
    learned.unlink(missing_ok=True)
    for training, held in parts(hpo, HPO_PARTS, folder):
        run("train", "ranker", "--system", "HPO", "--pipeline", folder, training)
        run("annotate", "--pipeline", folder, "--given", held, output=folder / "linked.jsonl")
        with open(learned, "ab") as all_parts:
            all_parts.write((folder / "linked.jsonl").read_bytes())
    run("eval", "links", "--system", "HPO", hpo, learned)


def context(shared):
    """Negation, temporality and experiencer of given mentions."""
    (corpus,) = gold(shared, WORK / "all", "all", "context_testkit")
    assessed = WORK / "context_testkit.jsonl"
    run("annotate", "--pipeline", "dictionary", "--given", corpus, output=assessed)
    run("eval", "context", corpus, assessed)


AS_CODIESP = """# CodiEsp's coders code symptoms beside the disease and past diseases as themselves, and do not combine.
[tag]
use = "dictionary"

[code]
use = "rules"
rules = ["status", "contradiction", "findings", "specificity", "excludes", "facts"]
"""


def codes(shared):
    """ICD-10-CM codes of documents, with the default pack and with the alphabetic index in it, by all rules of the US
    guidelines; and by those that CodiEsp's coders follow."""
    (corpus,) = gold(shared, WORK / "all", "all", "codiesp_dev")
    folder, coded = WORK / "as_codiesp", WORK / "codiesp_dev.as_codiesp.jsonl"
    folder.mkdir(exist_ok=True)
    (folder / "pipeline.toml").write_text(AS_CODIESP, encoding="utf-8")
    run("code", "--pipeline", folder, "--format", "jsonl", corpus, output=coded)
    run("eval", "codes", corpus, coded)
    for pack in ("default", "with-index"):
        if not (ROOT / ".clinlink" / "packs" / pack).is_dir():
            print(f"\nno pack {pack}: see README.md, Vocabularies")
            continue
        for pipeline in ("dictionary", "default"):
            coded = WORK / f"codiesp_dev.{pack}.{pipeline}.jsonl"
            run("code", "--pipeline", pipeline, "--pack", pack, "--format", "jsonl", corpus, output=coded)
            run("eval", "codes", corpus, coded)


CODER = """# The dictionary, and what `clinlink train coder` learnt from CodiEsp's training cases, which are coded in the edition
# of 2018: what has been divided since may be accepted undivided.
pack = "with-index"

[tag]
use = "dictionary"

# Learned words need no link of their own, and full-text search for one costs most of the time.
[link]
use = "pack"
search = false

[code]
use = "rules"
model = "coder.json"
categories = true
# MAP looks deep into what is proposed.
review = 0.02
"""


def coder(shared):
    """The same with a coder's model, learnt from the training cases and their evidence; codes by how often they occur there;
    against the rules alone if `codes` has run; coder.html has the deferral curve and the calibration."""
    if not (ROOT / ".clinlink" / "packs" / "with-index").is_dir():
        print("\nno pack with-index: see README.md, Vocabularies")
        return
    folder = WORK / "coder"
    folder.mkdir(exist_ok=True)
    (folder / "pipeline.toml").write_text(CODER, encoding="utf-8")
    training, coded = WORK / "codiesp_train.evidence.jsonl", WORK / "codiesp_dev.coder.jsonl"
    command = [sys.executable, "benches/project_evidence.py", "--shared", str(shared), "--out", str(training)]
    print(f"\n$ {' '.join(command[1:])}", flush=True)
    subprocess.run(command, cwd=ROOT, check=True)
    (corpus,) = gold(shared, WORK / "all", "all", "codiesp_dev")
    run("train", "coder", "--pipeline", folder, training)
    run("code", "--pipeline", folder, "--format", "jsonl", corpus, output=coded)
    plain = WORK / "codiesp_dev.with-index.dictionary.jsonl"
    against = ["--against", plain] if plain.is_file() else []
    run("eval", "codes", "--training", training, *against, "--html", WORK / "coder.html", corpus, coded)


PROCEDURES = """# Procedures, often coded by the first four characters only. A pipeline that gives diagnoses too has this [code] as its
# [procedures].
[tag]
use = "dictionary"

[link]
use = "pack"
systems = ["ICD-10-PCS"]
search = false

[code]
use = "rules"
system = "ICD-10-PCS"
rules = []
categories = true
model = "coder.json"
review = 0.02
"""


def procedures(shared):
    """ICD-10-PCS codes, learnt from the training cases and their evidence."""
    folder = WORK / "procedures"
    folder.mkdir(exist_ok=True)
    (folder / "pipeline.toml").write_text(PROCEDURES, encoding="utf-8")
    training, coded = WORK / "codiesp_procedures_train.evidence.jsonl", WORK / "codiesp_procedures.coder.jsonl"
    command = [sys.executable, "benches/project_evidence.py", "--shared", str(shared), "--kind", "procedure",
               "--out", str(training)]  # fmt: skip
    print(f"\n$ {' '.join(command[1:])}", flush=True)
    subprocess.run(command, cwd=ROOT, check=True)
    (corpus,) = gold(shared, WORK / "all", "all", "codiesp_procedures_dev")
    run("train", "coder", "--pipeline", folder, training)
    run("code", "--pipeline", folder, "--format", "jsonl", corpus, output=coded)
    run("eval", "codes", "--training", training, corpus, coded)


CMC = """# ICD-9-CM as in 2007: codes that have been divided since may be accepted undivided. Outpatients; no rule of ICD-10-CM
# but those that hold for any codes.
[tag]
use = "dictionary"

[link]
use = "pack"
systems = ["ICD-9-CM", "ICD-10-CM"]

[code]
use = "rules"
system = "ICD-9-CM"
inpatient = false
rules = []
categories = true
model = "coder.json"
accept = 0.4
"""

CMC_FOLDS = 10


def cmc(shared):
    """ICD-9-CM codes of radiology reports, of which no evidence is known, in ten parts: each is coded by what the other
    nine teach."""
    (corpus,) = gold(shared, WORK / "all", "all", "cmc2007_icd9")
    folder, coded, rules = WORK / "cmc", WORK / "cmc.coder.jsonl", WORK / "cmc.rules.jsonl"
    for name in ("rules", "learned"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        kept = [line for line in CMC.splitlines() if name == "learned" or not line.startswith(("model", "accept"))]
        (folder / name / "pipeline.toml").write_text("\n".join(kept), encoding="utf-8")
    coded.unlink(missing_ok=True)
    held_coded = folder / "held_coded.jsonl"
    for training, held in parts(corpus, CMC_FOLDS, folder):
        run("train", "coder", "--pipeline", folder / "learned", training)
        run("code", "--pipeline", folder / "learned", "--format", "jsonl", held, output=held_coded)
        with open(coded, "ab") as all_parts:
            all_parts.write(held_coded.read_bytes())
    run("code", "--pipeline", folder / "rules", "--format", "jsonl", corpus, output=rules)
    run("eval", "codes", "--training", corpus, "--against", rules, corpus, coded)


def speed(shared):
    """Notes a second and peak memory over all sample notes, with and without the token classifier."""
    corpora = gold(shared, WORK / "all", "all", "mtsamples", "aci_bench")
    notes = sum(1 for path in corpora for _ in open(path, "rb"))
    for pipeline in ("dictionary", "default"):
        done = WORK / f"notes.{pipeline}.jsonl"
        seconds, peak = run("annotate", "--pipeline", pipeline, *corpora, output=done)
        with open(done, encoding="utf-8") as lines:
            failed = sum("error" in json.loads(line) for line in lines)
        print(f"{notes} notes, {failed} failed, {seconds:.1f} s, {notes / seconds:.0f} notes/s, peak {peak:.0f} MiB")


FIGURES = {figure.__name__: figure for figure in (mentions, links, context, codes, coder, procedures, cmc, speed)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=os.environ.get("CLINLINK_SHARED", ROOT.parent / "shared"))
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=f"of {', '.join(FIGURES)} (default: all)")
    arguments = parser.parse_args()
    if unknown := set(arguments.figures) - set(FIGURES):
        parser.error(f"unknown figure: {', '.join(sorted(unknown))}")
    if not (Path(arguments.shared) / "data" / "corpora").is_dir():
        sys.exit(f"{arguments.shared}: holds no data/corpora; the corpora come from their owners (benches/README.md)")
    WORK.mkdir(parents=True, exist_ok=True)
    for name in arguments.figures or FIGURES:
        print(f"\n## {name}: {FIGURES[name].__doc__}", flush=True)
        FIGURES[name](Path(arguments.shared).resolve())


if __name__ == "__main__":
    main()
