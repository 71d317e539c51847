#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs the benchmark of mailslot beside its peers and shows the result.

Counted (the default): a machine of one CPU whose clock counts executed instructions.
The same build gives the same figures on every host, however busy.  --wall: the
two-CPU machine and its clock, in interleaved rounds, for what counting cannot see:
contention.  --here: the same on this machine, with the module loaded.

Results go to build/bench/KERNEL-MODE.json and, as a chart, .svg; the table shows each peer's cost per
message and, last, mailslot's as a share of the best peer's: below 1 it is ahead."""
import argparse
import json
import pathlib
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
import chart
import machine
import report

KERNELS = ["6.1", "6.12"]
# What two CPUs are for; the rest is better counted.
WALL_LINES = [f"64-writers-{n}" for n in (1, 2, 4, 8, 16)] + ["64-pingpong"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--counted", dest="mode", action="store_const", const="counted")
    mode.add_argument("--wall", dest="mode", action="store_const", const="wall")
    mode.add_argument("--here", dest="mode", action="store_const", const="here")
    parser.add_argument("-k", "--kernel", action="append", choices=KERNELS,
                        help="kernel to boot; may be repeated (both)")
    parser.add_argument("-b", "--budget", action="store_true", help="only the budget lines")
    parser.add_argument("-l", "--line", action="append", default=[], help="only this line")
    parser.add_argument("-p", "--peer", action="append", default=[], help="only this peer")
    parser.add_argument("-r", "--rounds", type=int, help="interleaved rounds (wall: 11)")
    parser.add_argument("-m", "--module", type=pathlib.Path,
                        help="this mailslot.ko instead of building one")
    parser.add_argument("-t", "--limit", type=int, default=1800,
                        help="seconds until a machine counts as hung")
    parser.set_defaults(mode="counted")
    return parser.parse_args()


def words_for(args, peers):
    rounds = args.rounds or (1 if args.mode == "counted" else 11)
    lines = args.line
    if not lines and not args.budget and args.mode != "counted":
        lines = WALL_LINES
    words = ["-r", str(rounds), "-t", "2e7" if args.mode == "counted" else "5e7"]
    words += ["-b"] if args.budget else []
    for line in lines:
        words += ["-l", line]
    for peer in peers:
        words += ["-p", peer]
    return words


def calls(args):
    """The words of each program's call, by program; the peers that are libraries have one of their own."""
    own = [peer for peer in args.peer if peer not in report.LIBRARIES]
    libraries = [peer for peer in report.LIBRARIES if peer in args.peer or not args.peer]
    result = {}
    if own or not args.peer:
        result[machine.program()] = words_for(args, own)
    if libraries and not args.budget:
        if linked := machine.linked_program():
            result[linked] = words_for(args, libraries)
        else:
            print("bench: without libzmq3-dev and libboost-dev there is no ZeroMQ and no Boost", file=sys.stderr)
    return result


def measure_here(programs):
    measurements = []
    for program, words in programs.items():
        done = subprocess.run([program, *words], stdout=subprocess.PIPE, text=True)
        if done.returncode:
            raise machine.Failed(f"{program.name} ended with {done.returncode}")
        measurements += [json.loads(line) for line in done.stdout.splitlines()]
    return measurements


def measure(args, kernel):
    programs = calls(args)
    if args.mode == "here":
        return measure_here(programs)
    ko = args.module or machine.module(kernel)
    command = " && ".join(f"/{program.name} {' '.join(words)}" for program, words in programs.items())
    linked = next((program for program in programs if program.name == "bench-linked"), None)
    if linked:
        command = "mkdir /dev/shm && mount -t tmpfs shm /dev/shm && " + command
    with machine.Machine(kernel, command, ko, counted=args.mode == "counted", linked=linked) as vm:
        return vm.run(args.limit)


def main():
    args = arguments()
    kernels = ["here"] if args.mode == "here" else args.kernel or KERNELS
    for kernel in kernels:
        result = report.Result(kernel, args.mode, measure(args, kernel))
        if not (args.line or args.peer or args.budget):
            directory = machine.BUILD / "bench"
            result.save(directory)
            if shutil.which("gnuplot"):
                chart.draw(result, directory / f"{kernel}-{args.mode}.svg")
        print(result.table())


if __name__ == "__main__":
    try:
        main()
    except machine.Failed as error:
        sys.exit(f"bench: {error}")
