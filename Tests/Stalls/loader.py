"""A training that waits for its data in one of several ways, by the real DataLoader of PyTorch.

It writes down what it does as it does it: a byte in a file that is mapped into memory, 1 while a step is
computed and 0 while it waits, which the scripted accelerator beside it reads.
"""

import concurrent.futures
import ctypes
import http.client
import mmap
import multiprocessing
import os
import signal
import sys
import threading
import time
import urllib.request

import torch
from torch.utils.data import DataLoader, Dataset

situation, flag_path, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
big = os.environ.get("BIG", "")
port = os.environ.get("PORT", "0")
torch.set_num_threads(1)

WORKERS = {"few": 2, "many": 8, "none_cpu": 0, "none_disk": 0}.get(situation, 4)
STEP = {"fed": 0.2, "checkpoint": 0.1, "evaluation": 0.1, "barrier": 0.1, "inherited": 0.1}.get(situation, 0.05)
CHUNK = 1 << 20
# Situations in which something else than data is waited for.
OTHER = ("barrier", "inherited")


def burn(amount):
    start = time.process_time()
    while time.process_time() - start < amount:
        sum(range(1000))


def fetch(connection):
    connection.request("GET", "/")
    return connection.getresponse().read()


class Samples(Dataset):
    file = None
    connection = None
    threads = None

    def __len__(self):
        return 10**9

    def open(self, flags):
        if self.file is None:
            self.file = os.open(big, os.O_RDONLY | flags)
            self.size = os.fstat(self.file).st_size // CHUNK
            self.buffer = mmap.mmap(-1, CHUNK)

    def __getitem__(self, index):
        if situation in ("few", "many", "pool", "none_cpu"):
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
        elif situation in ("keep_alive", "fetch_thread"):
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
                self.threads = concurrent.futures.ThreadPoolExecutor(1)
            if situation == "keep_alive":
                fetch(self.connection)
            else:
                self.threads.submit(fetch, self.connection).result()
        elif situation == "slow_sample":
            burn(0.8 if index % 32 == 0 else 0.001)
        else:
            burn(0.001)
        return torch.zeros(64)


def batch(samples, indices):
    return [samples[index] for index in indices]


def batches():
    """The loader: PyTorch's, or one of Python's own pools, as some programs have."""
    if situation != "pool":
        return iter(DataLoader(Samples(), batch_size=4, num_workers=WORKERS))
    samples = Samples()
    pool = multiprocessing.get_context("fork").Pool(2)
    orders = (list(range(place, place + 4)) for place in range(0, 10**9, 4))

    def ahead():
        waiting = [pool.apply_async(batch, (samples, next(orders))) for _ in range(4)]
        while True:
            yield waiting.pop(0).get()
            waiting.append(pool.apply_async(batch, (samples, next(orders))))

    return ahead()


def heartbeat(connection):
    while True:
        connection.request("GET", "/beat")
        connection.getresponse().read()


with open(flag_path, "r+b") as file:
    flag = mmap.mmap(file.fileno(), 1)
ends = multiprocessing.Pipe()
if situation in OTHER and os.fork() == 0:
    # Whoever is met at a barrier comes a tenth of a second late each time; it ends with its parent.
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    while ends[1].recv():
        time.sleep(0.1)
        ends[1].send(1)
if situation == "inherited":
    beats = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
    beats.connect()
    threading.Thread(target=heartbeat, args=(beats,), daemon=True).start()
print("trainer is", os.getpid(), flush=True)
# The model is loaded: the accelerator is held and has no work yet.
flag[0] = 2
time.sleep(12)
loader = batches()
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
    if situation in OTHER:
        flag[0] = 2
        ends[0].send(1)
        ends[0].poll(10)
        ends[0].recv()
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
