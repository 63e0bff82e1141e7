"""What a training script knows of itself, written down as JSON beside its log.

A script makes one `Truth`, calls `step()` after each optimiser step and `said()` whenever it, or its
framework, prints or tracks a loss. The environment tells how long to train:

    TRUTH    file to write; STEPS  steps in all; PACE  seconds that a step should take
    EVALUATE steps between two evaluations (0: none); CRASH  step after which to fail (0: never)
    RESUME   1 to go on from the last checkpoint; RUNS  folder for checkpoints and trackers' files
    TRACKERS words of wandb, mlflow, tensorboard, csv, with commas between
"""

import atexit
import json
import os
import random
import time


def number(name, default):
    return float(os.environ.get(name, default))


STEPS = int(number("STEPS", 60))
EVALUATE = int(number("EVALUATE", 0))
CRASH = int(number("CRASH", 0))
RESUME = os.environ.get("RESUME") == "1"
TRACKERS = [word for word in os.environ.get("TRACKERS", "").split(",") if word]
RUNS = os.environ.get("RUNS", "runs")
PACE = number("PACE", 0.11)


class Truth:
    def __init__(self, name):
        self.path = os.environ.get("TRUTH")
        self.facts = {
            "name": name, "pid": os.getpid(), "launched": time.time(), "finished": None, "crashed": False,
            "first_step": None, "last_step": None, "planned_steps": STEPS,
            "ends": [], "losses": {}, "epoch_losses": [], "tokens": {}, "evaluations": [],
        }
        self.begun = self.first = None
        self.paced = False
        self.random = random.Random(7)
        if self.path:
            atexit.register(self.write)

    def pace(self):
        """Sleeps, once a step, so that the one that began at the last one's end takes PACE seconds."""
        if self.begun is None:
            self.restart()
        wanted = self.begun + PACE * self.random.uniform(0.99, 1.01)
        if not self.paced:
            time.sleep(max(0, wanted - time.time()))
        self.paced = True

    def step(self, step, loss=None, tokens=None):
        """Step `step`, counted from 1, is done; `tokens` are those since the beginning of training."""
        self.pace()
        if self.facts["first_step"] is None:
            self.facts["first_step"] = step
            self.facts["ends"].append([step - 1, self.first])
        self.begun, self.paced = time.time(), False
        self.facts["last_step"] = step
        self.facts["ends"].append([step, self.begun])
        if loss is not None:
            self.said(step, loss)
        if tokens is not None:
            self.facts["tokens"][str(step)] = tokens
        if CRASH and step == CRASH:
            self.facts["crashed"] = True
            raise RuntimeError(f"made to fail after step {step}")

    def said(self, step, loss):
        self.facts["losses"][str(step)] = float(loss)

    def evaluation(self, step, loss, begun):
        """An evaluation after `step`, from the time `begun` until now; it belongs to no step."""
        now = time.time()
        self.facts["evaluations"].append([step, float(loss), begun, now])
        self.begun = now

    def restart(self):
        """Begins the clock of the next step now: what went before belongs to no step."""
        self.begun = time.time()
        if self.first is None:
            self.first = self.begun

    def epoch(self, loss):
        """The mean loss of an epoch, as a table of epochs has it."""
        self.facts["epoch_losses"].append(float(loss))

    def write(self):
        if self.facts["finished"] is None:
            self.facts["finished"] = time.time()
        with open(self.path, "w") as file:
            json.dump(self.facts, file)
