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
    verdicts["J/token"] = judge_token_joules(recording, truth, ends, verdicts["J/step"])
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
        # A line is told beside a bar that may not have been drawn for its step: one step at the edges.
        said = [(last["tokens"] - first["tokens"]) / (done + more) for more in (0, -1, 1) if done + more > 0]
        return Verdict.error(
            min(said, key=lambda each: abs(each - tokens_per_step(truth))), tokens_per_step(truth))
    # Where a log counts from 0, its tokens may be those before the step or after.
    true = [truth["tokens"].get(str(int(last["step"]) + more)) for more in {0, 1 - base}]
    true = [tokens for tokens in true if tokens is not None] or list(truth["tokens"].values())[-1:]
    return Verdict.error(last["tokens"], min(true, key=lambda tokens: abs(tokens - last["tokens"])))


def tokens_per_step(truth):
    (first, fewer), (last, more) = list(truth["tokens"].items())[0], list(truth["tokens"].items())[-1]
    return (more - fewer) / (int(last) - int(first))


def drawn(begin, end, holes):
    """The joules between two times without those of some stretches."""
    inside = [(max(begin, low), min(end, high)) for low, high in holes]
    return watts.energy(begin, end) - sum(watts.energy(low, high) for low, high in inside if low < high)


def stretch_error(said, heard, seconds, begin, end, count, holes):
    """The error of joules for each of `count`, done from `begin` to `end` in truth.

    How late the first and the last report were heard is a matter of its own: where both edges are off by
    no more than EDGE, the joules are those between the times at which they were heard. Returns the
    error, and by how much the stretch is longer than in truth; no error where an edge is further off.
    """
    late = seconds - (end - begin)
    if abs(heard - begin) > EDGE or abs(late) > EDGE:
        return None, late
    return said / (drawn(heard, heard + seconds, holes) / count) - 1, late


def judge_stretch(said, heard, seconds, begin, end, count, unit, holes):
    """The verdict on joules for each of `count`, with what is said and what is true behind it.

    `holes` are evaluations whose joules are not in it, as the report says.
    """
    # One that begins with the end of the last step is none of the stretch.
    holes = [(low, high) for low, high in holes if begin <= low < end - 0.005]
    true = drawn(begin, end, holes) / count
    rest, late = stretch_error(said, heard, seconds, begin, end, count, holes)
    error = said / true - 1
    verdict = Verdict.error(1 + min(error, error if rest is None else rest, key=abs), 1)
    if rest is None and not verdict.wrong:
        verdict = Verdict("WRONG", True)
    verdict.true = true
    verdict.reason = (
        f"{said:.4g} J a {unit} said and {true:.4g} J true, over {seconds:.2f} s from {heard:.2f}, "
        f"in truth {count} in {end - begin:.2f} s from {begin:.2f}")
    if abs(error) > TOLERANCE / 100 and not verdict.wrong:
        verdict.text = f"{100 * error:+.1f} %, edge {late:+.2f} s"
    return verdict


def holes(job, truth):
    """The evaluations whose joules the report leaves out of those of a step."""
    apart = [pause for pause in job.get("pauses", [])
             if pause["kind"] == "evaluation" and not pause["in_joules_per_step"]]
    return [(begin, end) for _, _, begin, end in truth["evaluations"]] if apart else []


def last_life(recording, truths, base):
    """The rows of the last life of the job, and what is wrong with how its lives are told."""
    runs = (recording.job or {}).get("runs", [])
    points = [(time, step + 1 - base) for time, step in recording.points("step")]
    if len(truths) == 1:
        return points, "one run is told as several" if runs else ""
    begun = truths[-1]["ends"][0][1]
    if not any(time < begun for time, _ in points):
        return points, ""
    if len(runs) != 2:
        return points, f"{max(1, len(runs))} runs are told, and there were 2"
    run = runs[-1]
    if run.get("began_by") != "resumed":
        return points, f"the second run {run.get('began_by')}, and was resumed"
    # What was done twice, as far as two reports show it.
    redone = max(0, truths[0]["last_step"] - (run["first_step"] + 1 - base))
    apart = max([1] + [later[1] - earlier[1] for earlier, later in zip(points, points[1:])])
    if abs(run["redone_steps"] - redone) > apart:
        return points, f"{run['redone_steps']} steps are told as done again, {redone} were"
    return [point for point in points if point[0] >= run["started"] - 1e-3], ""


def judge_joules(recording, truths, ends, base):
    """Joules for a step, over the steps of the last run that the recording saw."""
    job = recording.job or {}
    points, fault = last_life(recording, truths, base)
    if fault:
        return Verdict("WRONG", True, fault)
    if job.get("joules_per_step") is None:
        return Verdict.unknown(job.get("joules_unknown_because") or "no cost is stated")
    seen = [(time, step) for time, step in points if step in ends]
    if not seen or seen[0][1] >= seen[-1][1]:
        return Verdict("WRONG", True, "a cost of one step")
    (heard, first), (_, last) = seen[0], seen[-1]
    return judge_stretch(
        job["joules_per_step"], heard, job["seconds"], ends[first], ends[last], last - first, "step",
        holes(job, truths[-1]))


def judge_token_joules(recording, truth, ends, per_step):
    """Joules for a token, over the stretch between two counts of tokens that the report names."""
    job = recording.job or {}
    said, over = job.get("joules_per_token"), job.get("tokens_over")
    if said is None:
        return Verdict.unknown(job.get("joules_unknown_because", "no tokens are told"))
    if not truth["tokens"]:
        return Verdict("WRONG", True, f"{said:.4g} J said, and the script knows of no tokens")
    if per_step.true:
        exact = Verdict.error(said, per_step.true / tokens_per_step(truth))
        if not exact.wrong:
            return exact
    if over is None:
        return Verdict("WRONG", True, f"{said:.4g} J for a token said, over nobody knows what")
    begin, end = (
        min(ends.items(), key=lambda item: abs(item[1] - time))
        for time in (over["started"], over["started"] + over["seconds"]))
    if end[0] <= begin[0]:
        return Verdict("WRONG", True, "a cost of the tokens of one step")
    tokens = (end[0] - begin[0]) * tokens_per_step(truth)
    return judge_stretch(
        said, over["started"], over["seconds"], begin[1], end[1], tokens,
        "token", holes(job, truth))
