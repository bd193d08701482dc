#!/usr/bin/env python3
"""Projects the evidence of CodiEsp from the Spanish texts, where its coders marked it, onto the English texts.

    python3 benches/project_evidence.py --shared ../shared --out /tmp/codiesp_train.jsonl
    python3 benches/project_evidence.py --shared ../shared --out /tmp/codiesp_train.jsonl --sample 30

Writes what `clinlink train coder` reads: `id`, `text`, `codes`, and `evidence`, a list of `code`, `start`, `end` in
characters of `text`. Nothing but the training cases is read: the translations of words are learnt from them too.

1. Sentences are aligned by dynamic programming over their order; a pair scores by their lengths and by the words that
   they share or that translate each other (the English text is a translation sentence by sentence, but some
   sentences are missing and some are merged).
2. Translation probabilities of words, both ways, by IBM model 1 (Brown et al., Computational Linguistics
   1993;19:263) over the aligned sentences; words that look alike start with more.
3. For each piece of evidence, the run of English words in the aligned sentences that agrees best with it: the
   harmonic mean of how well its words are translated and how well the run's words are accounted for.
"""

import argparse
import json
import math
import random
import re
from collections import defaultdict
from pathlib import Path

WORD = re.compile(r"\w+(?:[.,]\d+)*|[^\w\s]")
# Below this agreement a projection is left out.
AGREEMENT = 0.3
STOP = {
    "es": set("de la el los las en con y a del al por un una se su sus que o e lo no para como es fue".split()),
    "en": set("of the in with and a to by an his her its that or for as is was on at from".split()),
}


class Sentence:
    """Words of one sentence with their places in the text."""

    def __init__(self, text, start, end):
        self.words, self.places = [], []
        for found in WORD.finditer(text, start, end):
            self.words.append(found.group().lower())
            self.places.append(found.span())
        self.length = end - start
        self.forms, self.starts = set(self.words), defaultdict(list)
        for word in self.words:
            self.starts[plain(word)[:4]].append(word)


def sentences(text, by_line):
    """The sentences of a text: its lines, or within them what ends in a full stop before a capital letter."""
    pattern = r"[^\n]+" if by_line else r"[^\n]+?(?:[.?!](?=\s+[A-ZÁÉÍÓÚÑ¿])|(?=\n)|$)"
    found = (Sentence(text, *m.span()) for m in re.finditer(pattern, text) if m.group().strip())
    return [sentence for sentence in found if sentence.words]


def same_start(spanish, english):
    return spanish == english or plain(spanish)[:4] == plain(english)[:4]


def alike(spanish, english):
    """How alike two words look, 0 to 1: the same number, or a common beginning (`nefritis`, `nephritis`)."""
    if not same_start(spanish, english):
        return 0.0
    if spanish == english:
        return 1.0
    if len(spanish) < 4 or len(english) < 4 or spanish[0].isdigit() or english[0].isdigit():
        return 0.0
    shared = 0
    for a, b in zip(plain(spanish), plain(english)):
        if a != b:
            break
        shared += 1
    return shared / max(len(spanish), len(english)) if shared >= 4 else 0.0


PLAIN = {}


def plain(word):
    """A word in the letters that both languages use for the same Greek or Latin ones."""
    if word not in PLAIN:
        w = word.translate(str.maketrans("áéíóúüñ", "aeiouun"))
        for a, b in (("ph", "f"), ("th", "t"), ("rh", "r"), ("ch", "c"), ("qu", "c"), ("k", "c"), ("y", "i"),
                     ("ae", "e"), ("oe", "e"), ("h", ""), ("z", "c")):  # fmt: skip
            w = w.replace(a, b)
        PLAIN[word] = re.sub(r"(.)\1", r"\1", w)
    return PLAIN[word]


class Translations:
    """How surely words translate each other; without training, by likeness alone."""

    def __init__(self):
        self.best, self.known = {}, {}

    def train(self, pairs, rounds=3):
        """IBM model 1 in both directions over pairs of word lists."""
        forward = ibm1(pairs, rounds)
        back = ibm1([(english, spanish) for spanish, english in pairs], rounds)
        both = ((math.sqrt(t * back.get((e, s), 0.0)), s, e) for (s, e), t in forward.items() if t > 0.02)
        self.best, self.known = {}, {}
        for score, spanish, english in sorted(both, reverse=True):
            self.best.setdefault(spanish, {})[english] = score

    def agree(self, spanish, english):
        """How surely two words translate each other, 0 to 1."""
        known = self.best.get(spanish, {}).get(english, 0.0)
        return max(known, 0.8 * alike(spanish, english)) if same_start(spanish, english) else known

    def cover(self, spanish, sentence):
        """The same for the word of a sentence that does it best."""
        known = next((score for e, score in self.best.get(spanish, {}).items() if e in sentence.forms), 0.0)
        return max([known, *(0.8 * alike(spanish, e) for e in sentence.starts.get(plain(spanish)[:4], ()))])


def ibm1(pairs, rounds):
    """t(target | source) as a dictionary over pairs (source, target)."""
    table = {}
    for round_ in range(rounds):
        counts, totals = defaultdict(float), defaultdict(float)
        for source, target in pairs:
            for t in target:
                shares = [table.get((s, t), 1e-6) for s in source] if round_ else [1.0 + 20 * alike(s, t) for s in source]
                # The empty word takes what nothing accounts for.
                norm = 1e-3 + sum(shares)
                for s, share in zip(source, shares):
                    if share > 1e-5:
                        counts[s, t] += share / norm
                        totals[s] += share / norm
        table = {key: count / totals[key[0]] for key, count in counts.items() if count > 1e-3 * totals[key[0]]}
    return table


def content(words, language):
    return [w for w in words if w not in STOP[language] and (w[0].isalnum())]


def align(spanish, english, translations):
    """Groups of sentences: ([Spanish], [English]), in order."""
    es = [content(s.words, "es") for s in spanish]
    en = [content(s.words, "en") for s in english]
    slope = len(english) / max(1, len(spanish))
    near = lambda i, j: abs(j - i * slope) <= 5 + 0.1 * len(english)
    covered = {}

    def cover(i, j):
        """How well each word of Spanish sentence i is translated in English sentence j."""
        if (i, j) not in covered:
            covered[i, j] = [translations.cover(s, english[j]) for s in es[i]]
        return covered[i, j]

    def gain(i, di, j, dj):
        """What taking these sentences as translations of each other is worth."""
        words = sum(len(s) for s in es[i : i + di]) + sum(len(e) for e in en[j : j + dj])
        shared = sum(sum(map(max, zip(*(cover(a, b) for b in range(j, j + dj))))) for a in range(i, i + di))
        lengths = sum(s.length for s in spanish[i : i + di]), sum(s.length for s in english[j : j + dj])
        worth = 2 * shared / max(1, words) - 0.15 * abs(math.log((lengths[0] + 5) / (lengths[1] + 5)))
        return (worth - 0.05) * (di + dj) / 2 - 0.04 * (di + dj - 2)

    best = {(0, 0): (0.0, None)}
    for i in range(len(spanish) + 1):
        for j in range(len(english) + 1):
            if (i, j) not in best:
                continue
            for di, dj in ((1, 1), (1, 0), (0, 1), (2, 1), (1, 2), (3, 1), (2, 2)):
                to = (i + di, j + dj)
                if to[0] > len(spanish) or to[1] > len(english) or (di and dj and not near(i, j)):
                    continue
                score = best[i, j][0] + (gain(i, di, j, dj) if di and dj else -0.03)
                if to not in best or score > best[to][0]:
                    best[to] = (score, (di, dj))
    groups, i, j = [], len(spanish), len(english)
    while i or j:
        di, dj = best[i, j][1]
        groups.append((spanish[i - di : i], english[j - dj : j]))
        i, j = i - di, j - dj
    return groups[::-1]


def find(evidence, english, translations, order):
    """The run of English words that agrees best with the Spanish words: (agreement, start, end), or None."""
    weigh = lambda word, language: 0.15 if word in STOP[language] or not word[0].isalnum() else 1.0
    wanted = [(w, weigh(w, "es")) for w in evidence]
    total = sum(weight for _, weight in wanted)
    best = None
    for sentence in english:
        agree = [[translations.agree(w, e) for e in sentence.words] for w, _ in wanted]
        account = [max(row[k] for row in agree) for k in range(len(sentence.words))]
        for start in range(len(sentence.words)):
            if weigh(sentence.words[start], "en") < 1:
                continue
            covered = [0.0] * len(wanted)
            held = supported = 0.0
            for end in range(start, min(len(sentence.words), start + len(wanted) + 5)):
                weight = weigh(sentence.words[end], "en")
                held += weight
                supported += weight * min(1.0, account[end])
                for at, row in enumerate(agree):
                    covered[at] = max(covered[at], row[end])
                if weight < 1:
                    continue
                recall = sum(c * weight for c, (_, weight) in zip(covered, wanted)) / total
                precision = supported / held
                if not recall + precision:
                    continue
                score = 2 * recall * precision / (recall + precision)
                # Of equal runs, the one at the same place of the sentence.
                score -= 0.02 * abs(start / len(sentence.words) - order)
                if best is None or score > best[0]:
                    best = (score, sentence.places[start][0], sentence.places[end][1])
    return best


def project(row, groups, translations, kind):
    """The evidence of the codes of a kind that was found in the English text, and how much there was."""
    found, wanted = [], 0
    for piece in row["evidence"]:
        if piece["kind"] != kind:
            continue
        wanted += 1
        parts = [tuple(map(int, part.split())) for part in piece["offsets_es"].split(";")]
        inside = lambda place: any(start < place[1] and place[0] < end for start, end in parts)
        best = None
        for spanish, english in groups:
            places = [place for s in spanish for place in s.places]
            words = [w for s in spanish for w, place in zip(s.words, s.places) if inside(place)]
            if words and english:
                first = next(n for n, place in enumerate(places) if inside(place))
                run = find(words, english, translations, first / len(places))
                if run and (best is None or run[0] > best[0]):
                    best = run
        if best and best[0] >= AGREEMENT:
            found.append({"code": piece["code"], "start": best[1], "end": best[2], "agreement": round(best[0], 3),
                          "words_es": piece["text_es"]})  # fmt: skip
    return found, wanted


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="folder with data/corpora")
    parser.add_argument("--out", type=Path, required=True, help="file to write to")
    parser.add_argument("--kind", choices=["diagnosis", "procedure"], default="diagnosis", help="of which codes")
    parser.add_argument("--sample", type=int, default=0, help="print so many projections, drawn at random, to judge")
    arguments = parser.parse_args()

    path = arguments.shared / "data" / "corpora" / "codiesp" / "train.jsonl"
    with open(path, encoding="utf-8", newline="\n") as lines:
        rows = [json.loads(line) for line in lines]
    texts = [(sentences(row["text_es"], False), sentences(row["text"], True)) for row in rows]
    translations = Translations()
    groups = [align(*text, translations) for text in texts]
    pairs = [
        (sum((content(s.words, "es") for s in es), []), sum((content(s.words, "en") for s in en), []))
        for case in groups for es, en in case if es and en
    ]  # fmt: skip
    translations.train(pairs)
    groups = [align(*text, translations) for text in texts]
    wanted, projected = 0, []
    codes = {"diagnosis": "diagnoses", "procedure": "procedures"}[arguments.kind]
    with open(arguments.out, "w", encoding="utf-8", newline="\n") as sink:
        for row, case in zip(rows, groups):
            found, count = project(row, case, translations, arguments.kind)
            wanted += count
            projected += [(row["text"], piece) for piece in found]
            evidence = [{key: piece[key] for key in ("code", "start", "end")} for piece in found]
            record = {"id": row["id"], "text": row["text"], "codes": row[codes], "evidence": evidence}
            sink.write(json.dumps(record, ensure_ascii=False) + "\n")
    print(f"{arguments.out}: {len(rows)} cases, {len(projected)} of {wanted} pieces of evidence projected")
    for text, piece in random.Random(1).sample(projected, min(arguments.sample, len(projected))):
        words = text[piece["start"] : piece["end"]]
        print(f"{piece['agreement']:.2f}  {piece['code']:9} {piece['words_es']}  =>  {words}")


if __name__ == "__main__":
    main()
