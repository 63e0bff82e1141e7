"""A tiny model of timm, trained with the lines and the summary.csv of timm's own train.py."""

import cpu

import logging
import os
import time

import timm
import torch
from timm.utils import AverageMeter, setup_default_logging, update_summary

from truth import EVALUATE, RESUME, RUNS, STEPS, TRACKERS, Truth

torch.manual_seed(1)
setup_default_logging()
log = logging.getLogger("train")
truth = Truth("timm")
os.makedirs(RUNS, exist_ok=True)
EPOCH, BATCH = 20, 4
model = timm.create_model("test_vit", num_classes=5, img_size=32, patch_size=16)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
pictures = torch.randn(BATCH, 3, 32, 32)
labels = torch.arange(BATCH) % 5
path = f"{RUNS}/timm.pth"
begin = 0
if RESUME:
    state = torch.load(path)
    model.load_state_dict(state["model"])
    begin = state["epoch"] + 1
    log.info(f"Restoring model state from checkpoint... loaded checkpoint '{path}' (epoch {begin - 1})")
log.info(f"Model test_vit created, param count:{sum(p.numel() for p in model.parameters())}")
log.info(f"Scheduled epochs: {STEPS // EPOCH}. LR stepped per epoch.")

truth.restart()
for epoch in range(begin, STEPS // EPOCH):
    losses, times, data = AverageMeter(), AverageMeter(), AverageMeter()
    end = time.time()
    for update in range(EPOCH):
        data.update(0.001)
        loss = torch.nn.functional.cross_entropy(model(pictures), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        truth.pace()
        times.update(time.time() - end)
        losses.update(loss.item(), BATCH)
        if update % 5 == 0 or update == EPOCH - 1:
            log.info(
                f"Train: {epoch} [{update:>4d}/{EPOCH} "
                f"({100. * (update + 1) / EPOCH:>3.0f}%)]  "
                f"Loss: {loss.item():>#.3g} ({losses.avg:>#.3g})  "
                f"Time: {times.val:.3f}s, {BATCH / times.val:>7.2f}/s  "
                f"({times.avg:.3f}s, {BATCH / times.avg:>7.2f}/s)  "
                f"LR: {0.01:.3e}  Data: {data.val:.3f} ({data.avg:.3f})")
            truth.said(epoch * EPOCH + update + 1, loss.item())
        truth.step(epoch * EPOCH + update + 1)
        end = time.time()
    evaluation = {}
    if EVALUATE:
        testing = time.time()
        for batch in range(8):
            time.sleep(0.1)
            log.info(
                f"Test: [{batch:>4d}/7]  Time: {0.1:.3f} ({0.1:.3f})  "
                f"Loss: {3.1:>7.3f} ({3.1:>6.3f})  Acc@1: {12.5:>7.3f} ({12.5:>7.3f})  "
                f"Acc@5: {50.0:>7.3f} ({50.0:>7.3f})")
        truth.evaluation((epoch + 1) * EPOCH, 3.1, testing)
        evaluation = {"loss": 3.1, "top1": 12.5}
    truth.epoch(losses.avg)
    if "csv" in TRACKERS:
        update_summary(
            epoch, {"loss": losses.avg}, evaluation, os.path.join(RUNS, "summary.csv"),
            lr=0.01, write_header=epoch == begin)
    torch.save({"model": model.state_dict(), "epoch": epoch}, path)
