#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of the mutation tool, as TAP: which mutants it finds in a text, how it reads reasons, and
mutants of kmod/name.c: one that a test kills in a machine, the same one before a test that cannot
kill it, and one that does not compile."""
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import mutate
import places
import reasons

SAMPLE = '''
#define ROOM 16
static const int table[] = { 1, 2 };	/* no function: left alone, like a < b here */
int f(struct s *s, int a)
{
	if (a < 3 && s)
		return -EINVAL;
	spin_lock(&s->lock);
	s->a = a;
	tell(s, a);
	spin_unlock(&s->lock);
	wake_up(&s->wait);
	smp_wmb();
	WARN_ON(a);
	smp_store_release(&s->a, a);
	return a + 1;
}
'''
WANTED = {
    ('off by one', '#define ROOM (16 + 1)'),
    ('comparison', 'if (a <= 3 && s)'),
    ('logic', 'if (a < 3 || s)'),
    ('off by one', 'if (a < (3 + 1) && s)'),
    ('dropped check', 'if (0 && (a < 3 && s))'),
    ('constant', 'return -EIO;'),
    ('lock', '; ;'),
    ('assignment', ';'),
    ('missing call', ';'),
    ('swapped arguments', 'tell(a, s);'),
    ('barrier', 'WRITE_ONCE(*&s->a, a);'),
    ('swapped arguments', 'smp_store_release(a, &s->a);'),
    ('wake-up', ';'),
    ('barrier', ';'),
    ('arithmetic', 'return a - 1;'),
    ('off by one', 'return a ;'),
}
number = failed = 0


def check(name, true, more=''):
    global number, failed
    number += 1
    failed += not true
    print(
        f'{"ok" if true else "not ok"} {number} - {name}' + ('' if true else f'\n# {more}'),
        flush=True,
    )


found = places.mutants_of('sample.c', SAMPLE)
got = {(mutant.kind, mutant.after) for mutant in found}
check(
    'the mutants of a text are these',
    got == WANTED,
    f'too many {got - WANTED}, missing {WANTED - got}',
)
check(
    'each mutant keeps the number of lines',
    all(places.applied(SAMPLE, mutant.edits).count('\n') == SAMPLE.count('\n') for mutant in found),
)
check(
    'each mutant has an id of its own, which no line number changes',
    {mutant.id for mutant in found}
    == {mutant.id for mutant in places.mutants_of('sample.c', '\n\n' + SAMPLE)}
    and len({mutant.id for mutant in found}) == len(found),
)

with tempfile.TemporaryDirectory() as directory:
    root = pathlib.Path(directory)
    (root / 'sample.c').write_text(SAMPLE)
    listing = root / 'reasons'
    listing.write_text(
        '# a comment\nsample.c\n- tell(s, a);\n+ ;\nNobody listens.\n\n'
        'sample.c\n- tell(s, b);\n+ ;\nGone.\n\nsample.c\n- x\n'
    )
    excuses, unfit = reasons.read(root, listing)
    check(
        'a reason fits its line',
        excuses.get(('sample.c', 'tell(s, a);', ';')) == 'Nobody listens.',
        excuses,
    )
    check(
        'a reason that fits nothing is told', unfit[:1] == ['sample.c: tell(s, b);  ->  ;'], unfit
    )
    check('a reason in a wrong form is told', unfit[1:] == ['sample.c: its form is wrong'], unfit)

NAME = 'kmod/name.c'
text = (mutate.ROOT / NAME).read_text()
bench = mutate.Bench('kmod')


def verdict(before, after, programs):
    mutant = next(
        one for one in places.mutants_of(NAME, text) if (one.before, one.after) == (before, after)
    )
    return bench.result(mutant, programs)


WRONG = (
    'return text_ok(name) && components_ok(name) ? 0 : -EINVAL;',
    'return text_ok(name) && components_ok(name) ? 0 : -EIO;',
)
for name, change, programs, wanted in (
    (
        'a test that asks for the error kills a wrong error',
        WRONG,
        ['build/selftests/create'],
        'killed',
    ),
    ('a test that has no bad name lets it live', WRONG, ['build/selftests/batch'], 'survived'),
    (
        'arguments in the wrong order do not compile',
        ('if (!component_ok(name, length))', 'if (!component_ok(length, name))'),
        [],
        'refused',
    ),
):
    got = verdict(*change, programs)
    check(name, got and got['verdict'] == wanted, got)
bench.close()
check('the copy is as it was', (bench.tree.copy / NAME).read_text() == text)
print(f'1..{number}')
sys.exit(failed > 0)
