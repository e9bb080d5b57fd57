"""Runs what the steps need, and tells how it went: to people in the log."""
import subprocess
import time

LOG = "/var/log/dictumal-init.log"


class Failed(Exception):
    """Ends the bootstrap with a word for programs and a sentence for people."""

    def __init__(self, reason, cause):
        super().__init__(cause)
        self.reason, self.cause = reason, cause


def say(text):
    with open(LOG, "a", encoding="utf-8") as log:
        log.write(time.strftime("%H:%M:%S ") + text + "\n")


def attempt(*command, **options):
    """Runs a command and gives its status and what it printed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, **options)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def run(*command):
    """Runs a command that must succeed and gives what it printed."""
    code, output = attempt(*command)
    if code != 0:
        raise Failed("bootstrap-failed", f"{command[0]} ended with status {code}: {last_line(output)}")
    return output


def last_line(output):
    return (output.strip().splitlines()[-1:] or ["no output"])[0][:300]
