"""A GPT small enough for two processor cores, in JAX: the job behind the demo recording.

It learns the characters of the Python library's own sources and prints its progress as nanoGPT
does. `python tiny_gpt.py STEPS` needs nothing but `pip install jax`.
"""
import functools
import glob
import os
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np

LAYERS, HEADS, WIDTH, CONTEXT, BATCH, RATE = 3, 4, 128, 128, 24, 1e-3
STEPS = int(sys.argv[1]) if len(sys.argv) > 1 else 300

paths = sorted(glob.glob(os.path.join(os.path.dirname(os.__file__), "*.py")))
text = "".join(open(path, encoding="utf-8", errors="ignore").read() for path in paths)
letters = sorted(set(text))
data = np.array([letters.index(c) for c in text[:600_000]], dtype=np.int32)
rng = np.random.default_rng(0)


def start(*shape):
    return jnp.asarray(rng.normal(0, 0.02, shape), dtype=jnp.float32)


weights = {"tokens": start(len(letters), WIDTH), "places": start(CONTEXT, WIDTH), "layers": [
    {"qkv": start(WIDTH, 3 * WIDTH), "out": start(WIDTH, WIDTH), "up": start(WIDTH, 4 * WIDTH),
     "down": start(4 * WIDTH, WIDTH)} for _ in range(LAYERS)]}


def norm(x):
    return (x - x.mean(-1, keepdims=True)) / jnp.sqrt(x.var(-1, keepdims=True) + 1e-5)


def model(weights, tokens):
    x = weights["tokens"][tokens] + weights["places"]
    mask = jnp.tril(jnp.ones((CONTEXT, CONTEXT), bool))
    for layer in weights["layers"]:
        q, k, v = jnp.split(norm(x) @ layer["qkv"], 3, axis=-1)
        q, k, v = (y.reshape(y.shape[0], CONTEXT, HEADS, -1).swapaxes(1, 2) for y in (q, k, v))
        scores = jnp.where(mask, q @ k.swapaxes(2, 3) / (WIDTH // HEADS) ** 0.5, -1e9)
        y = (jax.nn.softmax(scores) @ v).swapaxes(1, 2).reshape(x.shape)
        x = x + y @ layer["out"]
        x = x + jax.nn.gelu(norm(x) @ layer["up"]) @ layer["down"]
    return norm(x) @ weights["tokens"].T


@jax.jit
def loss_of(weights, inputs, targets):
    scores = jax.nn.log_softmax(model(weights, inputs))
    return -jnp.take_along_axis(scores, targets[..., None], -1).mean()


@functools.partial(jax.jit, donate_argnums=(0, 1))
def step_of(weights, moments, number, inputs, targets):
    loss, slopes = jax.value_and_grad(loss_of)(weights, inputs, targets)
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, moments[0], slopes)
    second = jax.tree.map(lambda m, g: 0.99 * m + 0.01 * g * g, moments[1], slopes)
    rate = RATE * jnp.sqrt(1 - 0.99 ** number) / (1 - 0.9 ** number)
    moved = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + 1e-8), weights, first, second)
    return moved, (first, second), loss


def batch():
    places = rng.integers(0, len(data) - CONTEXT - 1, BATCH)
    rows = np.stack([data[p:p + CONTEXT + 1] for p in places])
    return rows[:, :-1], rows[:, 1:]


count = sum(x.size for x in jax.tree.leaves(weights))
print(f"number of parameters: {count / 1e6:.2f}M")
print(f"tokens per iteration will be: {BATCH * CONTEXT:,}")
print(f"max_iters = {STEPS}", flush=True)
moments = tuple(jax.tree.map(jnp.zeros_like, weights) for _ in range(2))
last = time.time()
for number in range(STEPS + 1):
    if number % 100 == 0:
        losses = [float(loss_of(weights, *batch())) for _ in range(8)]
        print(f"step {number}: train loss {losses[0]:.4f}, val loss {np.mean(losses):.4f}", flush=True)
        with open("checkpoint.npz", "wb") as file:
            np.savez(file, *jax.tree.leaves(weights), *jax.tree.leaves(moments))
            file.flush()
            os.fsync(file.fileno())
    weights, moments, loss = step_of(weights, moments, number + 1, *batch())
    loss = float(loss)
    now = time.time()
    if number % 5 == 0:
        print(f"iter {number}: loss {loss:.4f}, time {(now - last) * 1000:.2f}ms, mfu -100.00%", flush=True)
    last = now
