"""Accelerate as its examples use it: a bar over steps, gradient accumulation, its trackers."""

import cpu

import os

import torch
from accelerate import Accelerator
from accelerate.utils import ProjectConfiguration
from tqdm.auto import tqdm

import models
from truth import RESUME, RUNS, STEPS, TRACKERS, Truth

truth = Truth("accelerate")
os.makedirs(RUNS, exist_ok=True)
accelerator = Accelerator(
    cpu=True, gradient_accumulation_steps=2,
    log_with=TRACKERS or None,
    project_config=ProjectConfiguration(project_dir=RUNS, logging_dir=RUNS))
model = models.Characters()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
loader = torch.utils.data.DataLoader(models.Texts(4096), batch_size=models.BATCH)
model, optimizer, loader = accelerator.prepare(model, optimizer, loader)
if TRACKERS:
    accelerator.init_trackers("tiny", config={"learning_rate": 1e-2, "max_train_steps": STEPS})
done = 0
if RESUME:
    accelerator.load_state(f"{RUNS}/accelerate")
    done = int(open(f"{RUNS}/accelerate/steps").read())

truth.restart()
bar = tqdm(range(STEPS), initial=done, desc="Steps", disable=not accelerator.is_local_main_process)
for batch in loader:
    with accelerator.accumulate(model):
        loss = (model.module if hasattr(model, "module") else model).loss(batch["input_ids"])
        accelerator.backward(loss)
        optimizer.step()
        optimizer.zero_grad()
    if accelerator.sync_gradients:
        truth.pace()
        bar.update(1)
        done += 1
        logs = {"step_loss": loss.detach().item(), "lr": 1e-2}
        bar.set_postfix(**logs)
        accelerator.log({"train_loss": loss.item()}, step=done)
        if done % 20 == 0:
            accelerator.save_state(f"{RUNS}/accelerate")
            open(f"{RUNS}/accelerate/steps", "w").write(str(done))
        truth.step(done, loss=loss.item(), tokens=done * 2 * models.TOKENS)
        if done >= STEPS:
            break
accelerator.end_training()
