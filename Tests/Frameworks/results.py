"""Writes the table of results as Markdown."""

from verdicts import QUANTITIES, TOLERANCE, EDGE


def write(path, lines, faults, reasons, versions, date):
    with open(path, "w") as file:
        file.write(HEAD.format(versions=versions, tolerance=TOLERANCE, edge=EDGE, date=date))
        file.write("| framework | way | " + " | ".join(QUANTITIES) + " |\n")
        file.write("|---|---|" + "---|" * len(QUANTITIES) + "\n")
        for line in lines:
            file.write("| " + " | ".join(line) + " |\n")
        for title, texts in (("Wrong", faults), ("Unknown", reasons)):
            if texts:
                file.write(f"\n## {title}\n\n")
                for text in texts:
                    file.write(f"- {text}\n")
