#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Makes the table of docs/runtimes.rst of rows.toml, which `run.py` compares with what runtimes do. The text around is the
document's own.

usage: table.py		puts the table into the document
       table --check	exit status 1 if another one is there
"""
import itertools
import pathlib
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
DOCUMENT = HERE.parents[1] / 'docs/runtimes.rst'
BEGIN, END = '.. The table is made by tests/runtimes/table.py.\n\n', '\n.. The end of the table.\n'
HEADS = 'Runtime', 'Call', 'Longest', 'Two lines', 'Empty', 'Append', 'Reads, too', 'Sync', 'Instead'


def cells(row, name):
    yield name
    yield row['call']
    yield {0: 'none', 'all': 'all'}.get(row['whole'], str(row['whole']))
    yield str(row['lines'])
    yield 'yes' if row['empty'] else 'no'
    for column in 'append', None, 'sync':
        if column:
            yield '-' if column not in row else 'no' if column in row.get('fails', []) else 'yes'
        else:
            yield 'yes' if row['update'] else 'no'
    yield row.get('instead', '-')


def table():
    data = tomllib.loads((HERE / 'rows.toml').read_text())
    lines = [HEADS]
    for key, group in itertools.groupby(data['row'], lambda row: row['tool']):
        tool, rows = data['tool'][key], list(group)
        newer = [row | row['newer'] for row in rows if 'newer' in row]
        for version, some in (tool['version'], rows), (tool.get('newer'), newer):
            for number, row in enumerate(some):
                lines.append(tuple(cells(row, '..' if number else f'{tool["name"]} {version}')))
    widths = [max(map(len, column)) for column in zip(*lines)]
    rule = '  '.join('=' * width for width in widths)
    text = ['  '.join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]
    return '\n'.join([rule, text[0], rule, *text[1:], rule]) + '\n'


document = DOCUMENT.read_text()
before, rest = document.split(BEGIN)
after = rest.split(END)[1]
made = before + BEGIN + table() + END + after
if sys.argv[1:] == ['--check']:
    if made != document:
        print('docs/runtimes.rst has another table than tests/runtimes/rows.toml: tests/runtimes/table.py makes it')
        sys.exit(1)
else:
    DOCUMENT.write_text(made)
