"""Writes the constitution's files."""
import os

from told import Failed, say

FILES = "/var/lib/dictumal/payload/files"
HOME = "/home/dictumal"
USER = 1000


def files(spec):
    wanted = [("~/Desktop/Constitution.md", read("/etc/dictumal/constitution.md"), 0o444)]
    for number, path in enumerate(spec["files"]):
        wanted.append((path, read(f"{FILES}/{number}"), 0o644))
    as_user([file for file in wanted if file[0].startswith("~/")])
    for path, content, mode in wanted:
        if not path.startswith("~/"):
            write("/", path, content, mode)
    for path in spec["files"]:
        say(f"Wrote {path}")


def read(path):
    with open(path, "rb") as file:
        return file.read()


def as_user(wanted):
    """Writes files below the home directory with no right but the user's own."""
    told, telling = os.pipe()
    child = os.fork()
    if child == 0:
        fault = "?"
        try:
            os.setgroups([])
            os.setresgid(USER, USER, USER)
            os.setresuid(USER, USER, USER)
            for path, content, mode in wanted:
                write(HOME, path[2:], content, mode)
            fault = ""
        except OSError as error:
            fault = str(error)
        finally:
            os.write(telling, fault.encode("utf-8", "replace"))
            os._exit(0)
    os.close(telling)
    with os.fdopen(told, encoding="utf-8", errors="replace") as faults:
        fault = faults.read()
    os.waitpid(child, 0)
    if fault:
        raise Failed("bootstrap-failed", f"A file of the constitution could not be written: {fault[:300]}.")


def write(root, path, content, mode):
    """Writes one file below root, through no link."""
    os.umask(0o022)
    *folders, name = [part for part in path.split("/") if part]
    if ".." in folders + [name]:
        raise OSError(22, "holds ..", path)
    place = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    for folder in folders:
        try:
            os.mkdir(folder, 0o755, dir_fd=place)
        except FileExistsError:
            pass
        place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=place)
    beside = f".{name}.dictumal"
    try:
        os.unlink(beside, dir_fd=place)
    except FileNotFoundError:
        pass
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with open(os.open(beside, flags, mode, dir_fd=place), "wb") as file:
        file.write(content)
    os.replace(beside, name, src_dir_fd=place, dst_dir_fd=place)
