"""Writes the table of results as Markdown."""

from verdicts import EDGE, QUANTITIES, STEP_TIME_TOLERANCE, TOLERANCE

HEAD = """# Real frameworks

What hippowatt says of real training frameworks beside what the scripts wrote down of themselves:
`make frameworks` writes this page. {versions}.

Each script trains a tiny model for sixty steps of some 0.11 s, while a GPU that is made up draws a
power that is known at every moment. A cell is the error in per cent; {tolerance:g} % is allowed, and
{step_time:g} % of the time of so few and short steps. *unknown* says that hippowatt states no number, and is
no fault. *edge* is by how much the stretch from the first report to the last is longer than in truth,
because a file is read once a second: no more than {edge:g} s, which a run of minutes does not notice.

Where a run failed and was resumed, two runs must be told, the second one as resumed, with the steps that were
done twice; the joules of a step are those of the second. Joules for a token are judged over the stretch
between two counts of tokens that the report names; evaluations are out of both where the report says so.

"""


def write(path, lines, faults, reasons, versions):
    with open(path, "w") as file:
        file.write(
            HEAD.format(
                versions=versions, tolerance=TOLERANCE, edge=EDGE, step_time=STEP_TIME_TOLERANCE))
        file.write("| framework | way | " + " | ".join(QUANTITIES) + " |\n")
        file.write("|---|---|" + "---|" * len(QUANTITIES) + "\n")
        for line in lines:
            file.write("| " + " | ".join(line) + " |\n")
        for title, texts in (("Wrong", faults), ("Unknown", reasons)):
            if texts:
                file.write(f"\n## {title}\n\n")
                file.writelines(f"- {text}\n" for text in texts)
