"""Compares a recording with what a script wrote down of itself."""

import json
import sqlite3
import statistics
import subprocess

import watts

#: What is compared, in the order of the table's columns.
QUANTITIES = ("step", "loss", "tokens", "step time", "J/step", "J/token")
#: What an error may be, in per cent.
TOLERANCE = 1.0
#: What the error of a step's time may be, in per cent: sixty short steps, heard of once a second.
STEP_TIME_TOLERANCE = 3.0
#: By how many seconds the program may hear of the last step later than of the first: it reads on in
#: a file once a second.
EDGE = 1.1


class Verdict:
    """One cell: the error in per cent, or why there is none, or what is wrong."""

    def __init__(self, text, wrong=False, reason=""):
        self.text, self.wrong, self.reason = text, wrong, reason
        #: What is true, where another cell follows from it.
        self.true = None

    @staticmethod
    def unknown(reason):
        return Verdict("unknown", reason=reason)

    @staticmethod
    def error(said, true, tolerance=TOLERANCE, reason=""):
        error = (said / true - 1) * 100 if true else (0.0 if said == 0 else 100.0)
        if abs(error) <= tolerance:
            return Verdict(f"{error:+.1f} %".replace("-0.0", "0.0").replace("+0.0", "0.0"))
        return Verdict(f"WRONG {error:+.1f} %", True, f"{said:.6g} said, {true:.6g} true{reason}")


class Recording:
    """The rows of one job of a recording, and the report on it."""

    def __init__(self, place, path, folder, pid=None):
        self.rows, self.job, self.reason = [], None, ""
        reports = subprocess.run(
            [place.binary, "report", path, "--format", "json", "--config", place.config],
            capture_output=True, text=True)
        if reports.returncode:
            self.reason = reports.stderr.strip()
            return
        self.report = json.loads(reports.stdout)
        base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        devices = base.execute("SELECT id, name, coalesce(label, name) FROM device WHERE kind = 'job'")
        devices = [device for device in devices if self.is_of(base, device[0], folder, pid)]
        self.reason = "; ".join(
            message for (message,) in base.execute("SELECT message FROM source WHERE name <> 'exec'"))
        if len(devices) != 1:
            self.reason = f"{len(devices)} jobs found; {self.reason}"
            return
        device, _, label = devices[0]
        self.attributes = dict(
            base.execute("SELECT name, value FROM device_attribute WHERE device = ?", (device,)))
        try:
            cursor = base.execute("SELECT * FROM job WHERE device = ? ORDER BY time", (device,))
        except sqlite3.OperationalError:
            return
        names = [column[0] for column in cursor.description]
        self.rows = [dict(zip(names, row)) for row in cursor]
        jobs = [job for job in self.report["jobs"] if job["name"] == label]
        self.job = jobs[0] if len(jobs) == 1 else None

    @staticmethod
    def is_of(base, device, folder, pid):
        """Whether it is the job meant, and none of others on this machine."""
        attributes = dict(
            base.execute("SELECT name, value FROM device_attribute WHERE device = ?", (device,)))
        path = attributes.get("path", "")
        if pid is not None and "pids" in attributes:
            return str(pid) in attributes["pids"].replace(",", " ").split()
        return path.startswith(folder) or not path.startswith("/")

    def last(self, column, scale=1.0):
        values = [row[column] for row in self.rows if row.get(column) is not None]
        return values[-1] * scale if values else None

    def points(self, column):
        return [(row["time"] / 1e9, row[column]) for row in self.rows if row.get(column) is not None]


def near(value, others, tolerance=TOLERANCE):
    return any(abs(value - other) <= abs(other) * tolerance / 100 + 6e-4 for other in others)


def losses_near(truth, step, slack):
    """The losses that a script said at about a step."""
    losses = {int(key): value for key, value in truth["losses"].items()}
    return [losses[near] for near in range(step - slack, step + slack + 1) if near in losses]


def judge(recording, truths, traits):
    """A verdict on each quantity; the last of `truths` is the one that the numbers are of.

    `traits` say how the log counts: `base` is 0 where the first step is called 0, `every` is how many
    steps lie between two reports, `tokens` whether it tells tokens at all.
    """
    truth = truths[-1]
    if truth is None or not truth["ends"]:
        return {name: Verdict("no run", True, "the script did not train") for name in QUANTITIES}
    if not recording.rows or recording.last("step") is None:
        verdicts = {name: Verdict.unknown(recording.reason) for name in QUANTITIES}
        if recording.last("loss_e6") is not None:
            verdicts = {name: Verdict.unknown("no step is told") for name in QUANTITIES}
            verdicts["loss"] = judge_epoch_losses(recording, truths)
        return verdicts
    every, base = traits.get("every", 1), traits.get("base", 1)
    ends = dict((step, end) for step, end in truth["ends"])
    verdicts = {}

    # Where a log counts from 0, the step that is done is one more than the one it names.
    said = recording.last("step") + (1 - base)
    last = truth["last_step"] // every * every
    if traits.get("all", True) and said not in (last, truth["last_step"]):
        verdicts["step"] = Verdict(f"WRONG {said}", True, f"{said} said, {last} true")
    else:
        verdicts["step"] = Verdict.error(said, said)

    verdicts["loss"] = judge_losses(recording, truths, base, traits.get("slack", 2))
    verdicts["tokens"] = judge_tokens(recording, truths, base)

    intervals = [
        later[1] - earlier[1] for earlier, later in zip(truth["ends"], truth["ends"][1:])
        if not any(earlier[1] - 0.02 <= begin <= later[1] for _, _, begin, _ in truth["evaluations"])]
    job = recording.job or {}
    median = statistics.median(intervals)
    if job.get("median_step_seconds"):
        verdicts["step time"] = Verdict.error(job["median_step_seconds"], median, STEP_TIME_TOLERANCE)
    else:
        verdicts["step time"] = Verdict.unknown("the report tells no step time")

    verdicts["J/step"] = judge_joules(recording, truths, ends, base)
    verdicts["J/token"] = judge_token_joules(job, truth, verdicts["J/step"])
    return verdicts


def judge_losses(recording, truths, base, slack):
    """Every loss of the recording must have been said at about its step."""
    count, last = 0, None
    for row in recording.rows:
        if row.get("loss_e6") is None:
            continue
        loss, step = row["loss_e6"] / 1e6, row.get("step")
        near_by = sum((losses_near(truth, (step or 0) + 1 - base, slack) for truth in truths), [])
        if not near(loss, near_by):
            return Verdict(f"WRONG {loss:.4g}", True, f"{loss:.4g} at step {step}; true {near_by}")
        count, last = count + 1, loss
    if not count:
        return Verdict.unknown("no loss is told")
    final = list(truths[-1]["losses"].values())[-1]
    said = recording.job and recording.job.get("loss")
    if said is None:
        return Verdict.unknown("the report tells no loss")
    ends = losses_near(truths[-1], truths[-1]["last_step"], max(slack, 5))
    best = min(ends or [final], key=lambda loss: abs(loss - said))
    return Verdict.error(said, best)


def judge_epoch_losses(recording, truths):
    """Losses without a step: those of epochs, or any that the script said."""
    said = sum((truth["epoch_losses"] + list(truth["losses"].values()) for truth in truths), [])
    for _, loss in recording.points("loss_e6"):
        if not near(loss / 1e6, said):
            return Verdict(f"WRONG {loss / 1e6:.4g}", True, f"{loss / 1e6:.4g}; the script said no such loss")
    last = truths[-1]["epoch_losses"][-1:] or list(truths[-1]["losses"].values())[-1:]
    return Verdict.error(recording.last("loss_e6", 1e-6), last[0])


def judge_tokens(recording, truths, base):
    """Tokens since the beginning of training must be those of their step."""
    truth = truths[-1]
    said = recording.last("tokens")
    if said is None:
        return Verdict.unknown("no tokens are told")
    if not truth["tokens"]:
        return Verdict(f"WRONG {said}", True, f"{said} tokens, where the script knows of none")
    rows = [row for row in recording.rows if row.get("tokens") is not None and row.get("step")]
    if not rows:
        return Verdict.error(said, list(truth["tokens"].values())[-1])
    first, last = rows[0], rows[-1]
    done = last["step"] - first["step"]
    if done > 0 and len(truths) == 1:
        return Verdict.error((last["tokens"] - first["tokens"]) / done, tokens_per_step(truth))
    # Where a log counts from 0, its tokens may be those before the step or after.
    true = [truth["tokens"].get(str(int(last["step"]) + more)) for more in {0, 1 - base}]
    true = [tokens for tokens in true if tokens is not None] or list(truth["tokens"].values())[-1:]
    return Verdict.error(last["tokens"], min(true, key=lambda tokens: abs(tokens - last["tokens"])))


def tokens_per_step(truth):
    (first, fewer), (last, more) = list(truth["tokens"].items())[0], list(truth["tokens"].items())[-1]
    return (more - fewer) / (int(last) - int(first))


def judge_joules(recording, truths, ends, base):
    """Joules for a step, over the steps that the recording saw; then those of a token's share.

    How late the first and the last report were heard is a matter of its own: where the window is
    longer or shorter than the script's by no more than EDGE, that is taken out, and told behind.
    """
    job = recording.job or {}
    if job.get("joules_per_step") is None:
        return Verdict.unknown(job.get("joules_unknown_because") or "no cost is stated")
    truth, said = truths[-1], job["joules_per_step"]
    begins = dict((step, end) for step, end in truths[0]["ends"])
    seen = [step + 1 - base for _, step in recording.points("step") if step + 1 - base in begins]
    last, choices = truth["last_step"], []
    for first, begin in ((min(seen, default=None), begins), (truth["ends"][0][0], ends)):
        if first is not None and first < last:
            choices.append((begin[first], ends[last], last - first))
    if len(truths) > 1 and choices:
        # All that was done, also what was done again, without the time between the two.
        runs = [(run["ends"][0], run["ends"][-1]) for run in truths]
        steps = sum(end[0] - begin[0] for begin, end in runs)
        joules = sum(watts.energy(begin[1], end[1]) for begin, end in runs)
        choices.append((runs[0][0][1], runs[-1][1][1], steps, joules))
    if not choices:
        return Verdict("WRONG", True, "a cost of one step")

    def true(choice):
        begin, end, steps = choice[:3]
        return (choice[3] if len(choice) > 3 else watts.energy(begin, end)) / steps

    def late(choice):
        seconds = job.get("seconds")
        return 0 if seconds is None else seconds - (choice[1] - choice[0])

    def rest(choice):
        """The error that the edges do not explain."""
        heard = recording.points("step")[0][0]
        if len(truths) == 1 and abs(heard - choice[0]) <= EDGE and abs(late(choice)) <= EDGE:
            own = watts.energy(heard, heard + choice[1] - choice[0] + late(choice))
            return said / (own / choice[2]) - 1
        edge = late(choice) if abs(late(choice)) <= EDGE else 0
        mean = true(choice) * choice[2] / (choice[1] - choice[0])
        return said / (true(choice) + edge * mean / choice[2]) - 1

    choice = min(choices, key=lambda choice: abs(rest(choice)))
    # Where there are two stretches, the power at their edges is known to within a third.
    doubt = abs(late(choice)) / 3 if len(truths) > 1 else 0
    tolerance = TOLERANCE + 100 * doubt / (choice[1] - choice[0])
    error = (said / true(choice) - 1) * 100
    verdict = Verdict.error(1 + rest(choice), 1, tolerance)
    verdict.true = true(choice)
    verdict.reason = (
        f"{said:.4g} J said and {true(choice):.4g} J true, over {job['steps']:.0f} steps and "
        f"{job.get('seconds') or 0:.2f} s, in truth {choice[2]} and {choice[1] - choice[0]:.2f} s")
    if abs(error) > TOLERANCE and not verdict.wrong:
        verdict.text = f"{error:+.1f} %, edge {late(choice):+.2f} s"
    return verdict


def judge_token_joules(job, truth, per_step):
    """Joules for a token: as wrong as those for a step, and no more."""
    said = job.get("joules_per_token")
    if said is None:
        return Verdict.unknown(job.get("joules_unknown_because", "no tokens are told"))
    if not truth["tokens"]:
        return Verdict("WRONG", True, f"{said:.4g} J said, and the script knows of no tokens")
    if per_step.true:
        exact = Verdict.error(said, per_step.true / tokens_per_step(truth))
        if not exact.wrong:
            return exact
    if job.get("joules_per_step") is None:
        return Verdict("WRONG", True, f"{said:.4g} J for a token said, and none for a step")
    ratio = Verdict.error(job["joules_per_step"] / said, tokens_per_step(truth))
    if ratio.wrong:
        ratio.reason += ", tokens for a step"
        return ratio
    return per_step
