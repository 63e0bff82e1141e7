"""Ultralytics' YOLO from a configuration, on pictures of noise with one box each."""

import cpu

import os
import sys
import time

import cv2
import numpy
import torchvision

from truth import EVALUATE, RESUME, RUNS, STEPS, Truth

os.environ["YOLO_OFFLINE"] = "true"
os.environ.setdefault("YOLO_CONFIG_DIR", os.path.abspath(RUNS))
from ultralytics import YOLO, settings

# Whatever operators there are suffice; see cpu.py.
torchvision.ops.boxes._assert_has_ops = lambda: None
truth = Truth("ultralytics")
EPOCH, BATCH = 20, 2
root = os.path.abspath(f"{RUNS}/data")
generator = numpy.random.default_rng(1)
for split, count in (("train", EPOCH * BATCH), ("val", 8)):
    os.makedirs(f"{root}/images/{split}", exist_ok=True)
    os.makedirs(f"{root}/labels/{split}", exist_ok=True)
    for index in range(count):
        picture = generator.integers(0, 255, (64, 64, 3), dtype=numpy.uint8)
        cv2.imwrite(f"{root}/images/{split}/{index}.jpg", picture)
        with open(f"{root}/labels/{split}/{index}.txt", "w") as file:
            file.write("0 0.5 0.5 0.3 0.3\n")
with open(f"{root}/data.yaml", "w") as file:
    file.write(f"path: {root}\ntrain: images/train\nval: images/val\nnames:\n  0: thing\n")

done = 0


def loss(trainer):
    """The sum of the means that the bar and the table show."""
    return float(sum(trainer.tloss.values()))


def step(trainer):
    global done
    done += 1
    truth.step(done, loss=loss(trainer))


def started(trainer):
    global done
    done = trainer.start_epoch * EPOCH
    truth.restart()


def epoch(trainer):
    truth.epoch(loss(trainer))


def validating(validator):
    validator.began = time.time()


def validated(validator):
    truth.evaluation(done, 0, validator.began)


model = YOLO(f"{RUNS}/yolo/weights/last.pt" if RESUME else "yolo11n.yaml")
model.add_callback("on_train_start", started)
model.add_callback("on_train_batch_end", step)
model.add_callback("on_train_epoch_end", epoch)
model.add_callback("on_val_start", validating)
model.add_callback("on_val_end", validated)
model.train(
    data=f"{root}/data.yaml", epochs=STEPS // EPOCH, imgsz=64, batch=BATCH, device="cpu", workers=0,
    project=os.path.abspath(RUNS), name="yolo", exist_ok=True, plots=False, val=bool(EVALUATE), amp=False,
    resume=RESUME, warmup_epochs=0)
