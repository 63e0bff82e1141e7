"""TRL's SFTTrainer with a tiny Llama on tokens made up: it counts tokens as `num_tokens`."""

import cpu

import time

from datasets import Dataset
from transformers import PreTrainedTokenizerFast, TrainerCallback
from tokenizers import Tokenizer, models as tokenizer_models
from trl import SFTConfig, SFTTrainer

import models
from truth import EVALUATE, RESUME, RUNS, STEPS, TRACKERS, Truth

truth = Truth("trl-sft")


class Watch(TrainerCallback):
    def on_train_begin(self, args, state, control, **_):
        truth.restart()
        # TRL counts tokens anew after a resume.
        self.before = state.global_step

    def on_step_end(self, args, state, control, **_):
        truth.step(state.global_step, tokens=(state.global_step - self.before) * models.TOKENS)
        if EVALUATE and state.global_step % EVALUATE == 0:
            self.evaluating = time.time()

    def on_log(self, args, state, control, logs=None, **_):
        if "loss" in logs:
            truth.said(state.global_step, logs["loss"])

    def on_evaluate(self, args, state, control, metrics=None, **_):
        truth.evaluation(state.global_step, metrics["eval_loss"], self.evaluating)

    def on_save(self, args, state, control, **_):
        truth.restart()


words = {f"w{i}": i for i in range(models.VOCABULARY)}
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=Tokenizer(tokenizer_models.WordLevel(words, unk_token="w0")),
    eos_token="w0", pad_token="w0", unk_token="w0")


def dataset(count, seed):
    texts = models.Texts(count, seed)
    return Dataset.from_list([{"input_ids": texts[i]["input_ids"].tolist()} for i in range(count)])


arguments = SFTConfig(
    output_dir=f"{RUNS}/trl", max_steps=STEPS, per_device_train_batch_size=models.BATCH,
    logging_steps=5, learning_rate=1e-2, report_to=TRACKERS or "none",
    save_steps=20, use_cpu=True, bf16=False, max_length=models.LENGTH, run_name="tiny-sft",
    activation_checkpointing=False,
    eval_strategy="steps" if EVALUATE else "no", eval_steps=EVALUATE or None)
SFTTrainer(
    model=models.llama(), args=arguments, train_dataset=dataset(512, 3),
    eval_dataset=dataset(64, 4), processing_class=tokenizer, callbacks=[Watch()],
).train(resume_from_checkpoint=RESUME)
