# SPDX-License-Identifier: GPL-2.0-only
"""Where a C file can be changed, and how: the mutants of a file. This file reads C's tokens,
brackets and statements, and leaves it to the compiler to refuse what is no C. It builds nothing and
runs nothing."""
import dataclasses
import hashlib
import re

TOKEN = re.compile(
    r'''
    (?P<space>\s+|/\*.*?\*/|//[^\n]*)
  | (?P<directive>^[ \t]*\#(?:[^\n\\]|\\.)*)
  | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
  | (?P<word>[A-Za-z_]\w*)
  | (?P<number>\d[\w.]*)
  | (?P<sign><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)
''',
    re.X | re.S | re.M,
)

COMPARISONS = {'<': '<=', '<=': '<', '>': '>=', '>=': '>', '==': '!=', '!=': '=='}
LOGIC = {'&&': '||', '||': '&&'}
ARITHMETIC = {
    '+': '-',
    '-': '+',
    '+=': '-=',
    '-=': '+=',
    '++': '--',
    '--': '++',
    '<<': '>>',
    '>>': '<<',
}
OPENING = {'(': ')', '[': ']', '{': '}'}
NOT_CALLS = {
    'if',
    'for',
    'while',
    'switch',
    'return',
    'sizeof',
    'do',
    'else',
    'case',
    'goto',
    'typeof',
    'defined',
}
# What only checks, or tells the compiler something: without it nothing is different.
ONLY_CHECKS = re.compile(
    r'lockdep_|might_|WARN|BUILD_BUG|static_assert|_Static_assert|__acquire|__release|assert'
    r'|pr_|printk|cond_resched'
)
BARRIERS = re.compile(r'smp_|^[rw]?mb$|^barrier|atomic_thread_fence|virt_')
WAKES = re.compile(r'wake')
LOCKS = {
    'spin_lock': 'spin_unlock',
    'spin_lock_irq': 'spin_unlock_irq',
    'mutex_lock': 'mutex_unlock',
    'rcu_read_lock': 'rcu_read_unlock',
    'down_read': 'up_read',
    'down_write': 'up_write',
    'inode_lock': 'inode_unlock',
    'read_lock': 'read_unlock',
    'write_lock': 'write_unlock',
    'pthread_mutex_lock': 'pthread_mutex_unlock',
    'pthread_rwlock_rdlock': 'pthread_rwlock_unlock',
    'pthread_rwlock_wrlock': 'pthread_rwlock_unlock',
    'ms_lock': 'ms_unlock',
}
WEAKER = {
    # Their argument is an address, that of the others is not.
    'smp_store_release': 'WRITE_ONCE(*',
    'smp_load_acquire': 'READ_ONCE(*',
    'memory_order_release': 'memory_order_relaxed',
    'memory_order_acquire': 'memory_order_relaxed',
    'memory_order_seq_cst': 'memory_order_relaxed',
    'memory_order_acq_rel': 'memory_order_relaxed',
    '__ATOMIC_RELEASE': '__ATOMIC_RELAXED',
    '__ATOMIC_ACQUIRE': '__ATOMIC_RELAXED',
    '__ATOMIC_SEQ_CST': '__ATOMIC_RELAXED',
    '__ATOMIC_ACQ_REL': '__ATOMIC_RELAXED',
}
CONSTANT = re.compile(r'^[A-Z][A-Z0-9_]{2,}$')


@dataclasses.dataclass
class Mutant:
    """One change: edits of a file, as (start, end, text)."""

    file: str
    line: int
    kind: str
    edits: list
    before: str = ''
    after: str = ''
    id: str = ''


def tokens_of(text):
    """(kind, text, start, end) of each token that is no space; a directive is one token."""
    found = []
    for match in TOKEN.finditer(text):
        if match.lastgroup != 'space':
            found.append((match.lastgroup, match[0], match.start(), match.end()))
    return found


def pairs_of(tokens):
    """Index of the other bracket, for each bracket."""
    pairs, stack = {}, []
    for i, (kind, text, _, _) in enumerate(tokens):
        if kind != 'sign':
            continue
        if text in OPENING:
            stack.append(i)
        elif text in OPENING.values() and stack:
            j = stack.pop()
            pairs[i], pairs[j] = j, i
    return pairs


def applied(text, edits):
    for start, end, new in sorted(edits, reverse=True):
        # The number of lines stays: the object file must not differ by its line numbers.
        lines = text.count('\n', start, end) - new.count('\n')
        text = text[:start] + new + '\n' * lines + text[end:]
    return text


class File:
    def __init__(self, name, text):
        self.name, self.text = name, text
        self.tokens = tokens_of(text)
        self.pairs = pairs_of(self.tokens)
        self.found = []

    def is_sign(self, i, text):
        return (
            0 <= i < len(self.tokens) and self.tokens[i][0] == 'sign' and self.tokens[i][1] == text
        )

    def functions(self):
        """The index of each function's first and last bracket."""
        i = 0
        while i < len(self.tokens):
            if self.is_sign(i, '{') and i in self.pairs:
                if self.is_sign(i - 1, ')'):
                    yield i, self.pairs[i]
                i = self.pairs[i]
            i += 1

    def span(self, first, last):
        return self.text[self.tokens[first][2] : self.tokens[last][3]]

    def add(self, kind, edits):
        """Edits of whole tokens: (first index, last index, new text)."""
        places = [(self.tokens[first][2], self.tokens[last][3], new) for first, last, new in edits]
        start = min(place[0] for place in places)
        self.found.append(Mutant(self.name, self.text.count('\n', 0, start) + 1, kind, places))

    def arguments(self, opening):
        """(first, last) of each argument of the call with this bracket."""
        closing, first, i, found = self.pairs[opening], opening + 1, opening + 1, []
        while i < closing:
            if self.tokens[i][1] in OPENING and i in self.pairs:
                i = self.pairs[i]
            elif self.is_sign(i, ','):
                found.append((first, i - 1))
                first = i + 1
            i += 1
        if first < closing:
            found.append((first, closing - 1))
        return found

    def statement_end(self, i):
        """The last token of the statement that begins at i."""
        if self.is_sign(i, '{'):
            return self.pairs[i]
        while self.tokens[i][1] not in (';', ')', '}'):
            i = self.pairs[i] + 1 if i in self.pairs else i + 1
        return i

    def starts_statement(self, i):
        before = self.tokens[i - 1]
        if before[1] in (';', '{', '}', 'else', 'do'):
            return True
        if before[1] == ')' and i - 1 in self.pairs:
            word = self.tokens[self.pairs[i - 1] - 1]
            return word[1] in ('if', 'for', 'while', 'switch') or 'for_each' in word[1]
        return (
            before[1] == ':'
            and self.tokens[i - 2][0] == 'word'
            and self.tokens[i - 3][1] in (';', '}', '{')
        )

    def binary(self, i):
        before = self.tokens[i - 1]
        return (
            before[0] in ('word', 'number', 'string')
            and before[1] not in ('return', 'case')
            or before[1] in (')', ']')
        )

    def leaves(self, i):
        """Does the statement that begins at i leave the function, or the loop?"""
        last = self.statement_end(i)
        if self.is_sign(i, '{'):
            inner = last - 2
            while inner > i and not self.starts_statement(inner):
                inner -= 1
            i = inner
        return self.tokens[i][1] in ('return', 'goto', 'break', 'continue')

    def calls(self, i, end):
        """What can be done to the call, if it is one, of the word at i."""
        name = self.tokens[i][1]
        closing = self.pairs[i + 1]
        if (
            self.starts_statement(i)
            and self.is_sign(closing + 1, ';')
            and not ONLY_CHECKS.search(name)
        ):
            if name in LOCKS:
                same = self.span(i + 1, closing)
                edits = [(i, closing, '')]
                for j in range(closing, end):
                    if self.tokens[j][1] == name and self.starts_statement(j):
                        break
                    if (
                        self.tokens[j][1] == LOCKS[name]
                        and j + 1 in self.pairs
                        and self.starts_statement(j)
                        and self.span(j + 1, self.pairs[j + 1]) == same
                    ):
                        edits.append((j, self.pairs[j + 1], ''))
                if len(edits) > 1:
                    self.add('lock', edits)
            elif name not in LOCKS.values():
                kind = (
                    'barrier'
                    if BARRIERS.search(name)
                    else 'wake-up'
                    if WAKES.search(name)
                    else 'missing call'
                )
                self.add(kind, [(i, closing, '')])
        arguments = self.arguments(i + 1)
        if not ONLY_CHECKS.search(name) and not CONSTANT.match(name):
            for one, two in zip(arguments, arguments[1:]):
                if self.span(*one) != self.span(*two) and self.tokens[one[0]][0] != 'string':
                    self.add(
                        'swapped arguments', [(*one, self.span(*two)), (*two, self.span(*one))]
                    )

    def condition(self, i):
        """An `if` at i: its check dropped, or turned."""
        first, last = i + 2, self.pairs[i + 1] - 1
        inner = self.span(first, last)
        if self.leaves(last + 2):
            self.add('dropped check', [(first, last, f'0 && ({inner})')])
        else:
            self.add('condition', [(first, last, f'!({inner})')])

    def word(self, i, end):
        text = self.tokens[i][1]
        if text in WEAKER:
            self.add('barrier', [(i, i + WEAKER[text].endswith('(*'), WEAKER[text])])
        if text == 'if' and self.is_sign(i + 1, '('):
            self.condition(i)
        elif self.is_sign(i + 1, '(') and text not in NOT_CALLS:
            self.calls(i, end)
        elif text in ('true', 'false'):
            self.add('constant', [(i, i, 'false' if text == 'true' else 'true')])
        elif re.match(r'E[A-Z0-9]+$', text) and self.is_sign(i - 1, '-'):
            self.add('constant', [(i, i, 'ENXIO' if text == 'EIO' else 'EIO')])
        elif re.match(r'ERROR_[A-Z_]+$', text):
            self.add(
                'constant',
                [(i, i, 'ERROR_BUSY' if text == 'ERROR_GEN_FAILURE' else 'ERROR_GEN_FAILURE')],
            )
        elif CONSTANT.match(text) and text != 'NULL' and not self.is_sign(i + 1, '('):
            self.add('constant', [(i, i, f'({text} + 1)')])
        if self.starts_statement(i) and text not in NOT_CALLS:
            self.assignment(i)

    def assignment(self, i):
        """`a->b = c;` as a statement is dropped; a declaration is none."""
        last = self.statement_end(i)
        signs = [self.tokens[j][1] for j in range(i, last)]
        for place, sign in enumerate(signs):
            if sign in ('=', '+=', '-=', '|=', '&='):
                words = [
                    j
                    for j in range(i, i + place)
                    if self.tokens[j][0] == 'word' and self.tokens[j - 1][1] not in ('->', '.')
                ]
                starred = any(self.is_sign(j, '*') for j in range(i, i + place))
                if len(words) == 1 and not starred:
                    self.add('assignment', [(i, last - 1, '')])
                return
            if sign == '(' or self.tokens[i + place][0] == 'number':
                return

    def inside(self, first, last):
        for i in range(first, last):
            kind, text, _, _ = self.tokens[i]
            if kind == 'word':
                self.word(i, last)
            elif kind == 'number' and re.match(r'(\d+|0x[0-9a-fA-F]+)[uUlL]*$', text):
                if self.is_sign(i - 1, '+') or self.is_sign(i - 1, '-'):
                    if self.binary(i - 1):
                        self.add('off by one', [(i - 1, i, '')])
                else:
                    self.add('off by one', [(i, i, f'({text} + 1)')])
            elif kind == 'sign' and text in COMPARISONS and self.binary(i):
                self.add('comparison', [(i, i, COMPARISONS[text])])
            elif kind == 'sign' and text in LOGIC:
                self.add('logic', [(i, i, LOGIC[text])])
            elif kind == 'sign' and text in ARITHMETIC and (self.binary(i) or text in ('++', '--')):
                self.add('arithmetic', [(i, i, ARITHMETIC[text])])

    def mutants(self):
        for first, last in self.functions():
            self.inside(first + 1, last)
        for i, (kind, text, start, _) in enumerate(self.tokens):
            match = kind == 'directive' and re.match(r'\s*#define\s+\w+\s+(\d+)[uUlL]*\s*$', text)
            if match:
                self.add(
                    'off by one',
                    [(i, i, text[: match.start(1)] + f'({match[1]} + 1)' + text[match.end(1) :])],
                )
        return self.finished()

    def finished(self):
        """Give each mutant its texts, lines with single spaces, and an id without line number."""
        seen, found = {}, []
        lines = self.text.splitlines(keepends=True)
        for mutant in self.found:
            changed = applied(self.text, mutant.edits).splitlines(keepends=True)
            pairs = [(a, b) for a, b in zip(lines, changed) if a != b]
            mutant.before = ' '.join(' '.join(a for a, _ in pairs).split())
            mutant.after = ' '.join(' '.join(b for _, b in pairs).split())
            key = (mutant.file, mutant.before, mutant.after)
            seen[key] = seen.get(key, 0) + 1
            mutant.id = hashlib.sha256('\0'.join([*key, str(seen[key])]).encode()).hexdigest()[:16]
            found.append(mutant)
        return found


def mutants_of(name, text):
    return File(name, text).mutants()
