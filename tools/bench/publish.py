#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Puts measured figures into docs/performance.md: replaces what stands between the
marks <!-- NAME --> and <!-- end --> by tables of the results in build/bench, and draws
the charts beside it with gnuplot.  It writes no prose and measures nothing.

  tools/bench/run.py && tools/bench/run.py --wall
  for k in 6.1 6.12; do tools/bench/profile.py -k $k --json build/bench/$k-profile.json; done
  tools/bench/publish.py
"""
import json
import re
import sys

sys.dont_write_bytecode = True
import chart
import machine
import report

DOCS = machine.ROOT / "docs"
BUILD = machine.BUILD / "bench"
DIRECTORY = DOCS / "performance"
PAGE = DOCS / "performance.md"
KERNELS = ["6.1", "6.12"]

# What a function is there for; the first pattern that matches counts.
PARTS = [
    ("the module", r"\[mailslot\]$"),
    ("the program: its loop and the C library", r"(^|_)(mailslot_stream|line_trace|once|__libc_.*)"),
    ("entering and leaving the kernel", r"^(entry_|do_syscall|syscall_|(arch_)?exit_to_user|x64_sys_call"
     r"|fpregs_|amd_clear|__x64_sys_(read|write))"),
    ("files: descriptor, position, mode, notification", r"^(vfs_|ksys_|__fget|__fdget|fdget|fput|rw_verify|fsnotify|__fsnotify)"),
    ("security modules", r"^(security_|apparmor_|aa_|bpf_lsm_|tomoyo_|ima_|landlock)"),
    ("copying, checks included", r"(copy_user|copy_from|copy_to|rep_movs|__check_object|"
     r"check_heap|check_stack|virt_addr_valid|is_vmalloc)"),
    ("the clock", r"^(ktime_|read_tsc|timekeeping)"),
    ("who sent it", r"^(put_pid|get_pid|__task_pid)"),
    ("locks and RCU", r"^(_raw_|__rcu|rcu_)"),
    ("everything else", r""),
]


def part(name):
    return next(title for title, pattern in PARTS if re.search(pattern, name))


def profile_table(kernel):
    data = json.loads((BUILD / f"{kernel}-profile.json").read_text())
    parts = {title: [0, []] for title, _ in PARTS}
    for name, count in data["functions"].items():
        parts[part(name)][0] += count
        parts[part(name)][1].append(f"{name.removesuffix(' [mailslot]')} {count}")
    total = sum(data["functions"].values())
    rows = [f"| {title} | {count} | {', '.join(names)} |"
            for title, (count, names) in sorted(parts.items(), key=lambda item: -item[1][0]) if count]
    return "\n".join(["| part | instructions | functions |", "| --- | ---: | --- |", *rows,
                      f"| **one message** | **{total}** | |"])


def budget_table(results):
    budgets = json.loads((machine.HERE / "budgets.json").read_text())
    head = ["line"] + [f"{k} {what}" for k in results for what in ("measured", "budget", "best peer")]
    rows = [head, ["---"] + ["---:"] * (len(head) - 1)]
    for line, ceilings in budgets.items():
        row = [line]
        for kernel, result in results.items():
            best = result.best_peer(line)
            row += [report.number(result.cost(line, "mailslot")), str(ceilings[kernel]),
                    f"{best} {result.cost(line, best):.0f}" if best and line != "idle-bytes" else "-"]
        rows.append(row)
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


# What the table of the ring shows, and that of queues in shared memory and of a library.
RING_LINES = ["64", "64-depth-8", "424", "424-depth-8", "4K", "4K-depth-8", "64K-depth-2", "64-batch-32",
              "0-pingpong", "64-pingpong", "4K-pingpong"] + [f"64-writers-{n}" for n in (1, 2, 4, 8, 16)]
LIBRARY_LINES = ["64", "64-depth-8", "424", "4K", "64K-depth-2", "64-pingpong", "64-writers-1", "64-writers-16"]


def share(cost, of):
    return f"{cost / of:.2f}" if cost is not None and of else "-"


def table(results, head, lines, cells):
    rows = [["line"] + [f"{kernel} {what}" for kernel in results for what in head]]
    rows.append(["---"] + ["---:"] * (len(rows[0]) - 1))
    rows += [[line] + [cell for result in results.values() for cell in cells(result, line)] for line in lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def ring_cells(result, line):
    read, ring, best = (result.cost(line, peer) for peer in ("mailslot", "ring", result.best_peer(line)))
    return [report.number(read), report.number(ring), share(ring, read), f"{share(ring, best)} {result.best_peer(line)}"]


def library_cells(result, line):
    return [report.number(result.cost(line, peer)) for peer in ("mailslot", "ring", "Boost", "ZeroMQ")]


def score(results):
    """How many lines are won, and the lines that are not, by the figures."""
    text = []
    for kernel, result in results.items():
        ratios = {line: result.ratio(line) for line in result.costs}
        ratios = {line: ratio for line, ratio in ratios.items() if ratio is not None}
        lost = [f"{line} ({ratio:.2f} of {result.best_peer(line)})"
                for line, ratio in ratios.items() if ratio >= 1]
        text.append(f"- {kernel}: ahead of every peer on {len(ratios) - len(lost)} of {len(ratios)} lines"
                    + (f"; not on {', '.join(lost)}." if lost else "."))
    return "\n".join(text)


def replace(page, name, text):
    pattern = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(<!-- end -->)", re.S)
    if not pattern.search(page):
        raise machine.Failed(f"{PAGE.name} has no place for {name}")
    return pattern.sub(lambda match: f"{match[1]}\n{text}\n\n{match[2]}", page)


def main():
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    page = PAGE.read_text()
    results = {kernel: report.Result.load(BUILD / f"{kernel}-counted.json") for kernel in KERNELS}
    page = replace(page, "score", score(results))
    page = replace(page, "budgets", budget_table(results))
    page = replace(page, "ring", table(results, ["read", "ring", "of read", "of the best peer"], RING_LINES, ring_cells))
    page = replace(page, "libraries", table(results, ["read", "ring", "Boost", "ZeroMQ"], LIBRARY_LINES, library_cells))
    for kernel, result in results.items():
        page = replace(page, f"counted {kernel}", result.table(markdown=True))
        page = replace(page, f"profile {kernel}", profile_table(kernel))
        chart.draw(result, DIRECTORY / f"{kernel}.svg")
        result.save(DIRECTORY)
    wall = report.Result.load(BUILD / "6.12-wall.json")
    page = replace(page, "wall 6.12", wall.table(markdown=True))
    wall.save(DIRECTORY)
    PAGE.write_text(page)


if __name__ == "__main__":
    try:
        main()
    except (machine.Failed, OSError) as error:
        sys.exit(f"publish: {error}")
