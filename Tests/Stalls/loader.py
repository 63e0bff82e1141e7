"""A training that waits for its data in one of several ways, by the real DataLoader of PyTorch.

It writes down what it does as it does it: a byte in a file that is mapped into memory, 1 while a step is
computed and 0 while it waits, which the scripted accelerator beside it reads.
"""

import mmap
import os
import sys
import time
import urllib.request

import torch
from torch.utils.data import DataLoader, Dataset

situation, flag_path, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
big = os.environ.get("BIG", "")
port = os.environ.get("PORT", "0")
torch.set_num_threads(1)

WORKERS = {"few": 2, "none_cpu": 0, "none_disk": 0, "slow_sample": 4}.get(situation, 4)
STEP = {"fed": 0.2, "checkpoint": 0.1, "evaluation": 0.1}.get(situation, 0.05)
CHUNK = 1 << 20


def burn(amount):
    start = time.process_time()
    while time.process_time() - start < amount:
        sum(range(1000))


class Samples(Dataset):
    file = None

    def __len__(self):
        return 10**9

    def open(self, flags):
        if self.file is None:
            self.file = os.open(big, os.O_RDONLY | flags)
            self.size = os.fstat(self.file).st_size // CHUNK
            self.buffer = mmap.mmap(-1, CHUNK)

    def __getitem__(self, index):
        if situation in ("few", "none_cpu"):
            burn(0.03)
        elif situation in ("disk", "none_disk"):
            self.open(os.O_DIRECT)
            for part in range(64):
                os.preadv(self.file, [self.buffer], (index * 64 + part) * 7919 % self.size * CHUNK)
        elif situation == "cold":
            self.open(0)
            for part in range(48):
                place = (index * 48 + part) * 7919 % self.size * CHUNK
                os.pread(self.file, CHUNK, place)
                os.posix_fadvise(self.file, place, CHUNK, os.POSIX_FADV_DONTNEED)
        elif situation in ("server", "server_timeout"):
            timeout = 30 if situation == "server_timeout" else None
            url = f"http://127.0.0.1:{port}/"
            urllib.request.urlopen(url, **({"timeout": timeout} if timeout else {})).read()
        elif situation == "slow_sample":
            burn(0.8 if index % 32 == 0 else 0.001)
        else:
            burn(0.001)
        return torch.zeros(64)


with open(flag_path, "r+b") as file:
    flag = mmap.mmap(file.fileno(), 1)
print("trainer is", os.getpid(), flush=True)
# The model is loaded: the accelerator is held and has no work yet.
flag[0] = 2
time.sleep(12)
loader = iter(DataLoader(Samples(), batch_size=4, num_workers=WORKERS))
next(loader)
flag[0] = 0
begin = time.monotonic()
number = 0
while time.monotonic() - begin < seconds:
    next(loader)
    number += 1
    flag[0] = 1
    time.sleep(STEP)
    flag[0] = 0
    if situation == "checkpoint" and number % 40 == 0:
        with open(flag_path + ".checkpoint", "wb", buffering=0) as out:
            for _ in range(60):
                out.write(b"x" * (8 << 20))
            os.fsync(out.fileno())
        os.unlink(flag_path + ".checkpoint")
    if situation == "evaluation" and number % 40 == 0:
        flag[0] = 1
        time.sleep(2)
        flag[0] = 0
    if number % 10 == 0:
        print(f"step {number}/100000 loss {4 / (1 + number / 50):.4f}", flush=True)
os._exit(0)
