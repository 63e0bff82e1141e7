"""Scripted accelerators that work while a training beside them does, and wait when that waits.

One for each byte of a mapped file, which is read a thousand times a second: 1 while the training computes,
0 while it waits for data, 2 while it does something else without work for the accelerator, 3 while it spins
for its peers. Prints a reading a second for each, as an `exec` source does: energy by a counter, mean power,
the share of time with a kernel. What it knows of the waiting itself it writes to another file, for whoever
checks what was made of it.
"""

import json
import mmap
import os
import random
import sys
import time

flag_path, truth_path, pids, machine, tells = sys.argv[1:6]
pids = [int(pid) for pid in pids.split(",")]
tells = set(tells.split(","))
WATTS = {0: 118.0, 1: 410.0, 2: 118.0, 3: 150.0}
KERNEL = {0: 0.0, 1: 1.0, 2: 0.0, 3: 1.0}
ACTIVITY = {0: 0.0, 1: 0.8, 2: 0.0, 3: 0.12}


def say(what):
    print(json.dumps(what))


say({"hippowatt": 2, "machine": machine})
names = [f"GPU-00000000-0000-4000-8000-0000000000{index:02x}" for index in range(len(pids))]
for index, (name, pid) in enumerate(zip(names, pids)):
    say({"device": {"kind": "gpu", "name": name, "label": str(index), "model": "scripted accelerator"}})
    say({"device": {"kind": "process", "name": str(pid), "label": "trainer",
                    "part_of": {"machine": machine, "kind": "gpu", "device": name},
                    "attributes": {"pid": str(pid)}}})
with open(flag_path, "r+b") as file:
    flags = mmap.mmap(file.fileno(), len(pids))
truth = open(truth_path, "w")
noise = random.Random(7)
joules = [0.0] * len(pids)
waited = [0.0] * len(pids)
waited_joules = [0.0] * len(pids)
spun = [0.0] * len(pids)
last = tick = time.monotonic()
mark, busy, active = list(joules), [0.0] * len(pids), [0.0] * len(pids)
while True:
    time.sleep(0.001)
    now = time.monotonic()
    passed, last = now - last, now
    for index in range(len(pids)):
        flag = flags[index]
        watts = WATTS[flag] * (1 + 0.02 * (noise.random() - 0.5))
        joules[index] += watts * passed
        busy[index] += KERNEL[flag] * passed
        active[index] += ACTIVITY[flag] * passed
        if flag == 0:
            waited[index] += passed
            waited_joules[index] += watts * passed
        elif flag == 3:
            spun[index] += passed
    if now - tick < 1:
        continue
    span, stamp = now - tick, time.time()
    try:
        for index, (name, pid) in enumerate(zip(names, pids)):
            reading = {"kind": "gpu", "device": name, "time": stamp, "energy_j": joules[index],
                       "power_w": (joules[index] - mark[index]) / span, "memory_used_b": 9 << 30,
                       "memory_total_b": 80 << 30}
            if "utilization" in tells:
                reading["utilization"] = busy[index] / span
            if "activity" in tells:
                reading["sm_active"] = active[index] / span
            say({"reading": reading})
            say({"reading": {"kind": "process", "device": str(pid), "time": stamp,
                             "memory_used_b": 8 << 30}})
        sys.stdout.flush()
    except BrokenPipeError:
        os._exit(0)
    print(stamp, sum(waited), sum(waited_joules), sum(joules), sum(spun), file=truth, flush=True)
    tick, mark, busy, active = now, list(joules), [0.0] * len(pids), [0.0] * len(pids)
