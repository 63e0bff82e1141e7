"""Keras 3 on torch: `fit` with its own bar, epochs of twenty steps, and its CSVLogger."""

import os

os.environ["KERAS_BACKEND"] = "torch"

import cpu
import time

import keras
import numpy

from truth import EVALUATE, RESUME, RUNS, STEPS, TRACKERS, Truth

keras.utils.set_random_seed(1)
truth = Truth("keras")
EPOCH = 20
done = 0


class Watch(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        truth.restart()

    def on_train_batch_end(self, batch, logs=None):
        global done
        done += 1
        truth.step(done, loss=logs["loss"])

    def on_test_begin(self, logs=None):
        self.testing = time.time()

    def on_test_end(self, logs=None):
        truth.evaluation(done, logs["loss"], self.testing)

    def on_test_batch_end(self, batch, logs=None):
        time.sleep(0.05)


inputs = numpy.random.rand(EPOCH * 8, 16).astype("float32")
targets = inputs.sum(axis=1, keepdims=True)
path = f"{RUNS}/keras.keras"
if RESUME:
    model = keras.models.load_model(path)
    done = int(open(path + ".steps").read())
else:
    model = keras.Sequential([keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="mse", metrics=["mae"])


class Keep(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        truth.epoch(logs["loss"])
        self.model.save(path)
        open(path + ".steps", "w").write(str(done))
        truth.restart()


os.makedirs(RUNS, exist_ok=True)
callbacks = [Watch(), Keep()]
if "csv" in TRACKERS:
    callbacks.append(keras.callbacks.CSVLogger(f"{RUNS}/keras.csv"))
if "wandb" in TRACKERS:
    import wandb
    from wandb.integration.keras import WandbMetricsLogger

    wandb.init(project="tiny", dir=RUNS, mode="offline")
    callbacks.append(WandbMetricsLogger(log_freq=5))
if "mlflow" in TRACKERS:
    import mlflow

    mlflow.start_run()
    callbacks.append(mlflow.keras.MlflowCallback())
model.fit(
    inputs, targets, batch_size=8, epochs=STEPS // EPOCH, initial_epoch=done // EPOCH,
    validation_data=(inputs[:40], targets[:40] + 1) if EVALUATE else None, callbacks=callbacks)
