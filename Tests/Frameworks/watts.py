"""A GPU whose power is known at every moment: a triangle between 80 and 160 W, every 2.6 s.

As a program it prints that power as JSON lines, twenty times a second, for `exec:`.
"""

import json
import math
import os
import time

LOW, HIGH, PERIOD = 80.0, 160.0, 2.6


def power(moment):
    phase = (moment / PERIOD) % 1
    return LOW + (HIGH - LOW) * (2 * phase if phase < 0.5 else 2 - 2 * phase)


def energy(begin, end):
    """The joules between two times, exactly."""

    def since(moment):
        whole, phase = divmod(moment / PERIOD, 1)
        rise = phase * phase if phase < 0.5 else 0.5 - (1 - phase) * (1 - phase)
        return PERIOD * (LOW * (whole + phase) + (HIGH - LOW) * (whole * 0.5 + rise))

    # Near to one another and near to zero, so that no digits are lost.
    origin = math.floor(begin / PERIOD) * PERIOD
    return since(end - origin) - since(begin - origin)


if __name__ == "__main__":
    device = {"kind": "gpu", "name": "0", "model": "triangle of watts", "role": "component"}
    print(json.dumps({"device": device}), flush=True)
    while os.getppid() != 1:
        now = time.time()
        reading = {"kind": "gpu", "device": "0", "time": now, "power_w": power(now)}
        print(json.dumps({"reading": reading}), flush=True)
        time.sleep(0.05 - time.time() % 0.05)
