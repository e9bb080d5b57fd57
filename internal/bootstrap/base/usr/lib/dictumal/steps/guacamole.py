"""Makes a machine of the guacamole stream: its wall, its images, its services.

HTTPS comes last, when the control plane has brought the certificate.
"""
import os
import time

from told import Failed, attempt, last_line, run, say

OPEN = ("22/tcp", "80/tcp", "443/tcp")
WALL = "/etc/dictumal/ufw"  # where it is, the wall of the native stream stays down
ATTEMPTS = 8
FINAL = ("manifest unknown", "not found", "denied", "unauthorized", "invalid reference")


def guacamole(spec):
    if spec["stream"] != "guacamole":
        return
    wall()
    for image in spec["images"]:
        fetch(image)
    say("Starting Guacamole")
    run("systemctl", "daemon-reload")
    run("systemctl", "enable", "--now", "--quiet", "guacd.service", "guacamole.service")


def wall():
    """Raises UFW before the wall that let nothing but SSH in goes down."""
    if os.path.exists(WALL):
        return
    say("Letting in SSH, HTTP and HTTPS only")
    run("ufw", "default", "deny", "incoming")
    for port in OPEN:
        run("ufw", "allow", port)
    run("ufw", "--force", "enable")
    run("systemctl", "enable", "--now", "--quiet", "ufw.service")
    with open(WALL, "w", encoding="utf-8") as mark:
        mark.write("UFW is this machine's wall.\n")
    run("systemctl", "stop", "dictumal-firewall.service")


def fetch(image):
    """Fetches an image that is not there yet; a registry that is down may come back."""
    if attempt("docker", "image", "inspect", "--", image)[0] == 0:
        return
    say(f"Fetching the image {image}")
    for number in range(ATTEMPTS):
        code, output = attempt("docker", "pull", "--quiet", "--", image)
        if code == 0:
            return
        words = last_line(output)
        if any(word in words for word in FINAL):
            break
        say(f"The registry says: {words}")
        time.sleep(min(2 << number, 30))
    raise Failed("bootstrap-failed", f"The image {image} could not be fetched: {words}. "
                 "Correct GUACAMOLE_IMAGE and GUACD_IMAGE, or see that the machine can reach the registry.")
