"""A scripted accelerator that works while a training beside it does, and waits when that waits.

Reads a byte in a mapped file a thousand times a second and prints a reading each second, as an `exec`
source does: energy by a counter, mean power, the share of time with work. What it knows of the waiting
itself it writes to another file, for whoever checks what was made of it.
"""

import json
import mmap
import random
import sys
import time

flag_path, truth_path, pid, machine = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
tells = set(sys.argv[5].split(",")) if len(sys.argv) > 5 else {"utilization"}
BUSY, WAITING = 410.0, 118.0
print(json.dumps({"hippowatt": 2, "machine": machine}))
gpu = {"kind": "gpu", "device": "GPU-00000000-0000-4000-8000-0000000000aa"}
print(json.dumps({"device": {"kind": "gpu", "name": gpu["device"], "label": "0", "model": "scripted accelerator"}}))
print(json.dumps({"device": {
    "kind": "process", "name": f"{pid}", "label": "trainer",
    "part_of": {"machine": machine, "kind": "gpu", "device": gpu["device"]}, "attributes": {"pid": f"{pid}"}}}))
with open(flag_path, "r+b") as file:
    flag = mmap.mmap(file.fileno(), 1)
truth = open(truth_path, "w")
joules = waited = waited_joules = 0.0
last = time.monotonic()
tick, tick_joules, tick_busy, activity = last, 0.0, 0.0, 0.0
noise = random.Random(7)
while True:
    time.sleep(0.001)
    now = time.monotonic()
    passed, last = now - last, now
    isBusy = flag[0] == 1
    watts = (BUSY if isBusy else WAITING) * (1 + 0.02 * (noise.random() - 0.5))
    joules += watts * passed
    tick_joules += watts * passed
    if isBusy:
        tick_busy += passed
    elif flag[0] == 0:
        waited += passed
        waited_joules += watts * passed
    if now - tick >= 1:
        span = now - tick
        stamp = time.time()
        reading = {**gpu, "time": stamp, "energy_j": joules, "power_w": tick_joules / span,
                   "memory_used_b": 9 << 30, "memory_total_b": 80 << 30}
        if "utilization" in tells:
            reading["utilization"] = tick_busy / span
        if "activity" in tells:
            reading["sm_active"] = 0.8 * tick_busy / span
        try:
            print(json.dumps({"reading": reading}))
            print(json.dumps({"reading": {"kind": "process", "device": f"{pid}", "time": stamp,
                                          "memory_used_b": 8 << 30}}), flush=True)
        except BrokenPipeError:
            break
        print(f"{stamp} {waited} {waited_joules} {joules}", file=truth, flush=True)
        tick, tick_joules, tick_busy = now, 0.0, 0.0
