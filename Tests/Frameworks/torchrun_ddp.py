"""Two processes under torchrun with gloo; the first one prints, as most such scripts do."""

import cpu

import os
import time

import torch
import torch.distributed as distributed

import models
from trackers import Tracker
from truth import RESUME, RUNS, STEPS, Truth

distributed.init_process_group("gloo")
first = distributed.get_rank() == 0
size = distributed.get_world_size()
if not first:
    os.environ.pop("TRUTH", None)
truth = Truth("torchrun")
os.makedirs(RUNS, exist_ok=True)
tracker = Tracker() if first else None
plain = models.Characters()
path = f"{RUNS}/ddp.pt"
done = 0
if RESUME:
    state = torch.load(path)
    plain.load_state_dict(state["model"])
    done = state["step"]
model = torch.nn.parallel.DistributedDataParallel(plain)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
rows = models.Texts(8).rows

distributed.barrier()
truth.restart()
while done < STEPS:
    began = time.time()
    ids = rows[(torch.arange(models.BATCH) + done + distributed.get_rank()) % len(rows)]
    logits = model(ids[:, :-1])
    loss = torch.nn.functional.cross_entropy(
        logits.reshape(-1, models.VOCABULARY), ids[:, 1:].reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    done += 1
    truth.pace()
    tokens = models.TOKENS * size
    if first:
        seconds = time.time() - began
        print(
            f"step: {done}/{STEPS} | loss: {loss.item():.4f} | lr: 1.00e-02 | "
            f"step_time: {seconds * 1000:.1f}ms | tokens/s: {tokens / seconds:,.0f}", flush=True)
        tracker.log(done, loss.item(), done * tokens)
        if done % 20 == 0:
            torch.save({"model": plain.state_dict(), "step": done}, path)
    truth.step(done, loss=loss.item(), tokens=done * tokens)
if first:
    tracker.close()
distributed.destroy_process_group()
