"""Finds a Firefox. Debian has one; on Ubuntu it comes from Mozilla's own repository,
since what Ubuntu has under that name is not for machines like this one."""
import os
import tempfile

from apt import apt
from told import attempt, say

HOST = "https://packages.mozilla.org/apt"
KEY = "35BAA0B33E9EB396F59CA838C0BA5CE6DC6315A3"  # the fingerprint that Mozilla names
RING = "/usr/share/keyrings/mozilla.gpg"
SOURCE = "/etc/apt/sources.list.d/mozilla.sources"
PIN = "/etc/apt/preferences.d/mozilla"
PATIENCE = 15  # seconds


def distribution():
    with open("/etc/os-release", encoding="utf-8") as release:
        return dict(line.rstrip().split("=", 1) for line in release if "=" in line)["ID"].strip('"')


def known_as(name):
    """Debian's Firefox is the extended support release, which nobody else has."""
    if name in ("firefox", "firefox-esr"):
        return "firefox-esr" if distribution() == "debian" else "firefox"
    return name


def prepare():
    """Tells whether apt knows a Firefox, and teaches it where it does not."""
    if distribution() == "debian" or os.path.exists(SOURCE):
        return True
    fault = take_key() or read_list()
    if fault:
        say(f"Mozilla's repository cannot be used, so there is no Firefox: {fault}")
    return not fault


def adopt():
    """Lets what names Debian's Firefox, in panel, menu and settings, find the one that is there."""
    if distribution() == "debian":
        return
    for theirs, ours in (("/usr/bin/firefox", "/usr/local/bin/firefox-esr"),
                         ("/usr/share/applications/firefox.desktop", "/usr/share/applications/firefox-esr.desktop")):
        if os.path.exists(theirs) and not os.path.lexists(ours):
            os.symlink(theirs, ours)


def take_key():
    """Keeps the key of this fingerprint and no other that may come with it."""
    import urllib.request  # takes a while, and is seldom needed
    try:
        with urllib.request.urlopen(HOST + "/repo-signing-key.gpg", timeout=PATIENCE) as answer:
            text = answer.read(64 << 10)
    except OSError as error:
        return str(error)
    with tempfile.TemporaryDirectory() as home:
        with open(home + "/key", "wb") as file:
            file.write(text)
        gpg = ("gpg", "--batch", "--quiet", "--homedir", home)
        attempt(*gpg, "--import", home + "/key")
        attempt(*gpg, "--output", RING, "--yes", "--export", KEY)
    if not os.path.exists(RING) or os.path.getsize(RING) == 0:
        return "its key is not the one that is expected"
    return ""


def read_list():
    with open(SOURCE, "w", encoding="utf-8") as source:
        source.write(f"Types: deb\nURIs: {HOST}\nSuites: mozilla\nComponents: main\nSigned-By: {RING}\n")
    with open(PIN, "w", encoding="utf-8") as pin:
        pin.write("Package: firefox*\nPin: origin packages.mozilla.org\nPin-Priority: 1000\n")
    code, error = apt({}, "update", "--error-on=any", "-o", "Dir::Etc::sourcelist=" + SOURCE,
                      "-o", "Dir::Etc::sourceparts=-", "-o", "APT::Get::List-Cleanup=0")
    if code == 0:
        return ""
    os.remove(SOURCE)
    os.remove(PIN)
    return error
