# SPDX-License-Identifier: GPL-2.0-only
"""Draws a result as a picture, with gnuplot.  What the figures mean is not its concern."""
import subprocess

import report


def draw(result, path):
    """Every peer's cost as a multiple of mailslot's: above 1 it is behind. The ring is mailslot's own, and below 1 cheaper."""
    peers = report.PEERS[1:] + ["ring"]
    lines = [line for line in result.costs
             if result.ratio(line) is not None and not line.endswith("-bytes")]
    data = "\n".join(" ".join([f'"{line}"'] + [
        "NaN" if (cost := result.cost(line, peer)) is None
        else f"{cost / result.cost(line, 'mailslot'):.3f}" for peer in peers]) for line in lines)
    plots = ", ".join(f'$data using {i + 2}:xtic(1) title "{peer}" with points pointtype {[4, 6, 8, 10, 12, 7][i]} pointsize 1 linewidth 1.5'
                      for i, peer in enumerate(peers))
    script = f"""
set terminal svg size 1400,640 font "sans,12" background "white"
set output "{path}"
set title "Linux {result.kernel}, {'instructions' if result.mode == 'counted' else 'time'}: \
each peer's cost as a multiple of mailslot's (above the line mailslot is ahead)"
set logscale y 2
set ylabel "peer / mailslot"
set grid ytics xtics lc rgb "#dddddd"
set xtics rotate by -55 left
set key outside top center horizontal
set xrange [-1:{len(lines)}]
set bmargin 9
$data << EOD
{data}
EOD
plot 1 with lines lc rgb "black" lw 1.5 title "mailslot", {plots}
"""
    subprocess.run(["gnuplot"], input=script, text=True, check=True)
