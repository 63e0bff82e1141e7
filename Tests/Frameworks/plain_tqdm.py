"""A loop of one's own under tqdm, with the loss behind the bar, and a tracker called by hand."""

import cpu

import os

import torch
from tqdm import tqdm

import models
from trackers import Tracker
from truth import RESUME, RUNS, STEPS, Truth

truth = Truth("tqdm")
tracker = Tracker()
model = models.Characters()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
rows = models.Texts(8).rows
path = f"{RUNS}/tqdm.pt"
done = 0
os.makedirs(RUNS, exist_ok=True)
if RESUME:
    state = torch.load(path)
    model.load_state_dict(state["model"])
    done = state["step"]

truth.restart()
bar = tqdm(range(done, STEPS), initial=done, total=STEPS, desc="train")
for step in bar:
    loss = model.loss(rows[torch.arange(step, step + models.BATCH) % len(rows)])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    done = step + 1
    truth.pace()
    bar.set_postfix(loss=f"{loss.item():.4f}", lr=1e-2)
    tracker.log(done, loss.item(), done * models.TOKENS)
    if done % 20 == 0:
        torch.save({"model": model.state_dict(), "step": done}, path)
    truth.step(done, loss=loss.item(), tokens=done * models.TOKENS)
tracker.close()
