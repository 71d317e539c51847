# SPDX-License-Identifier: GPL-2.0-only
"""What the measurements say: medians, spread, the best peer of each line, tables and
the files they are kept in.  It measures nothing and knows no kernel."""
import json
import statistics

PEERS = ["mailslot", "mq", "SysV", "dgram", "seqpacket", "pipe"]
# Slots with a ring that their reader maps: it sleeps when the ring is empty, or looks again without end.
RINGS = ["ring", "ring-poll"]
# Beside them, and not compared: what the same costs by path in a mounted file system, and how low it can get.
FLOORS = ["instance", "mq-file", "null", "copy"]
# Queues of memory that all who use them share, or of a library's threads.
LIBRARIES = ["ZeroMQ", "Boost"]


def number(value):
    return "-" if value is None else f"{value:.0f}"


class Result:
    """All measurements of one kernel in one mode."""

    def __init__(self, kernel, mode, measurements):
        self.kernel = kernel
        self.mode = mode
        self.costs = {}
        for one in measurements:
            self.costs.setdefault(one["line"], {}).setdefault(one["peer"], []).append(one["cost"])

    @classmethod
    def load(cls, path):
        data = json.loads(path.read_text())
        result = cls(data["kernel"], data["mode"], [])
        result.costs = data["costs"]
        return result

    def save(self, directory):
        directory.mkdir(parents=True, exist_ok=True)
        data = {"kernel": self.kernel, "mode": self.mode, "costs": self.costs}
        path = directory / f"{self.kernel}-{self.mode}.json"
        path.write_text(json.dumps(data, indent=1) + "\n")

    def cost(self, line, peer):
        costs = self.costs.get(line, {}).get(peer)
        return statistics.median(costs) if costs else None

    def spread(self, line, peer):
        """Half the distance of the quartiles, as a share of the median."""
        costs = self.costs.get(line, {}).get(peer)
        if not costs or len(costs) < 4:
            return None
        low, middle, high = statistics.quantiles(costs, n=4)
        return (high - low) / 2 / middle

    def best_peer(self, line):
        costs = {peer: self.cost(line, peer) for peer in PEERS[1:]}
        costs = {peer: cost for peer, cost in costs.items() if cost is not None}
        return min(costs, key=costs.get) if costs else None

    def shares(self, line, one, other):
        """The cost of one as a share of the other's, within each round: what disturbs a whole round leaves them alone."""
        costs = self.costs.get(line, {})
        return [a / b for a, b in zip(costs.get(one, []), costs.get(other, [])) if b]

    def ratio(self, line):
        """Mailslot's cost as a share of the best peer's."""
        shares = self.shares(line, "mailslot", self.best_peer(line))
        return statistics.median(shares) if shares else None

    def gain(self, line, ring):
        """How many times as many messages as read(2) a ring lets through, and the spread of that."""
        times = self.shares(line, "mailslot", ring)
        if not times:
            return "-"
        if len(times) < 4:
            return f"{statistics.median(times):.2f}"
        low, middle, high = statistics.quantiles(times, n=4)
        return f"{middle:.2f} ±{(high - low) / 2:.2f}"

    def measured(self, peers):
        return [peer for peer in peers if any(peer in costs for costs in self.costs.values())]

    def gaining(self):
        """Counted costs tell it themselves."""
        return [] if self.mode == "counted" else self.measured(RINGS)

    def rows(self):
        for line in self.costs:
            cells = []
            for peer in self.measured(PEERS + RINGS + FLOORS + LIBRARIES):
                spread = self.spread(line, peer)
                cells.append(number(self.cost(line, peer))
                             + (f" ±{spread:.0%}" if spread is not None else ""))
            ratio = self.ratio(line)
            cells += [self.best_peer(line) or "-", f"{ratio:.2f}" if ratio is not None else "-"]
            cells += [self.gain(line, ring) for ring in self.gaining()]
            yield [line, *cells]

    def table(self, markdown=False):
        head = ["line", *self.measured(PEERS + RINGS + FLOORS + LIBRARIES), "best peer", "ratio",
                *(f"{ring}: times read's" for ring in self.gaining())]
        rows = list(self.rows())
        if markdown:
            text = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
            return "\n".join("| " + " | ".join(row) + " |" for row in text)
        widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
        lines = [f"{self.kernel}, {self.mode}: per message, round trip, queue or visit"]
        for row in [head, *rows]:
            lines.append("  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                                   for i, (cell, width) in enumerate(zip(row, widths))))
        return "\n".join(lines)
