"""Installs packages: the machine's own, the stream's and the constitution's."""
import re
import subprocess
import time

import browser
from apt import apt
from told import Failed, run, say

TIMERS = ["apt-daily.timer", "apt-daily-upgrade.timer"]
UPGRADES = ["apt-daily.service", "apt-daily-upgrade.service", "unattended-upgrades.service"]


def installed():
    listed = run("dpkg-query", "-W", "-f", "${db:Status-Abbrev} ${Package}\n")
    return {line.split()[-1] for line in listed.splitlines() if line.startswith("ii")}


def own_packages(stream):
    names = listed("/usr/lib/dictumal/packages")
    return names + listed("/usr/lib/dictumal/packages.guacamole") if stream == "guacamole" else names


def listed(path):
    with open(path, encoding="utf-8") as names:
        return [name for name in map(str.strip, names) if name and not name.startswith("#")]


def packages(spec):
    present = installed()
    wanted = list(dict.fromkeys(map(browser.known_as, spec["packages"])))
    names = list(dict.fromkeys([*map(browser.known_as, own_packages(spec["stream"])), *wanted]))
    missing = [name for name in names if name not in present]
    if not missing:
        return
    subprocess.run(["systemctl", "stop", *TIMERS], stderr=subprocess.DEVNULL)
    # An upgrade that has begun is waited for, by apt's lock.
    subprocess.run(["systemctl", "stop", "--no-block", *UPGRADES], stderr=subprocess.DEVNULL)
    refresh()
    if "firefox" in missing and not browser.prepare():
        if "firefox" in wanted:
            raise Failed("bootstrap-failed", "Firefox cannot be had: Mozilla's repository did not answer as expected.")
        missing.remove("firefox")
    for name in wanted:
        if name not in present:
            require_known(name)
    say(f"Installing packages: {summary(missing)}")
    install(missing)
    browser.adopt()
    subprocess.run(["systemctl", "start", *TIMERS], stderr=subprocess.DEVNULL)


def summary(names):
    if len(names) <= 8:
        return ", ".join(names)
    return ", ".join(names[:6]) + f" and {len(names) - 6} more"


def refresh():
    """Reads the package lists; the network may still be on its way."""
    say("Reading package lists")
    for attempt in range(20):
        code, error = apt({}, "update", "--error-on=any", "-o", "Acquire::Languages=none")
        if code == 0:
            return
        time.sleep(min(1 + attempt, 5))
    raise Failed("bootstrap-failed", f"The package lists could not be read: {error}")


def require_known(name):
    # Exactly this name: apt would take an unknown one that holds a dot for a pattern.
    if name not in run("apt-cache", "pkgnames", "--", name).split():
        raise Failed("package-unknown", f"There is no package named {name}; correct software.packages.")


def install(names):
    words = {"dlstatus": "Downloading packages", "pmstatus": "Installing packages"}
    code, error = apt(words, "install", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold",
                      "-o", "Dpkg::Options::=--force-unsafe-io", "--", *names)
    if code == 0:
        return
    unknown = re.search(r"locate package (\S+)|Package '?([^\s']+)'? (?:has no installation|is not available)", error)
    if unknown:
        name = unknown[1] or unknown[2]
        raise Failed("package-unknown", f"The package {name} cannot be installed; correct software.packages.")
    raise Failed("bootstrap-failed", f"The packages could not be installed: {error}")
