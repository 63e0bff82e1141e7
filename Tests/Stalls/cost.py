"""Measures what finding jobs and watching a loader cost: the processor time of recordings side by side, beside a
trainer that waits for its loader all the while, its workers, and processes that have nothing to do with it.

The trainer and its workers sleep as PyTorch's do, in poll on their queues; nothing of them is simulated.
"""

import argparse
import ctypes
import glob
import os
import select
import signal
import subprocess
import tempfile
import time


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)


def wait_for_ever():
    queue = select.poll()
    reader, _ = os.pipe()
    queue.register(reader, select.POLLIN)
    while True:
        queue.poll(5000)


def trainer(workers):
    """Starts a trainer that sleeps on its queue, and workers of its that sleep on theirs; its pid."""
    pid = os.fork()
    if pid:
        return pid
    die_with_parent()
    for _ in range(workers):
        if os.fork() == 0:
            die_with_parent()
            ctypes.CDLL(None).prctl(15, b"pt_data_worker", 0, 0, 0)
            wait_for_ever()
    wait_for_ever()


def processor_seconds(pid):
    total = 0
    for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        try:
            with open(path) as file:
                total += int(file.read().split()[0])
        except OSError:
            pass
    return total / 1e9


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--workers", type=int, default=64)
    parser.add_argument("--processes", type=int, default=2000)
    parser.add_argument("--minutes", type=int, default=5)
    options = parser.parse_args()
    binary = os.path.abspath(options.binary)
    idle = [
        subprocess.Popen(["sleep", "100000"], preexec_fn=die_with_parent)
        for _ in range(options.processes)
    ]
    pid = trainer(options.workers)
    time.sleep(2)
    sources = {
        "host": ["host"],
        "and jobs": ["host", "jobs"],
        "and the loader": ["host", "jobs", f"loader:{pid}"],
    }
    try:
        with tempfile.TemporaryDirectory() as folder:
            recordings = {}
            for name, kinds in sources.items():
                words = [word for kind in kinds for word in ("--source", kind)]
                recordings[name] = subprocess.Popen(
                    [binary, "record", "--quiet", "-o", f"{folder}/{len(recordings)}.hippo"] + words,
                    stdout=subprocess.DEVNULL)
            time.sleep(10)
            print("processor time, % of a core, minute by minute after the first ten seconds")
            last = {name: processor_seconds(run.pid) for name, run in recordings.items()}
            begin = time.monotonic()
            for minute in range(1, options.minutes + 1):
                time.sleep(max(0, begin + 60 * minute - time.monotonic()))
                now = {name: processor_seconds(run.pid) for name, run in recordings.items()}
                shares = [f"{name} {(now[name] - last[name]) / 0.6:.3f}" for name in now]
                print(f"{minute}: " + ", ".join(shares), flush=True)
                last = now
            for run in recordings.values():
                run.terminate()
                run.wait()
    finally:
        os.kill(pid, signal.SIGKILL)
        for process in idle:
            process.kill()


if __name__ == "__main__":
    main()
