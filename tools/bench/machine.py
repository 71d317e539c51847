# SPDX-License-Identifier: GPL-2.0-only
"""The machine that the benchmark runs on: a QEMU of its own that boots a kernel with
an initramfs holding busybox, the module and the benchmark, and nothing else.  The
ordinary test VM (tools/vm) has a root over 9p, which costs the counts their
exactness; this one does not know what is measured."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / "build"

# One nanosecond of the guest's clock is one instruction: see QEMU's -icount.
COUNTED = ["-accel", "tcg", "-icount", "shift=0,sleep=off", "-smp", "1", "-seed", "1",
           "-rtc", "base=2026-01-01T00:00:00,clock=vm"]
PARALLEL = ["-accel", "tcg,thread=multi", "-smp", "2"]
COUNTED_ARGS = "nokaslr tsc=reliable mitigations=off"


class Failed(Exception):
    """Something outside the benchmark went wrong: no kernel, no module, no end."""


def output(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    if done.returncode:
        raise Failed(f"{' '.join(map(str, command))}: exit status {done.returncode}")
    return done.stdout.strip()


def built(name, sources, *options):
    target = BUILD / "bench" / name
    inputs = [*sources, *HERE.glob("*.h"), ROOT / "uapi/linux/mailslot.h"]
    if not target.exists() or target.stat().st_mtime < max(f.stat().st_mtime for f in inputs):
        target.parent.mkdir(parents=True, exist_ok=True)
        output("gcc", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-I", ROOT / "uapi",
               "-o", target, *sources, *options)
    return target


def program():
    """Builds the benchmark, statically: the machine has no libraries."""
    sources = sorted(set(HERE.glob("*.c")) - {HERE / "peer-zeromq.c"})
    return built("bench", sources, "-static", "-no-pie")


def linked_program():
    """The same with the peers that are libraries; None where the packages are not there."""
    found = subprocess.run(["g++", "-E", "-x", "c++", "-", "-o", os.devnull], text=True,
                           input="#include <zmq.h>\n#include <boost/version.hpp>\n",
                           stderr=subprocess.DEVNULL)
    if found.returncode:
        return None
    sources = sorted([*HERE.glob("*.c"), *HERE.glob("*.cc")])
    return built("bench-linked", sources, "-lzmq", "-lstdc++")


def libraries(path):
    """The shared libraries of a program, and what loads them."""
    return re.findall(r"(/\S+) \(0x", output("ldd", path))


def module(kernel):
    path = BUILD / kernel / "kmod" / "mailslot.ko"
    output("make", "-s", "module", f"KERNEL={kernel}")
    if not path.exists():
        raise Failed(f"make module KERNEL={kernel} left no {path}")
    return path


def newc(files):
    """A cpio archive of (name, mode, contents), with the same bytes each time."""
    archive = bytearray()
    entries = [*files, ("TRAILER!!!", 0, b"")]
    for inode, (name, mode, data) in enumerate(entries, 1):
        path = name.encode() + b"\0"
        fields = (inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(path), 0)
        archive += b"070701" + b"".join(b"%08X" % field for field in fields) + path
        archive += bytes(-len(archive) % 4) + data
        archive += bytes(-len(archive) % 4)
    return bytes(archive)


def initramfs(command, ko, linked):
    busybox = shutil.which("busybox")
    if not busybox:
        raise Failed("no busybox: run 'make setup'")
    names = {"bin", "dev", "proc", "sys", "tmp"}
    files = [("init", 0o100755, (HERE / "init.sh").read_bytes()),
             ("bin/busybox", 0o100755, pathlib.Path(busybox).read_bytes()),
             ("bench", 0o100755, program().read_bytes()),
             ("command", 0o100644, command.encode() + b"\n")]
    if ko:
        files.append(("mailslot.ko", 0o100644, ko.read_bytes()))
    if linked:
        files.append(("bench-linked", 0o100755, linked.read_bytes()))
        for library in libraries(linked):
            files.append((library[1:], 0o100755, pathlib.Path(library).read_bytes()))
            names.update(str(directory) for directory in pathlib.Path(library[1:]).parents)
    directories = [(name, 0o040755, b"") for name in sorted(names - {"."})]
    return newc(directories + files)


class Machine:
    """One boot of one kernel that runs one command."""

    def __init__(self, kernel, command, ko, counted=True, memory="2G", linked=None):
        self.directory = tempfile.TemporaryDirectory(prefix="mailslot-bench.")
        self.path = pathlib.Path(self.directory.name)
        (self.path / "initramfs").write_bytes(initramfs(command, ko, linked))
        image = output(HERE.parent / "vm" / "kernel.sh", kernel, "image")
        self.qemu = ["qemu-system-x86_64", "-machine", "q35", "-cpu", "max", "-m", memory,
                     "-nodefaults", "-display", "none", "-no-reboot",
                     *(COUNTED if counted else PARALLEL),
                     "-kernel", image, "-initrd", self.path / "initramfs",
                     "-serial", f"file:{self.path}/console",
                     "-serial", f"file:{self.path}/results",
                     "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
                     "-append", "console=ttyS0 panic=-1 oops=panic quiet "
                     + (COUNTED_ARGS if counted else "")]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.directory.cleanup()

    def run(self, limit):
        """Waits for the end; returns the objects that the command printed."""
        try:
            status = subprocess.run(self.qemu, timeout=limit, stdin=subprocess.DEVNULL).returncode
        except subprocess.TimeoutExpired:
            raise Failed(f"no end after {limit} s:\n{self.console()}")
        return self.results(status)

    def console(self):
        path = self.path / "console"
        return path.read_text(errors="replace")[-4000:] if path.exists() else ""

    def results(self, status):
        path = self.path / "results"
        text = path.read_text(errors="replace") if path.exists() else ""
        objects = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        # The exit device ends QEMU with twice the value and one more; a panic with 0.
        if status != 1 or not objects or objects.pop() != {"exit": 0}:
            raise Failed(f"QEMU ended with {status}; {len(objects)} results; console:\n{self.console()}")
        return objects
