"""A loop in the manner of nanoGPT: a line a step, with time and loss, and evaluations."""

import cpu

import os
import time

import torch

import models
from trackers import Tracker
from truth import EVALUATE, RESUME, RUNS, STEPS, Truth

truth = Truth("nanogpt")
os.makedirs(RUNS, exist_ok=True)
tracker = Tracker()
model = models.Characters()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
rows = models.Texts(8).rows
others = models.Texts(8, seed=4).rows
path = f"{RUNS}/ckpt.pt"
step = 0
print(f"tokens per iteration will be: {models.TOKENS:,}", flush=True)
if RESUME:
    print(f"Resuming training from {RUNS}", flush=True)
    state = torch.load(path)
    model.load_state_dict(state["model"])
    step = state["step"]
parameters = sum(p.numel() for p in model.parameters())
print(f"number of parameters: {parameters / 1e6:.2f}M", flush=True)

truth.restart()
began = time.time()
while step < STEPS:
    if EVALUATE and step % EVALUATE == 0:
        evaluating = time.time()
        time.sleep(1)
        validation = model.loss(others).item()
        print(f"step {step}: train loss {model.loss(rows).item():.4f}, val loss {validation:.4f}", flush=True)
        truth.evaluation(step, validation, evaluating)
    if step and step % 20 == 0:
        print(f"saving checkpoint to {RUNS}", flush=True)
        torch.save({"model": model.state_dict(), "step": step}, path)
    loss = model.loss(rows[torch.arange(step, step + models.BATCH) % len(rows)])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    truth.pace()
    now = time.time()
    print(f"iter {step}: loss {loss.item():.4f}, time {(now - began) * 1000:.2f}ms, mfu -100.00%", flush=True)
    began = now
    step += 1
    tracker.log(step, loss.item(), step * models.TOKENS)
    truth.step(step, loss=loss.item(), tokens=step * models.TOKENS)
tracker.close()
