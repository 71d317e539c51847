# SPDX-License-Identifier: GPL-2.0-only
"""Why a mutant that nothing kills is no gap in the tests: reads the file `reasons`, which says how
it is written."""
import pathlib

import places


def key(result):
    return result['file'], result['before'], result['after']


def paragraphs(path):
    text = '\n'.join(line for line in path.read_text().splitlines() if not line.startswith('#'))
    return [paragraph.splitlines() for paragraph in text.split('\n\n') if paragraph.strip()]


def read(root, path=pathlib.Path(__file__).parent / 'reasons'):
    """The reasons by mutant, and those that fit no place of the tree."""
    found, unfit = {}, []
    known = {}
    for lines in paragraphs(path):
        lines = [line for line in lines if line.strip()]
        name = lines[0].strip()
        if len(lines) < 4 or lines[1][:2] != '- ' or lines[2][:2] != '+ ':
            unfit.append(f'{name}: its form is wrong')
            continue
        source = root / name
        if name not in known:
            known[name] = (
                {(m.before, m.after) for m in places.mutants_of(name, source.read_text())}
                if source.exists()
                else set()
            )
        change = lines[1][2:].strip(), lines[2][2:].strip()
        if change not in known[name]:
            unfit.append(f'{name}: {change[0]}  ->  {change[1]}')
        found[(name, *change)] = ' '.join(lines[3:])
    return found, unfit
