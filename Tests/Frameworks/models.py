"""Tiny models and data made of random numbers; nothing is downloaded."""

import torch

VOCABULARY = 97
LENGTH = 32
BATCH = 4
TOKENS = BATCH * LENGTH


def gpt2():
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(1)
    return GPT2LMHeadModel(
        GPT2Config(
            vocab_size=VOCABULARY, n_positions=LENGTH, n_embd=32, n_layer=2, n_head=2,
            bos_token_id=0, eos_token_id=0))


def llama():
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(1)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=VOCABULARY, max_position_embeddings=LENGTH, hidden_size=32,
            intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
            bos_token_id=0, eos_token_id=0, pad_token_id=0))


class Texts(torch.utils.data.Dataset):
    """Few sequences, often repeated, so that the loss falls and every step has another."""

    def __init__(self, count, seed=3):
        generator = torch.Generator().manual_seed(seed)
        self.rows = torch.randint(1, VOCABULARY, (8, LENGTH), generator=generator)
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        row = self.rows[index % len(self.rows)]
        return {"input_ids": row, "labels": row.clone(), "attention_mask": torch.ones_like(row)}


class Characters(torch.nn.Module):
    """The smallest language model there is, for loops written by hand."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(1)
        self.embedding = torch.nn.Embedding(VOCABULARY, 32)
        self.head = torch.nn.Linear(32, VOCABULARY)

    def forward(self, ids):
        return self.head(self.embedding(ids))

    def loss(self, ids):
        logits = self(ids[:, :-1])
        return torch.nn.functional.cross_entropy(
            logits.reshape(-1, VOCABULARY), ids[:, 1:].reshape(-1))
