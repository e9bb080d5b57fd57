"""Runs apt-get, with patience for whoever else does."""
import os
import re
import subprocess

from told import say

LOG = "/var/log/dictumal-apt.log"


def apt(words, *arguments):
    """Runs apt-get, telling the log how far it is, and gives its status and first error."""
    told, telling = os.pipe()
    options = ["-y", "-q", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3", "-o", "Dpkg::Use-Pty=0",
               "-o", f"APT::Status-Fd={telling}"]
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive", LC_ALL="C.UTF-8",
                       NEEDRESTART_MODE="l", NEEDRESTART_SUSPEND="1")
    with open(LOG, "a+", encoding="utf-8") as log:
        begin = log.seek(0, os.SEEK_END)
        process = subprocess.Popen(["apt-get", *options, *arguments], env=environment, pass_fds=[telling],
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        os.close(telling)
        follow(told, words)
        code = process.wait()
        log.seek(begin)
        errors = [line[3:].strip() for line in log if line.startswith("E: ")]
    return code, (errors[0] if errors else f"apt-get ended with status {code}")


def follow(told, words):
    """Says each tenth of what there are words for, until apt closes the pipe."""
    said = set()
    with os.fdopen(told, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            kind, _, rest = line.partition(":")
            tenth = re.match(r"[^:]*:(\d+)\d[.:]", rest)
            if kind in words and tenth and (kind, tenth[1]) not in said:
                said.add((kind, tenth[1]))
                say(f"{words[kind]}: {tenth[1]}0 %")
