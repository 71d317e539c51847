#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Fails when mailslot has become dearer: one test a budget line, in the counted machine,
on the kernel named in $KERNEL, and for many writers to one reader.  Three things are
asked of a line: that it is within the design's ceiling, if it has one (budgets.json), that
it is ahead of every peer measured beside it, and that it is no worse than what was last accepted (accepted.json).  The last is asked
only of the kernel release it was accepted on: another one has other instructions.

  KERNEL=6.1 tools/bench/guard.py             prints TAP
  KERNEL=6.1 tools/bench/guard.py --accept    takes what is measured as accepted"""
import json
import os
import sys

sys.dont_write_bytecode = True
import machine
import report

# More than twice the largest difference seen between runs of one build: docs/performance.md.
TOLERANCE = 0.005
# A ceiling only: a queue that has no node and no sysfs directory is smaller, and less.
MEMORY = ("idle-bytes", "queued-64-bytes")
# Who runs when is the scheduler's choice, and a small change of code shifts it.
WRITERS = ("64-writers-2", "64-writers-4", "64-writers-8", "64-writers-16")
WRITERS_TOLERANCE = 0.25
ACCEPTED = machine.HERE / "accepted.json"


def load(path):
    return json.loads(path.read_text()) if path.exists() else {}


def complaints(result, line, ceiling, accepted):
    cost = result.cost(line, "mailslot")
    if cost is None or cost <= 0:
        return ["not measured"]
    found = []
    if ceiling is not None and cost > ceiling:
        found.append(f"over its budget of {ceiling}")
    if line not in MEMORY:
        best = result.best_peer(line)
        if best is None:
            found.append("no peer was measured")
        elif cost >= result.cost(line, best):
            found.append(f"behind {best}'s {result.cost(line, best):.0f}")
    tolerance = WRITERS_TOLERANCE if line in WRITERS else TOLERANCE
    if line not in MEMORY and accepted is not None and cost > accepted * (1 + tolerance):
        found.append(f"dearer than the {accepted:.0f} last accepted")
    return found


def main():
    kernel = os.environ.get("KERNEL", "6.12")
    release = machine.output(machine.HERE.parent / "vm" / "kernel.sh", kernel, "release")
    command = ("/bench -b && /bench -p mailslot" + "".join(f" -l {line}" for line in MEMORY)
               + " && /bench -p mailslot -p mq -p seqpacket"
               + "".join(f" -l {line}" for line in WRITERS))
    budgets = load(machine.HERE / "budgets.json")
    ceilings = {line: budgets.get(line, {}).get(kernel) for line in (*budgets, *WRITERS)}
    # Free memory is known to some 100 bytes a slot only: what is over once may be noise.
    for _ in range(3):
        with machine.Machine(kernel, command, machine.module(kernel)) as vm:
            result = report.Result(kernel, "counted", vm.run(500))
        if all((result.cost(line, "mailslot") or 0) <= budgets[line][kernel] for line in MEMORY):
            break
    accepted = load(ACCEPTED)
    if sys.argv[1:] == ["--accept"]:
        accepted[kernel] = {"release": release, "costs": {
            line: result.cost(line, "mailslot") for line in ceilings}}
        ACCEPTED.write_text(json.dumps(accepted, indent=1, sort_keys=True) + "\n")
        return
    last = accepted.get(kernel, {})
    same = last.get("release") == release
    if not same:
        print(f"# accepted on {last.get('release', 'no kernel yet')}, this is {release}")
    print(f"1..{len(ceilings)}")
    for number, (line, ceiling) in enumerate(ceilings.items(), 1):
        costs = last["costs"].get(line) if same else None
        found = complaints(result, line, ceiling, costs)
        text = report.number(result.cost(line, "mailslot"))
        print(f"{'not ok' if found else 'ok'} {number} - {line}: {text}"
              + (", " + ", ".join(found) if found else f" of {ceiling}" if ceiling else ""))
    print(result.table().replace("\n", "\n# ").join(["# ", ""]))


if __name__ == "__main__":
    try:
        main()
    except machine.Failed as error:
        sys.exit(f"guard: {error}")
