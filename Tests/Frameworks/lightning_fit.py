"""Lightning's Trainer: its bar of tqdm with loss, and its own loggers."""

import cpu

import glob
import os
import time

import lightning
import torch
from lightning.pytorch.callbacks import Callback, ModelCheckpoint, TQDMProgressBar
from lightning.pytorch.loggers import CSVLogger, MLFlowLogger, TensorBoardLogger, WandbLogger

import models
from truth import EVALUATE, RESUME, RUNS, STEPS, TRACKERS, Truth

truth = Truth("lightning")


class Model(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.model = models.Characters()

    def training_step(self, batch, index):
        loss = self.model.loss(batch["input_ids"])
        self.log("train_loss", loss, prog_bar=True)
        return loss

    def validation_step(self, batch, index):
        time.sleep(0.1)
        self.log("val_loss", self.model.loss(batch["input_ids"]), prog_bar=True)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=1e-2)


class Watch(Callback):
    def on_train_start(self, trainer, module):
        truth.restart()

    def on_train_batch_end(self, trainer, module, outputs, batch, index):
        step = trainer.global_step
        truth.step(step, loss=outputs["loss"].item(), tokens=step * models.TOKENS)

    def on_validation_start(self, trainer, module):
        self.validating = time.time()

    def on_validation_end(self, trainer, module):
        if not trainer.sanity_checking:
            loss = trainer.callback_metrics["val_loss"].item()
            truth.evaluation(trainer.global_step, loss, self.validating)


makers = {
    "csv": lambda: CSVLogger(RUNS, name="csv"),
    "tensorboard": lambda: TensorBoardLogger(RUNS, name="tensorboard"),
    "wandb": lambda: WandbLogger(save_dir=RUNS, name="tiny", offline=True),
    "mlflow": lambda: MLFlowLogger("tiny", tracking_uri="sqlite:///mlflow.db"),
}
loader = torch.utils.data.DataLoader(models.Texts(20 * models.BATCH), batch_size=models.BATCH)
validation = torch.utils.data.DataLoader(models.Texts(8 * models.BATCH, seed=4), batch_size=models.BATCH)
trainer = lightning.Trainer(
    accelerator="cpu", max_steps=STEPS, logger=[makers[tracker]() for tracker in TRACKERS], log_every_n_steps=5,
    enable_model_summary=True, default_root_dir=RUNS,
    limit_val_batches=None if EVALUATE else 0,
    callbacks=[
        Watch(), TQDMProgressBar(refresh_rate=1),
        ModelCheckpoint(dirpath=f"{RUNS}/lightning-checkpoints", every_n_train_steps=20, save_last=True)])
last = max(glob.glob(f"{RUNS}/lightning-checkpoints/*.ckpt"), key=os.path.getmtime) if RESUME else None
trainer.fit(Model(), loader, validation if EVALUATE else None, ckpt_path=last, weights_only=False)
