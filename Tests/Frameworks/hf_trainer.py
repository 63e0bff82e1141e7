"""Hugging Face's Trainer with a tiny GPT-2: a bar of tqdm and a dictionary every five steps."""

import cpu

import time

import torch
from transformers import Trainer, TrainerCallback, TrainingArguments

import models
from truth import EVALUATE, RESUME, RUNS, STEPS, TRACKERS, Truth

truth = Truth("hf-trainer")


class Watch(TrainerCallback):
    def on_train_begin(self, args, state, control, **_):
        truth.restart()

    def on_step_end(self, args, state, control, **_):
        truth.step(state.global_step, tokens=state.global_step * models.TOKENS)
        if EVALUATE and state.global_step % EVALUATE == 0:
            self.evaluating = time.time()

    def on_log(self, args, state, control, logs=None, **_):
        if "loss" in logs:
            truth.said(state.global_step, logs["loss"])

    def on_evaluate(self, args, state, control, metrics=None, **_):
        truth.evaluation(state.global_step, metrics["eval_loss"], self.evaluating)

    def on_save(self, args, state, control, **_):
        truth.restart()


class SlowTexts(models.Texts):
    def __getitem__(self, index):
        time.sleep(0.02)
        return super().__getitem__(index)


arguments = TrainingArguments(
    output_dir=f"{RUNS}/hf", max_steps=STEPS, per_device_train_batch_size=models.BATCH,
    logging_steps=5, learning_rate=1e-2, report_to=TRACKERS or "none",
    save_steps=20, save_strategy="steps", use_cpu=True, include_num_input_tokens_seen="all",
    eval_strategy="steps" if EVALUATE else "no", eval_steps=EVALUATE or None, run_name="tiny")
Trainer(
    model=models.gpt2(), args=arguments, train_dataset=models.Texts(4096),
    eval_dataset=SlowTexts(32, seed=4), callbacks=[Watch()],
).train(resume_from_checkpoint=RESUME)
