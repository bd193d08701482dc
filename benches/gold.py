#!/usr/bin/env python3
"""Turns the evaluation corpora into JSON lines that clinlink reads, both as notes and as gold.

    python3 benches/gold.py --shared ../shared --out /tmp/gold                 every corpus, every document
    python3 benches/gold.py --shared ../shared --out /tmp/dev --split dev bc5cdr ncbi_disease

Each record holds `id`, `text` and what the corpus says of it: `mentions` (`start`, `end` in characters, `label`
in clinlink's names, `type` in the corpus's, `ids`, `assertion`) or `codes`. So one file is the input of
`clinlink annotate --given` or `clinlink code`, and the GOLD of `clinlink eval`. Texts are copied as they are. A
corpus is one file, whatever the split: give each split a folder of its own.

A document is held out (`--split dev`) when the first byte of the SHA-256 of its id, in UTF-8, is below 26:
about one in ten. `clinlink train ner` leaves out the same documents.
"""

import argparse
import csv
import hashlib
import itertools
import json
import re
import sys
from pathlib import Path

HELD_OUT_BELOW = 26

# clinlink's label for each type of each corpus. What a corpus has and clinlink does not tag is "other".
LABELS = {
    "Disease": "disease", "SpecificDisease": "disease", "DiseaseClass": "disease", "Modifier": "disease",
    "CompositeMention": "disease", "Phenotype": "disease", "Cancer": "disease", "Pathological_formation": "disease",
    "Chemical": "chemical",
    "Anatomical_system": "anatomy", "Cell": "anatomy", "Cellular_component": "anatomy",
    "Developing_anatomical_structure": "anatomy", "Immaterial_anatomical_entity": "anatomy",
    "Multi-tissue_structure": "anatomy", "Organ": "anatomy", "Organism_subdivision": "anatomy",
    "Organism_substance": "anatomy", "Tissue": "anatomy",
    "Gene": "other", "Species": "other", "Variant": "other", "CellLine": "other",
}  # fmt: skip

POLARITY = {"Affirmed": "affirmed", "Negated": "negated"}
# "Not particular" marks what may come about ("return if vomiting"), which ConText calls hypothetical.
TEMPORALITY = {"Recent": "recent", "Historical": "historical", "Not particular": "hypothetical"}
EXPERIENCER = {"Patient": "patient", "Family member": "family", "Other": "other"}


def rows(path):
    """The records of a JSON lines file."""
    # Not splitlines: a text may hold U+2028, which JSON leaves unescaped.
    with open(path, encoding="utf-8", newline="\n") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def held_out(doc_id):
    """Whether a document belongs to the held-out tenth."""
    return hashlib.sha256(doc_id.encode("utf-8")).digest()[0] < HELD_OUT_BELOW


def entities(paths, report):
    """Documents with `entities`: start, end, type, ids."""
    for path in paths:
        for row in rows(path):
            mentions = []
            for entity in row["entities"]:
                if not 0 <= entity["start"] < entity["end"] <= len(row["text"]):
                    report("mentions out of bounds, left out")
                    continue
                mentions.append({
                    "start": entity["start"],
                    "end": entity["end"],
                    "label": LABELS[entity["type"]],
                    "type": entity["type"],
                    "ids": entity["ids"],
                })  # fmt: skip
            yield {"id": str(row["id"]), "text": row["text"], "mentions": mentions}


def codiesp(paths, _report):
    """Cases with their diagnosis codes. `codes` are diagnoses only."""
    for path in paths:
        for row in rows(path):
            yield {"id": row["id"], "text": row["text"], "codes": row["diagnoses"]}


def codiesp_procedures(paths, _report):
    """Cases with their procedure codes, many of them of the first four characters only."""
    for path in paths:
        for row in rows(path):
            yield {"id": row["id"], "text": row["text"], "codes": row["procedures"]}


def cmc2007_icd9(paths, _report):
    """Radiology reports of two sections, with their ICD-9-CM codes."""
    for path in paths:
        for row in rows(path):
            sections = row["sections"]
            text = f"CLINICAL HISTORY: {sections['clinical_history']}\n\nIMPRESSION: {sections['impression']}\n"
            yield {"id": row["id"], "text": text, "codes": row["codes"]}


def locate(concept, sentence):
    """Where `concept` stands in `sentence`, whatever its case and spaces: (start, end), or None.

    The corpus prints the concept in capitals in the sentence, so a match in capitals is taken first.
    """
    words = concept.split()
    for text, flags in ((r"\s+".join(re.escape(w.upper()) for w in words), 0),
                        (r"\s+".join(map(re.escape, words)), re.IGNORECASE)):  # fmt: skip
        for pattern in (rf"(?<!\w){text}(?!\w)", text):
            if found := re.search(pattern, sentence, flags):
                return found.span()
    return None


def context_testkit(paths, report):
    """A sentence with one mention and its assertion. The test kit says nothing of certainty."""
    for path in paths:
        for row in rows(path):
            place = locate(row["concept"], row["sentence"])
            if place is None:
                report("concepts not found in their sentence, left out")
                continue
            assertion = {
                "polarity": POLARITY[row["negation"]],
                "temporality": TEMPORALITY[row["temporality"]],
                "experiencer": EXPERIENCER[row["experiencer"]],
            }
            mention = {"start": place[0], "end": place[1], "label": "disease", "assertion": assertion}
            yield {"id": str(row["n"]), "text": row["sentence"], "mentions": [mention]}


def mtsamples(paths, _report):
    """Notes only."""
    for path in paths:
        for row in rows(path):
            yield {"id": str(row["id"]), "text": row["text"], "type": row["sample_name"]}


def aci_bench(paths, _report):
    """Notes only, without the dialogues."""
    for path in paths:
        for row in rows(path):
            yield {"id": row["encounter_id"], "text": row["note"]}


def mts_dialog(paths, _report):
    """Note sections only, without the dialogues. The id is the file's name and the record's number."""
    for path in paths:
        for row in rows(path):
            yield {"id": f"{path.stem}-{row['ID']}", "text": row["section_text"], "type": row["section_header"]}


def clinical(name):
    """A reader of our own annotation of notes: benches/clinical/NAME.tsv has places, the corpora have the texts."""

    def read(paths, _report):
        texts = {}
        for path in paths:
            for row in rows(path):
                key, text = ("id", "text") if "sample_name" in row else ("encounter_id", "note")
                texts[str(row[key])] = row[text]
        with open(Path(__file__).resolve().parent / "clinical" / f"{name}.tsv", encoding="utf-8", newline="") as table:
            for note, places in itertools.groupby(csv.DictReader(table, delimiter="\t"), key=lambda row: row["note"]):
                places = list(places)
                text = texts.get(note, "")
                if len(text) != int(places[0]["characters"]):
                    raise SystemExit(f"{name}.tsv: note {note} of {places[0]['corpus']} is missing or of another release")
                mentions = [{"start": int(p["start"]), "end": int(p["end"]), "label": p["label"]} for p in places]
                yield {"id": note, "text": text, "mentions": mentions}

    return read


# Name: (reader, files below data/corpora). Only what `entities` reads is ever split.
CORPORA = {
    "bc5cdr": (entities, ["bc5cdr/traindev.jsonl"]),
    "ncbi_disease": (entities, ["ncbi_disease/traindev.jsonl"]),
    "biored": (entities, ["biored/traindev.jsonl"]),
    "anatem": (entities, ["anatem/train.jsonl", "anatem/devel.jsonl"]),
    "craft_mondo": (entities, ["craft_mondo/craft_mondo.jsonl"]),
    "hpo_gsc": (entities, ["hpo_gsc/dev.jsonl"]),
    "codiesp_train": (codiesp, ["codiesp/train.jsonl"]),
    "codiesp_dev": (codiesp, ["codiesp/dev.jsonl"]),
    "codiesp_procedures_train": (codiesp_procedures, ["codiesp/train.jsonl"]),
    "codiesp_procedures_dev": (codiesp_procedures, ["codiesp/dev.jsonl"]),
    "cmc2007_icd9": (cmc2007_icd9, ["cmc2007_icd9/dev.jsonl"]),
    "context_testkit": (context_testkit, ["context_testkit/dev.jsonl"]),
    "mtsamples": (mtsamples, ["mtsamples/notes.jsonl"]),
    "aci_bench": (aci_bench, ["aci_bench/train.jsonl", "aci_bench/valid.jsonl",
                              "aci_bench/clinicalnlp_taskB_test1.jsonl", "aci_bench/clinicalnlp_taskC_test2.jsonl",
                              "aci_bench/clef_taskC_test3.jsonl"]),
    "clinical_train": (clinical("train"), ["aci_bench/train.jsonl", "aci_bench/valid.jsonl", "mtsamples/notes.jsonl"]),
    "clinical_test": (clinical("test"), ["aci_bench/train.jsonl", "aci_bench/valid.jsonl"]),
    "mts_dialog": (mts_dialog, ["mts_dialog/trainingset.jsonl", "mts_dialog/validationset.jsonl",
                                "mts_dialog/testset-1-mediqa-chat-2023.jsonl",
                                "mts_dialog/testset-2-mediqa-sum-2023.jsonl"]),
}  # fmt: skip


def write(name, corpora, out, split):
    """Writes one corpus and returns a line about it."""
    reader, files = CORPORA[name]
    notices = {}

    def report(what):
        notices[what] = notices.get(what, 0) + 1

    seen, records, mentions, codes = {}, 0, 0, 0
    path = out / f"{name}.jsonl"
    with open(path, "w", encoding="utf-8", newline="\n") as sink:
        for record in reader([corpora / file for file in files], report):
            if split != "all" and held_out(record["id"]) != (split == "dev"):
                continue
            line = json.dumps(record, ensure_ascii=False)
            if record["id"] in seen:
                if seen[record["id"]] != line:
                    raise SystemExit(f"{name}: document {record['id']} occurs twice with different contents")
                report("documents that occur twice, written once")
                continue
            seen[record["id"]] = line
            records += 1
            mentions += len(record.get("mentions", []))
            codes += len(record.get("codes", []))
            sink.write(line + "\n")
    counts = f"{records} records" + (f", {mentions} mentions" if mentions else "") + (f", {codes} codes" if codes else "")
    return f"{path}: {counts}" + "".join(f"; {count} {what}" for what, count in notices.items())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="*", metavar="CORPUS", help=f"of {', '.join(CORPORA)} (default: all)")
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="folder with data/corpora")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--split", choices=["all", "train", "dev"], default="all",
                        help="all documents, the held-out tenth (dev) or the others (train)")  # fmt: skip
    args = parser.parse_args()

    if unknown := [name for name in args.corpus if name not in CORPORA]:
        parser.error(f"unknown corpus {', '.join(unknown)}; there are {', '.join(CORPORA)}")
    if args.split == "all":
        names = args.corpus or list(CORPORA)
    else:
        names = args.corpus or ["bc5cdr", "ncbi_disease"]
        if whole := [name for name in names if CORPORA[name][0] is not entities]:
            parser.error(f"{', '.join(whole)} has no split by document; leave out --split")
    corpora = args.shared / "data" / "corpora"
    if not corpora.is_dir():
        parser.error(f"{corpora} is not a folder; name the folder that holds data/corpora with --shared")
    args.out.mkdir(parents=True, exist_ok=True)
    for name in names:
        print(write(name, corpora, args.out, args.split), file=sys.stderr)


if __name__ == "__main__":
    main()
