"""Starts a training script, and recordings of the program beside it."""

import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))


class Place:
    """Where the runs happen: the program to try, the environment's Python, a folder to work in."""

    def __init__(self, binary, venv, folder, again):
        # With `again` nothing is run, and what was recorded before is judged anew.
        self.again = again
        self.binary, self.venv, self.folder = binary, venv, folder
        self.config = os.path.join(folder, "config.toml")
        os.makedirs(folder, exist_ok=True)
        # The settings of whoever runs this shall change nothing.
        open(self.config, "w").close()


class Run:
    """One folder in which a script runs once or more, and in which it is recorded."""

    def __init__(self, place, name):
        self.place, self.name = place, name
        self.folder = os.path.join(place.folder, name)
        if not place.again:
            shutil.rmtree(self.folder, ignore_errors=True)
            os.makedirs(self.folder)
        self.recordings, self.pending, self.truths = {}, {}, []

    def path(self, name):
        return os.path.join(self.folder, name)

    def environment(self, settings, truth):
        own = {
            "TRUTH": truth, "RUNS": "runs", "HF_HUB_OFFLINE": "1", "WANDB_MODE": "offline",
            "YOLO_OFFLINE": "true", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": HERE,
            "TOKENIZERS_PARALLELISM": "false", "CUDA_VISIBLE_DEVICES": "",
            "MLFLOW_DISABLE_TELEMETRY": "true", "YOLO_CONFIG_DIR": self.path("ultralytics"),
            "PATH": os.path.join(self.place.venv, "bin") + ":" + os.environ["PATH"],
        }
        return {**os.environ, **own, **settings}

    def command(self, framework):
        python = os.path.join(self.place.venv, "bin", "python")
        script = os.path.join(HERE, framework["script"])
        if framework.get("processes"):
            port = str(29400 + os.getpid() % 500)
            return [
                python, "-m", "torch.distributed.run", f"--nproc_per_node={framework['processes']}",
                f"--master_port={port}", script]
        return [python, script]

    def recorder(self, *sources):
        watts = f"exec:{sys.executable} {os.path.join(HERE, 'watts.py')}"
        command = [self.place.binary, "record", "--config", self.place.config, "--every", "100ms"]
        for source in (watts, *sources):
            command += ["--source", source]
        return command

    def record(self, name, source):
        """Records beside the script; `source` may hold a pattern of a file that is to come."""
        if self.place.again:
            return
        kind, _, path = source.partition(":")
        if path and "*" in path:
            self.pending[name] = (kind, path)
            return
        output = self.path(f"{name}.hippo")
        with open(self.path(f"{name}.record"), "w") as said:
            process = subprocess.Popen(
                self.recorder(source) + ["-o", output], cwd=self.folder, stdout=said, stderr=said)
        self.recordings[name] = process

    def start_pending(self):
        for name, (kind, pattern) in list(self.pending.items()):
            found = glob.glob(os.path.join(self.folder, pattern))
            if found:
                del self.pending[name]
                self.record(name, f"{kind}:{found[0]}")

    def launch(self, framework, output="file", log="train.log", **settings):
        """Starts the script; `output` is file, append, tee, or record for the program around it."""
        truth = self.path(f"truth-{len(self.truths)}.json")
        self.truths.append(truth)
        if self.place.again:
            return None
        command, environment = self.command(framework), self.environment(settings, truth)
        if output == "tee":
            command = ["sh", "-c", f'"$@" 2>&1 | tee {log} >/dev/null', "sh"] + command
        if output == "record":
            command = self.recorder() + ["-o", self.path("record.hippo"), "--"] + command
        with open(self.path("terminal" if output == "tee" else log), "a" if output == "append" else "w") as file:
            return subprocess.Popen(
                command, cwd=self.folder, env=environment, stdout=file, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, start_new_session=True)

    def wait(self, *processes, limit=120):
        """Waits for the scripts' ends, and starts recordings of files as they appear."""
        if self.place.again:
            return
        end = time.time() + limit
        while any(process.poll() is None for process in processes):
            self.start_pending()
            if time.time() > end:
                for process in processes:
                    if process.poll() is None:
                        os.killpg(process.pid, signal.SIGKILL)
            time.sleep(0.05)

    def finish(self):
        """Lets the program read to the end, and ends the recordings."""
        if self.place.again:
            return
        time.sleep(2.5)
        for process in self.recordings.values():
            process.send_signal(signal.SIGINT)
        for process in self.recordings.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()

    def truth(self, index):
        try:
            with open(self.truths[index]) as file:
                return json.load(file)
        except OSError:
            return None
