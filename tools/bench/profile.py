#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Where the instructions of one message go: every instruction that is executed between
two marks, in the program, the kernel and the module, by function.

It runs a line (a stream, a ping-pong, one writer, create-destroy, open-close-1) on one peer in the counted machine, has QEMU log each executed
instruction while a few rounds run, and takes the median round: the one without a timer
tick in it.  A copied byte (rep movsb) counts one, as the benchmark's clock counts.

  tools/bench/profile.py -k 6.1                 a message of 64 bytes through mailslot
  tools/bench/profile.py -k 6.12 -l 4K -p pipe  another line, another peer
  tools/bench/profile.py -l open-close-1          a client's open and close
  tools/bench/profile.py -l 64-pingpong -p ring   both processes of a round trip
  tools/bench/profile.py -l 64-writers-1          a writer and its reader, 256 messages
  tools/bench/profile.py -k 6.1 --path          each instruction's address in order
  tools/bench/profile.py -k 6.1 --calls         the order in which functions were run
"""
import argparse
import base64
import bisect
import gzip
import json
import pathlib
import re
import socket
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import machine

ROUNDS = 9
TRACE = re.compile(rb"^Trace \d+: 0x[0-9a-f]+ \[[0-9a-f]+/([0-9a-f]+)/")


class Symbols:
    """Names of addresses: the kernel's and the modules' by the machine's own kallsyms
    (it boots without address randomisation), the program's by nm."""

    def __init__(self, program, kallsyms):
        lines = machine.output("nm", "-n", program).splitlines() + kallsyms
        found = {}
        for line in lines:
            words = line.split()
            if len(words) < 3 or words[1] not in "tTwWiV":
                continue
            name = words[2] + ("" if len(words) == 3 else f" {words[3]}")
            found.setdefault(int(words[0], 16), name)
        self.found = {name: address for address, name in found.items()}
        self.addresses = sorted(found)
        self.names = [found[address] for address in self.addresses]

    def name(self, address):
        return self.names[bisect.bisect_right(self.addresses, address) - 1]

    def start(self, address):
        return self.addresses[bisect.bisect_right(self.addresses, address) - 1]


class Tracer(machine.Machine):
    """The counted machine with a log of what it executes, switched on while it waits."""

    def __init__(self, *args):
        super().__init__(*args)
        self.log = self.path / "log"
        self.qemu += ["-serial", f"unix:{self.path}/gate,server=on,wait=off",
                      "-monitor", f"unix:{self.path}/monitor,server=on,wait=off",
                      "-D", self.log]

    def connect(self, name, limit):
        end = time.monotonic() + limit
        while True:
            try:
                there = socket.socket(socket.AF_UNIX)
                there.settimeout(limit)
                there.connect(str(self.path / name))
                return there
            except OSError:
                there.close()
                if time.monotonic() > end:
                    raise machine.Failed(f"QEMU opened no {name}")
                time.sleep(0.1)

    @staticmethod
    def say(monitor, *lines):
        for line in lines:
            monitor.sendall(line.encode() + b"\n")
            reply = b""
            while not reply.rstrip().endswith(b"(qemu)"):
                more = monitor.recv(65536)
                if not more:
                    raise machine.Failed("QEMU closed its monitor")
                reply += more

    def gate(self, gate, monitor, limit, *lines):
        """Waits until the program has come to the gate, and lets it pass."""
        gate.settimeout(limit)
        if not gate.recv(1):
            raise machine.Failed(f"the machine ended early:\n{self.console()}")
        self.say(monitor, *lines)
        gate.sendall(b"g")

    def run(self, limit):
        qemu = subprocess.Popen(self.qemu, stdin=subprocess.DEVNULL)
        try:
            gate = self.connect("gate", 30)
            monitor = self.connect("monitor", 30)
            self.say(monitor, "")
            # One instruction a block and no jumping from block to block: every
            # instruction is a line of the log.
            self.gate(gate, monitor, limit, "singlestep on", "log exec,nochain")
            self.gate(gate, monitor, limit, "log none", "singlestep off")
            return self.results(qemu.wait(limit))
        except (subprocess.TimeoutExpired, TimeoutError):
            raise machine.Failed(f"no end after {limit} s:\n{self.console()}")
        finally:
            qemu.kill()
            qemu.wait()

    def rounds(self, begin, end):
        """Addresses executed from each begin to the end that follows."""
        inside = None
        with open(self.log, "rb") as log:
            for line in log:
                match = TRACE.match(line)
                if not match:
                    continue
                address = int(match[1], 16)
                if address == begin:
                    inside = []
                elif address == end and inside is not None:
                    yield inside
                    inside = None
                elif inside is not None:
                    inside.append(address)


def by_function(symbols, addresses):
    counts = {}
    for address in addresses:
        name = symbols.name(address)
        counts[name] = counts.get(name, 0) + 1
    return sorted(counts.items(), key=lambda item: -item[1])


def runs(symbols, addresses):
    """(name, instructions, entered) for each stretch spent in one function."""
    current, count, entered = None, 0, False
    for address in addresses:
        name = symbols.name(address)
        if name != current:
            if current:
                yield current, count, entered
            current, count, entered = name, 0, address == symbols.start(address)
        count += 1
    yield current, count, entered


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-k", "--kernel", default="6.1", choices=["6.1", "6.12"])
    parser.add_argument("-l", "--line", default="64")
    parser.add_argument("-p", "--peer", default="mailslot")
    parser.add_argument("-m", "--module", type=pathlib.Path)
    parser.add_argument("--limit", type=int, default=300, help="seconds until it counts as hung")
    parser.add_argument("--json", type=pathlib.Path, help="write the counts there as well")
    parser.add_argument("--path", action="store_true", help="each address in order")
    parser.add_argument("--calls", action="store_true", help="each stretch in order")
    args = parser.parse_args()

    ko = args.module
    if not ko and args.peer in ("mailslot", "ring", "instance"):
        ko = machine.module(args.kernel)
    # The serial line is the slow part: only functions, and packed.
    command = (f"/bench -T {ROUNDS} -l {args.line} -p {args.peer} && grep -i ' [tw] ' "
               "/proc/kallsyms | gzip | base64 -w 1000 | sed 's/.*/{\"packed\":\"&\"}/'")
    with Tracer(args.kernel, command, ko) as vm:
        packed = "".join(one["packed"] for one in vm.run(args.limit))
        kallsyms = gzip.decompress(base64.b64decode(packed)).decode().splitlines()
        symbols = Symbols(machine.program(), kallsyms)
        rounds = list(vm.rounds(symbols.found["trace_begin"], symbols.found["trace_end"]))
    if len(rounds) != ROUNDS:
        raise machine.Failed(f"{len(rounds)} rounds in the log, not {ROUNDS}")
    middle = sorted(rounds, key=len)[ROUNDS // 2]
    if args.path:
        for address in middle:
            start = symbols.start(address)
            print(f"{address:x} {symbols.name(address)}+{address - start:#x}")
        return
    if args.calls:
        for name, count, entered in runs(symbols, middle):
            print(f"{count:6} {'>' if entered else ' '} {name}")
        return
    counts = by_function(symbols, middle)
    if args.json:
        args.json.write_text(json.dumps({"kernel": args.kernel, "line": args.line,
                                         "peer": args.peer, "functions": dict(counts)},
                                        indent=1) + "\n")
    print(f"{args.kernel}, {args.line}, {args.peer}: {len(middle)} instructions a round "
          f"(rounds: {' '.join(str(len(one)) for one in rounds)})")
    for name, count in counts:
        print(f"{count:6} {count / len(middle):6.1%}  {name}")


if __name__ == "__main__":
    try:
        main()
    except machine.Failed as error:
        sys.exit(f"profile: {error}")
