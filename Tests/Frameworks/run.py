#!/usr/bin/env python3
"""Runs real training frameworks beside the program, and compares what it says with the truth.

    run.py --binary .build/release/hippowatt --venv .build/frameworks/venv [--only WORD] [--write FILE]

Ends with 1 when any number is wrong. "unknown" is no fault.
"""

import argparse
import os
import subprocess
import sys
import time

import results
from runs import Place, Run
from verdicts import QUANTITIES, Recording, Verdict, judge

#: `base`: what the log calls the first step; `every`: steps between two reports.
FRAMEWORKS = {
    "tqdm": {"script": "plain_tqdm.py", "package": "tqdm", "trackers": {
        "wandb": ("wandb:runs/wandb/offline-run-*/run-*.wandb", {}),
        "mlflow": ("mlflow:mlflow.db", {}),
        "tensorboard": ("tensorboard:runs", {}),
        "csv": ("csv:runs/metrics.csv", {})}},
    "nanogpt": {"script": "printed_loop.py", "package": "torch", "base": 0, "evaluates": True},
    "torchrun": {"script": "torchrun_ddp.py", "package": "torch", "processes": 2, "resumes": False},
    "accelerate": {"script": "accelerate_loop.py", "package": "accelerate", "trackers": {
        "tensorboard": ("tensorboard:runs", {})}},
    "hf-trainer": {"script": "hf_trainer.py", "package": "transformers", "evaluates": True, "trackers": {
        "wandb": ("wandb:wandb/offline-run-*/run-*.wandb", {"every": 5}),
        "mlflow": ("mlflow:mlflow.db", {"every": 5}),
        "tensorboard": ("tensorboard:runs/hf/runs", {"every": 5}),
        "trainer-state": ("trainer-state:runs/hf", {"every": 20})}},
    "trl-sft": {"script": "trl_sft.py", "package": "trl", "evaluates": True, "trackers": {
        "tensorboard": ("tensorboard:runs/trl/runs", {"every": 5})}},
    "lightning": {"script": "lightning_fit.py", "package": "lightning", "evaluates": True, "trackers": {
        "tensorboard": ("tensorboard:runs", {"every": 5, "base": 0}),
        "mlflow": ("mlflow:mlflow.db", {"every": 5, "base": 0}),
        "csv": ("csv:runs/csv/version_0/metrics.csv", {"every": 5, "base": 0})}},
    "keras": {"script": "keras_fit.py", "package": "keras", "evaluates": True, "trackers": {
        "csv": ("csv:runs/keras.csv", {})}},
    "timm": {"script": "timm_loop.py", "package": "timm", "evaluates": True, "base": 0, "slack": 0, "trackers": {
        "csv": ("csv:runs/summary.csv", {})}},
    "ultralytics": {"script": "yolo_fit.py", "package": "ultralytics", "evaluates": True,
        "resumes": False, "trackers": {"csv": ("csv:runs/yolo/results.csv", {})}},
}
STEPS, CRASH = 60, 35


def rows(place, only):
    """Each way of each framework: its name, the way, the verdicts."""
    for name, framework in FRAMEWORKS.items():
        for way in (to_file, through_tee, around, resumed):
            if not only or any(word in f"{name}/{way.__name__}" for word in only):
                yield from way(place, name, framework)
    if not only or "two" in only:
        yield from two(place)


def verdicts(run, recording, indices, traits, pid=None):
    path = run.path(f"{recording}.hippo")
    if not os.path.exists(path):
        said = run.path(f"{recording}.record")
        reason = open(said).read().strip() if os.path.exists(said) else "nothing to record came"
        return {name: Verdict.unknown(reason) for name in QUANTITIES}
    truths = [run.truth(index) for index in indices]
    return judge(Recording(run.place, path, run.folder, pid), truths, traits)


def found(run, indices):
    truth = run.truth(indices[-1])
    return truth["pid"] if truth else None


def to_file(place, name, framework):
    """`> log 2>&1` with all its trackers, each recorded by itself, and the job found."""
    run = Run(place, f"{name}-file")
    trackers = framework.get("trackers", {})
    run.record("log", "log:train.log")
    run.record("jobs", "jobs")
    for tracker, (source, _) in trackers.items():
        run.record(tracker, source if tracker in ("tensorboard", "trainer-state") else widened(source))
    asked = ",".join(tracker for tracker in trackers if tracker != "trainer-state")
    run.wait(run.launch(framework, TRACKERS=asked))
    run.finish()
    yield name, "> log", verdicts(run, "log", [0], framework)
    yield name, "> log, job found", verdicts(run, "jobs", [0], framework)
    for tracker, (_, traits) in trackers.items():
        yield name, tracker, verdicts(run, tracker, [0], {**framework, "slack": 0, **traits})


def widened(source):
    """A pattern even where the name is known, so that the recording starts once the file is there."""
    return source if "*" in source else source[:-1] + f"[{source[-1]}]*"


def through_tee(place, name, framework):
    """`| tee log`, with evaluations where the script has them."""
    run = Run(place, f"{name}-tee")
    run.record("log", "log:train.log")
    run.record("jobs", "jobs")
    evaluates = framework.get("evaluates", False)
    run.wait(run.launch(framework, "tee", EVALUATE="20" if evaluates else "0"))
    run.finish()
    way = "tee, evaluations" if evaluates else "tee"
    yield name, way, verdicts(run, "log", [0], framework)
    yield name, way + ", job found", verdicts(run, "jobs", [0], framework)


def around(place, name, framework):
    """`hippowatt record -- COMMAND`."""
    run = Run(place, f"{name}-record")
    run.wait(run.launch(framework, "record"))
    yield name, "record --", verdicts(run, "record", [0], framework)


def resumed(place, name, framework):
    """An exception, then from the last checkpoint on, into the same log."""
    if not framework.get("resumes", True):
        return
    run = Run(place, f"{name}-resumed")
    run.record("log", "log:train.log")
    run.record("jobs", "jobs")
    run.wait(run.launch(framework, CRASH=str(CRASH)))
    run.wait(run.launch(framework, "append", RESUME="1"))
    run.finish()
    yield name, "resumed, >> log", verdicts(run, "log", [0, 1], framework)
    yield name, "resumed, job found", verdicts(run, "jobs", [0, 1], framework)


def two(place):
    """Two jobs at once, each with its own log."""
    run = Run(place, "two-at-once")
    pair = ("nanogpt", "hf-trainer")
    for name in pair:
        run.record(name, f"log:{name}.log")
    run.record("jobs", "jobs")
    started = [
        run.launch(FRAMEWORKS[name], log=f"{name}.log", RUNS=f"runs-{name}") for name in pair]
    run.wait(*started)
    run.finish()
    for index, name in enumerate(pair):
        yield name, "two at once", verdicts(run, name, [index], FRAMEWORKS[name])
        yield name, "two at once, job found", verdicts(
            run, "jobs", [index], FRAMEWORKS[name], pid=found(run, [index]))


def told(name, way, cells, wrong):
    """What is to be said of wrong or unknown cells: a sentence for all that have the same reason."""
    said = {}
    for quantity, cell in cells.items():
        if cell.wrong == wrong and (wrong or cell.text == "unknown"):
            said.setdefault(cell.reason or "nothing is said", []).append(quantity)
    return [f"{name}, {way}: {', '.join(names)}: {reason}" for reason, names in said.items()]


def versions(place):
    names = sorted({framework["package"] for framework in FRAMEWORKS.values()} | {
        "torch", "wandb", "mlflow", "tensorboard"})
    code = "import importlib.metadata as m,sys;print(*(n+' '+m.version(n) for n in sys.argv[1:]),sep=', ')"
    python = os.path.join(place.venv, "bin", "python")
    return subprocess.run([python, "-c", code, *names], capture_output=True, text=True).stdout.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--venv", required=True)
    parser.add_argument("--folder", default=".build/frameworks/runs")
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--write")
    parser.add_argument("--again", action="store_true", help="run nothing; judge the last recordings")
    options = parser.parse_args()
    paths = (os.path.abspath(path) for path in (options.binary, options.venv, options.folder))
    place = Place(*paths, options.again)
    begun, lines, faults, reasons = time.time(), [], [], []
    for name, way, cells in rows(place, options.only):
        lines.append([name, way] + [cells[quantity].text for quantity in QUANTITIES])
        print(" | ".join(lines[-1]), flush=True)
        for wrong, list_ in ((True, faults), (False, reasons)):
            for text in told(name, way, cells, wrong):
                list_.append(text)
                print("    " + text[:600], flush=True)
    if options.write and not options.only:
        results.write(options.write, lines, faults, reasons, versions(place))
    print(f"{len(lines)} rows, {len(faults)} wrong, {time.time() - begun:.0f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
