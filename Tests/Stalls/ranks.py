"""A training of eight ranks that meet after every step; the loader of one of them is slow.

The others wait for it as a collective does: the accelerator spins, and the main thread is not on its queue.
"""

import ctypes
import mmap
import multiprocessing
import os
import signal
import sys
import time

situation, flag_path, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
RANKS, LATE = 8, 3
# Seconds of a step, and of a processor for each of the four samples of the late one's batch.
STEP, SAMPLE = {"late_rank": (3.0, 1.6), "late_short": (0.3, 0.14)}[situation]


def batches(rank):
    if rank != LATE:
        while True:
            yield None
    import torch
    from torch.utils.data import DataLoader, Dataset

    torch.set_num_threads(1)

    class Samples(Dataset):
        def __len__(self):
            return 10**9

        def __getitem__(self, index):
            start = time.process_time()
            while time.process_time() - start < SAMPLE:
                sum(range(1000))
            return torch.zeros(64)

    yield from DataLoader(Samples(), batch_size=4, num_workers=1)


def rank(number, steps, flags, begin):
    # Whoever ends the parent ends them all.
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    loader = batches(number)
    begin.wait()
    while True:
        flags[number] = 0 if number == LATE else 3
        next(loader)
        steps[number] += 1
        flags[number] = 3
        while min(steps) < steps[number]:
            time.sleep(0.002)
        flags[number] = 1
        time.sleep(STEP)
        if number == 0:
            print(f"step {steps[0]}/100000 loss {4 / (1 + steps[0] / 50):.4f}", flush=True)


multiprocessing.set_start_method("fork")
with open(flag_path, "r+b") as file:
    flags = mmap.mmap(file.fileno(), RANKS)
flags[:] = bytes([2] * RANKS)
steps = multiprocessing.RawArray("l", RANKS)
begin = multiprocessing.Event()
ranks = [
    multiprocessing.Process(target=rank, args=(number, steps, flags, begin)) for number in range(RANKS)]
for process in ranks:
    process.start()
print("trainer is", ",".join(str(process.pid) for process in ranks), flush=True)
time.sleep(15)
begin.set()
time.sleep(seconds)
for process in ranks:
    process.kill()
os._exit(0)
