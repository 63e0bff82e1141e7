"""A program on a pseudo terminal that answers as a terminal does, for measurements."""

import fcntl
import os
import pty
import select
import struct
import termios
import time

ANSWERS = {b"\x1b[c": b"\x1b[?62;22c", b"\x1b[5n": b"\x1b[0n"}


class Program:
    """Starts a program; its output is read, answered, counted and thrown away."""

    def __init__(self, command, size, environment=None):
        self.bytes = 0
        self.rest = b""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ.update({"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"})
            os.environ.update(environment or {})
            # The size is set before anything is drawn.
            os.read(0, 1)
            os.execvp(command[0], command)
        columns, rows = map(int, size.split("x"))
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.write(self.terminal, b"\n")

    def read(self, wait):
        """Reads what comes within so many seconds; None once the program is gone."""
        ready, _, _ = select.select([self.terminal], [], [], max(0, wait))
        if not ready:
            return b""
        try:
            data = os.read(self.terminal, 65536)
        except OSError:
            return None
        if not data:
            return None
        # A question may come in two parts.
        text = self.rest + data
        for question, answer in ANSWERS.items():
            for _ in range(text.count(question) - self.rest.count(question)):
                os.write(self.terminal, answer)
        self.rest = text[-(max(map(len, ANSWERS)) - 1):]
        self.bytes += len(data)
        return data

    def run(self, seconds):
        """Lets it run so long; false when it ended before."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if self.read(left) is None:
                return False
        return True

    def type(self, keys):
        os.write(self.terminal, keys.encode())

    def seconds_of_processor(self):
        """Of all its threads, as the scheduler counts them."""
        total = 0
        for thread in os.listdir(f"/proc/{self.pid}/task"):
            with open(f"/proc/{self.pid}/task/{thread}/schedstat") as file:
                total += int(file.read().split()[0])
        return total / 1e9

    def resident(self):
        with open(f"/proc/{self.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def quit(self):
        """Presses q and waits for the end; the exit status."""
        self.type("q")
        end = time.monotonic() + 60
        while time.monotonic() < end and self.read(0.1) is not None:
            pass
        os.close(self.terminal)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
