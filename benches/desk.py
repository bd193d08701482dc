#!/usr/bin/env python3
"""The review desk under load: many coders at once, every acknowledged decision looked for in the log afterwards, and how
long /code takes for a note of 500 words meanwhile.

    python3 benches/desk.py [--users 50] [--seconds 300] [--db postgres://…] [--think 1.0]

Starts `target/release/clinlink serve --pipeline dictionary` on a database of its own. Exit status 1 if a request failed or
a decision is lost.
"""

import argparse
import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = Path(os.environ.get("CLINLINK", ROOT / "target/release/clinlink"))
PASSWORD = "correct horse battery"


class Client:
    """Someone who is signed in, on a connection of their own."""

    def __init__(self, address, name=None, token=None):
        self.connection = http.client.HTTPConnection(address, timeout=60)
        self.headers = {"Content-Type": "application/json"}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        if name:
            status, session, cookie = self.send("POST", "/session", {"name": name, "password": PASSWORD})
            assert status == 200, session
            self.headers |= {"Cookie": cookie.split(";")[0], "X-CSRF-Token": session["csrf"]}

    def send(self, method, path, body=None):
        text = json.dumps(body) if body is not None else None
        self.connection.request(method, "/api/v1" + path, text, self.headers)
        answer = self.connection.getresponse()
        raw = answer.read()
        return answer.status, json.loads(raw) if raw else None, answer.headers.get("Set-Cookie")


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(share * len(times)))] * 1000


def coder(address, name, until, think, outcome):
    """Opens episodes and decides in them, as a coder does."""
    try:
        client = Client(address, name)
        number = 0
        while time.monotonic() < until:
            status, listed, _ = timed(client, outcome, "list", "GET", "/episodes?order=gain&limit=50")
            episode = random.choice(listed["items"])["id"]
            status, shown, _ = timed(client, outcome, "open", "GET", f"/episodes/{episode}")
            review = shown["review"]
            for _ in range(5):
                number += 1
                mark = f"{name}-{number}"
                decision = {"kind": "comment", "text": mark}
                if number % 2 and review["codes"]:
                    code = random.choice(review["codes"])
                    decision = {"kind": "reject", "system": code["system"], "code": code["code"],
                                "reason": "other", "note": mark}
                while True:
                    path = f"/episodes/{episode}/reviews/{review['id']}/decisions"
                    body = {"version": review["version"], "decision": decision}
                    status, answer, _ = timed(client, outcome, "decide", "POST", path, body, (200, 409))
                    if status == 200:
                        outcome["acknowledged"].append(mark)
                        review = answer
                        break
                    outcome["late"] += 1
                    review = answer["review"]
                time.sleep(random.expovariate(1 / think))
    except Exception as error:  # whatever it is, it is a failure of the desk
        outcome["errors"].append(f"{name}: {error!r}")


def timed(client, outcome, what, method, path, body=None, right=(200,)):
    begun = time.monotonic()
    answer = client.send(method, path, body)
    outcome["times"].setdefault(what, []).append(time.monotonic() - begun)
    if answer[0] not in right:
        raise RuntimeError(f"{method} {path}: {answer[0]} {answer[1]}")
    return answer


def note_of(words):
    text = " ".join(p.read_text() for p in sorted((ROOT / "fixtures").glob("*-stay/*.txt")))
    return " ".join(text.split()[:words])


def call_code(address, token, until, outcome):
    client = Client(address, token=token)
    note = {"id": "n", "text": note_of(500)}
    while time.monotonic() < until:
        timed(client, outcome, "code, 500 words", "POST", "/code", note)
        time.sleep(0.2)


def run(arguments, **options):
    return subprocess.run([PROGRAM, *arguments], check=True, text=True, capture_output=True, cwd=ROOT, **options)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--think", type=float, default=1.0, help="seconds between a user's decisions, on average")
    parser.add_argument("--db")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        db = arguments.db or f"{folder}/desk.db"
        run(["user", "add", "ada", "--role", "admin", "--db", db], input=PASSWORD)
        run(["user", "add", "robot", "--role", "service", "--db", db])
        token = run(["user", "token", "robot", "--db", db]).stdout.strip()
        server = subprocess.Popen(
            [PROGRAM, "serve", "--pipeline", "dictionary", "--listen", "127.0.0.1:0", "--db", db],
            stderr=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ | {"RUST_LOG": "warn"})
        try:
            for line in server.stderr:
                if found := re.search(r"http://([\d.:]+)/", line):
                    address = found[1]
                    break
            threading.Thread(target=server.stderr.read, daemon=True).start()
            return load(address, token, arguments)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


def load(address, token, arguments):
    ada = Client(address, "ada")
    for number in range(arguments.users):
        new = {"name": f"coder{number}", "role": "coder", "password": PASSWORD}
        assert ada.send("POST", "/users", new)[0] == 201
    text = note_of(2000)
    notes = [{"id": f"e{n}-1", "episode": f"e{n}", "text": text} for n in range(arguments.users)]
    assert ada.send("POST", "/episodes", notes)[1]["episodes"] == arguments.users
    while True:
        progress = ada.send("GET", "/episodes?limit=1")[1]["progress"]
        if progress["queued"] + progress["annotating"] == 0:
            break
        time.sleep(0.2)
    until = time.monotonic() + arguments.seconds
    outcomes = [{"acknowledged": [], "errors": [], "times": {}, "late": 0} for _ in range(arguments.users + 1)]
    threads = [
        threading.Thread(target=coder, args=(address, f"coder{n}", until, arguments.think, outcomes[n]))
        for n in range(arguments.users)
    ]
    threads.append(threading.Thread(target=call_code, args=(address, token, until, outcomes[-1])))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    errors = [error for outcome in outcomes for error in outcome["errors"]]
    acknowledged = [mark for outcome in outcomes for mark in outcome["acknowledged"]]
    connection = http.client.HTTPConnection(address, timeout=300)
    connection.request("GET", "/api/v1/exports/log", headers={"Authorization": f"Bearer {token}"})
    written = set()
    for line in connection.getresponse().read().decode().splitlines():
        decision = json.loads(line)["payload"].get("decision") or {}
        written.add(decision.get("text") or decision.get("note"))
    lost = [mark for mark in acknowledged if mark not in written]
    print(f"{arguments.users} users, {arguments.seconds} s: {len(acknowledged)} decisions acknowledged, {len(lost)} lost; "
          f"{sum(o['late'] for o in outcomes)} came too late and were made again; {len(errors)} errors")
    for error in errors[:10]:
        print("  ", error)
    for what in ("list", "open", "decide", "code, 500 words"):
        times = [t for outcome in outcomes for t in outcome["times"].get(what, [])]
        if times:
            print(f"{what}: {len(times)} requests, median {percentile(times, 0.5):.0f} ms, "
                  f"p95 {percentile(times, 0.95):.0f} ms, p99 {percentile(times, 0.99):.0f} ms")
    return 1 if errors or lost else 0


if __name__ == "__main__":
    sys.exit(main())
