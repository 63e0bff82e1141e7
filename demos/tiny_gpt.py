"""A GPT small enough for two processor cores, in PyTorch: the job behind the demo recordings.

It learns the characters of the Python library's own sources and prints its progress as nanoGPT
does. `python tiny_gpt.py STEPS [BATCH]` needs nothing but `pip install torch`.
"""
import glob
import os
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

LAYERS, HEADS, WIDTH, CONTEXT, RATE = 3, 4, 128, 128, 1e-3
STEPS = int(sys.argv[1]) if len(sys.argv) > 1 else 300
BATCH = int(sys.argv[2]) if len(sys.argv) > 2 else 24

paths = sorted(glob.glob(os.path.join(os.path.dirname(os.__file__), "*.py")))
text = "".join(open(path, encoding="utf-8", errors="ignore").read() for path in paths)[:600_000]
letters = sorted(set(text))
places = {letter: place for place, letter in enumerate(letters)}
data = torch.tensor([places[letter] for letter in text])
torch.manual_seed(0)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        shape = (x.shape[0], CONTEXT, HEADS, WIDTH // HEADS)
        q, k, v = (y.view(shape).transpose(1, 2) for y in self.qkv(self.first(x)).chunk(3, -1))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(y.transpose(1, 2).reshape(x.shape))
        return x + self.down(F.gelu(self.up(self.second(x))))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(len(letters), WIDTH)
        self.places = nn.Embedding(CONTEXT, WIDTH)
        self.blocks = nn.Sequential(*[Block() for _ in range(LAYERS)])
        self.norm = nn.LayerNorm(WIDTH)

    def forward(self, tokens):
        x = self.tokens(tokens) + self.places.weight
        return self.norm(self.blocks(x)) @ self.tokens.weight.T


def batch():
    starts = torch.randint(len(data) - CONTEXT - 1, (BATCH,))
    rows = torch.stack([data[start:start + CONTEXT + 1] for start in starts])
    return rows[:, :-1], rows[:, 1:]


def loss_of(model, inputs, targets):
    return F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())


model = Model()
optimizer = torch.optim.AdamW(model.parameters(), lr=RATE)
count = sum(p.numel() for p in model.parameters())
print(f"number of parameters: {count / 1e6:.2f}M")
print(f"tokens per iteration will be: {BATCH * CONTEXT:,}")
print(f"max_iters = {STEPS}", flush=True)
last = time.time()
for number in range(STEPS + 1):
    if number % 100 == 0:
        with torch.no_grad():
            losses = [loss_of(model, *batch()).item() for _ in range(8)]
        print(f"step {number}: train loss {losses[0]:.4f}, val loss {sum(losses) / 8:.4f}", flush=True)
    optimizer.zero_grad()
    loss = loss_of(model, *batch())
    loss.backward()
    optimizer.step()
    now = time.time()
    if number % 5 == 0:
        print(f"iter {number}: loss {loss.item():.4f}, time {(now - last) * 1000:.2f}ms, mfu -100.00%", flush=True)
    last = now
