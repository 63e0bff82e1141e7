"""Runs a real PyTorch loader in every situation it starves in, with a scripted accelerator beside it that
starves when it does, and compares what the program makes of it with what was so.

Every situation is one recording of the real binary. Share and joules of the waiting are compared over the
span that the report speaks of.
"""

import argparse
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))

# The situation, the kind of verdict and the causes that are right; what is not named is no fault where the
# last is None.
SITUATIONS = [
    ("fed", None, [None]),
    ("few", "data", ["out_of_processors", "too_few_workers"]),
    ("many", "data", ["out_of_processors"]),
    ("pool", "data", ["out_of_processors", "too_few_workers"]),
    ("disk", "data", ["disk"]),
    ("cold", "data", ["disk"]),
    ("server", "data", ["network"]),
    ("server_timeout", "data", ["network"]),
    ("keep_alive", "data", ["network"]),
    ("fetch_thread", "data", ["network"]),
    ("slow_sample", "data", ["slow_sample"]),
    ("none_cpu", "host", ["host_bound"]),
    ("none_disk", "data", ["disk"]),
    ("checkpoint", None, [None, "host_bound", "writing"]),
    ("evaluation", None, [None]),
    ("barrier", None, [None]),
    ("inherited", None, [None]),
    ("late_rank", "peer", ["peer"]),
    ("late_short", "peer", ["peer"]),
    ("idle_server", "idle", ["no_requests"]),
]


class Slow(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        time.sleep(0.1)
        self.send_response(200)
        self.send_header("Content-Length", "300000")
        self.end_headers()
        self.wfile.write(b"x" * 300000)

    def log_message(self, *_):
        pass


def truth_over(path, start, end):
    """What the accelerator itself knows of a span: seconds and joules of waiting, and all joules."""
    rows = [list(map(float, line.split())) for line in open(path) if len(line.split()) == 5]

    def at(when):
        before = None
        for row in rows:
            if row[0] > when:
                if before is None:
                    return row
                part = (when - before[0]) / (row[0] - before[0])
                return [a + part * (b - a) for a, b in zip(before, row)]
            before = row
        return before

    first, last = at(start), at(end)
    return [b - a for a, b in zip(first, last)]


def run(situation, options, port, folder, tells):
    # Ranks take a while to start, and must then be seen at work before their waits have a price.
    length = options.seconds * (2 if situation.startswith("late_") else 1)
    flag = os.path.join(folder, situation + ".flag")
    ranks = 8 if situation.startswith("late_") else 1
    with open(flag, "wb") as file:
        file.write(bytes([2] * ranks))
    environment = dict(os.environ, BIG=options.big, PORT=str(port))
    log = open(os.path.join(folder, situation + ".log"), "wb")
    script = "ranks.py" if ranks > 1 else "server.py" if situation == "idle_server" else "loader.py"
    loader = subprocess.Popen(
        [options.python, "-u", os.path.join(HERE, script), situation, flag, str(length + 8)],
        stdout=log, stderr=subprocess.STDOUT, env=environment)
    pid = None
    while pid is None and loader.poll() is None:
        text = open(log.name).read().split("trainer is ")
        pid = text[1].split()[0] if len(text) > 1 and "\n" in text[1] else None
        time.sleep(0.1)
    if pid is None:
        raise SystemExit(open(log.name).read())
    truth = os.path.join(folder, situation + ".truth")
    machine = os.uname().nodename
    command = (f"exec:{sys.executable} {os.path.join(HERE, 'accelerator.py')} {flag} {truth} {pid} "
               f"{machine} {tells}")
    recording = os.path.join(folder, situation + ".hippo")
    if os.path.exists(recording):
        os.unlink(recording)
    arguments = [options.binary, "record", "-o", recording, "--for", f"{length}s", "--quiet",
                 "--source", command, "--source", "host"]
    named = [word for one in pid.split(",") for word in ("--source", f"loader:{one}")]
    arguments += named if options.named or ranks > 1 else ["--source", "jobs", "--source", "loader"]
    if situation == "idle_server":
        arguments += ["--source", "serve:" + open(log.name).read().split("page is ")[1].split()[0]]
    subprocess.run(arguments, check=True)
    loader.kill()
    loader.wait()
    report = json.loads(subprocess.run(
        [options.binary, "report", recording, "--format", "json"], check=True, capture_output=True).stdout)
    return report, truth


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--big", default="/tmp/stalls.bin")
    parser.add_argument("--only", default="")
    parser.add_argument("--named", action="store_true")
    parser.add_argument("--tells", default="utilization")
    parser.add_argument("--write")
    parser.add_argument("--keep")
    options = parser.parse_args()
    if not os.path.exists(options.big):
        with open(options.big, "wb") as file:
            for _ in range(1024):
                file.write(os.urandom(1 << 20))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    server.request_queue_size = 64
    threading.Thread(target=server.serve_forever, daemon=True).start()
    folder = options.keep or tempfile.mkdtemp(prefix="stalls-")
    os.makedirs(folder, exist_ok=True)
    lines = []
    for situation, kind, causes in SITUATIONS:
        if options.only and situation not in options.only.split(","):
            continue
        report, truth = run(situation, options, server.server_address[1], folder, options.tells)
        # Other jobs of the machine are none of ours.
        name = {"idle_server": "rivers/tiny-1b"}.get(situation, "loader.py")
        job = next((job for job in report["jobs"] if job["name"] == name), {})
        waiting = job.get("waiting") or report.get("waiting")
        if waiting is None:
            lines.append((situation, "-", "-", "-", "nothing judged", "FAULT"))
            print(*lines[-1], sep=" | ", flush=True)
            continue
        # Of the first seconds, before the job was found, nothing is judged.
        end = waiting["started"] + waiting["span_seconds"]
        gpus = waiting["gpus"]
        seconds, waited, waited_joules, joules, spun = truth_over(
            truth, end - waiting["gpu_seconds_judged"] / gpus, end)
        if kind == "peer":
            waited, waited_joules = spun, spun * 150
        share = waited / seconds / gpus
        faults = []
        found = waiting.get("share", 0)
        part = waiting["parts"].get(waiting.get("kind") or "data", {})
        # What is no data wait has another share of its own.
        if kind == "idle":
            # It answered for a second and a half, and then nobody asked.
            share = 1 - min(1, 1.5 / seconds)
        # Of an idle server, the seconds in which it answered may lie before the first that was judged.
        limit = 0.05 if kind == "idle" else 0.03
        if situation not in ("checkpoint", "barrier", "inherited") and abs(found - share) > limit:
            faults.append("share")
        energy = waiting["joules"]
        if kind == "idle":
            waited_joules = joules
        if kind is not None and energy is None:
            faults.append("joules unknown")
        elif kind is not None and abs(energy - waited_joules) > 0.05 * waited_joules:
            faults.append("joules")
        if situation in ("barrier", "inherited") and waiting["parts"].get("data", {}).get("share", 0) > 0.03:
            faults.append("WRONG ACCUSATION")
        if kind != waiting.get("kind") and not (kind is None and waiting.get("kind") in ("gap", "host")):
            faults.append("kind")
        if waiting.get("cause") not in causes:
            faults.append("not named" if waiting.get("cause") is None else "WRONG CAUSE")
        lines.append((
            situation, f"{100 * share:.1f} %", f"{100 * found:.1f} %",
            f"{100 * (energy / waited_joules - 1):+.1f} %" if kind and energy else "-", waiting["verdict"],
            ", ".join(faults) or "right"))
        print(*lines[-1], sep=" | ", flush=True)
        print("    ", "; ".join(waiting["evidence_words"]), "| next:", waiting.get("next"), flush=True)
    if options.write:
        with open(options.write, "w") as file:
            file.write(HEAD.format(seconds=int(options.seconds)))
            file.write("| situation | waited | told | joules off by | verdict | |\n|---|---|---|---|---|---|\n")
            for line in lines:
                file.write("| " + " | ".join(line) + " |\n")


HEAD = """# What starving loaders were called

Real `DataLoader`s of PyTorch, and a pool of Python's own, in one situation each, {seconds} s long (ranks twice
that), beside a scripted accelerator that works while the training does and waits when that waits (410 and
118 W, 150 while it spins for its peers; a reading a second). In `barrier` and `inherited` something else
than data is waited for; with the heartbeat of a distributed job on a socket that the workers inherited.
Shares within 3 points and joules within 5 % are right. `make stalls` runs them and writes this table.

"""

if __name__ == "__main__":
    main()
