# SPDX-License-Identifier: GPL-2.0-only
"""The module's sources as they stand in the tree of one kernel version. unifdef decides the
branches on LINUX_VERSION_CODE, the compatibility macros that are left are replaced by what they
stand for, and what only a build out of the tree needs is left out. Nothing is edited by hand."""

import re
import subprocess

WIDTH = 100
COMPAT = ('compat.h', 'compat-vfs.h')
# compat.h looks for these macros in the kernel and not at the version; Linux has each since the
# version that stands here.
GIVEN = {'ITER_DEST': (6, 2), 'kzalloc_obj': (7, 0)}
# A file that includes compat.h takes these headers from it; the file's words tell which of them the
# file itself uses.
USED_FOR = {
    'linux/version.h': r'LINUX_VERSION_CODE',
    'linux/hrtimer.h': r'hrtimer',
    'linux/slab.h': r'k[mvz]*alloc|kfree|kmem_cache',
    'linux/uaccess.h': r'copy_(to|from)_user|[gp]et_user|access_ok|pagefault_disable|user_access',
    'linux/uio.h': r'iov_iter|copy_(to|from)_iter|ITER_(DEST|SOURCE)|iovec',
    'linux/dcache.h': r'dentry|d_\w+\(|qstr',
    'linux/fs.h': r'inode|super_block|file|iattr',
    'linux/namei.h': r'start_creating|end_creating|vfs_path_lookup|LOOKUP_|lookup_one|kern_path',
    'linux/posix_acl.h': r'posix_acl',
}


class Error(Exception):
    """Something that a person has to mend."""


def unifdef(text, options):
    """What `unifdef` leaves of a text."""
    run = subprocess.run(
        ['unifdef', '-k', *options], input=text, capture_output=True, text=True, check=False
    )
    if run.returncode > 1:
        raise Error(f'unifdef: {run.stderr.strip()}')
    return run.stdout


def decide(text, version, names):
    """Decides the branches on the kernel's version, and on names that exist or do not."""

    def number(match):
        high, middle, low = (int(part) for part in match.groups())
        return str((high << 16) + (middle << 8) + min(low, 255))

    text = re.sub(r'KERNEL_VERSION\((\d+), (\d+), (\d+)\)', number, text)
    text = unifdef(text, [f'-DLINUX_VERSION_CODE={version}', *names])
    return re.sub(r'\n{3,}', '\n\n', text)


def chunks(header):
    """The parts of a header behind its guard that stand between empty lines."""
    body = re.search(r'#define MAILSLOT_\w+_H\n(.*)\n#endif\s*$', header, re.S)
    if not body:
        raise Error('a compatibility header has no guard')
    parts, part, depth = [], [], 0
    for line in body.group(1).split('\n'):
        if (
            not line
            and not depth
            and part
            and not part[-1].startswith(('\t', ' '))
            and balanced(part)
        ):
            parts.append('\n'.join(part))
            part = []
            continue
        if re.match(r'#\s*if', line):
            depth += 1
        if re.match(r'#\s*endif', line):
            depth -= 1
        if line or part:
            part.append(line)
    if part:
        parts.append('\n'.join(part))
    return parts


def balanced(lines):
    """Whether no brace is open at the end of these lines."""
    text = '\n'.join(lines)
    return text.count('{') == text.count('}')


class Macro:
    """A #define that stands for its body everywhere."""

    def __init__(self, name, parameters, body):
        self.name, self.parameters, self.body = name, parameters, body

    @staticmethod
    def of(text):
        """All macros of a part of a header, and what is left of that part."""
        found = []

        def take(match):
            parameters = match.group(2)
            body = ' '.join(match.group(3).replace('\\\n', ' ').split())
            found.append(
                Macro(
                    match.group(1),
                    None if parameters is None else [one.strip() for one in parameters.split(',')],
                    body,
                )
            )
            return ''

        left = re.sub(
            r'^#define (\w+)(?:\(([^)]*)\))?((?:[^\n\\]|\\\n)*)\n?', take, text + '\n', flags=re.M
        )
        return found, left

    def expand(self, arguments):
        """The body for these arguments; a parameter in parentheses alone loses them."""
        if self.parameters is None:
            return self.body
        if len(arguments) != len(self.parameters):
            raise Error(f'{self.name}() has {len(arguments)} arguments')
        by_name = dict(zip(self.parameters, arguments))
        body = re.sub(r'^\((\w+)\)$', r'\1', self.body)
        return re.sub(r'\w+', lambda match: by_name.get(match.group(), match.group()), body)


def call_arguments(text, start):
    """The arguments of the call whose parenthesis is at start, and the place behind it."""
    depth, last, arguments = 0, start + 1, []
    for place in range(start, len(text)):
        if text[place] in '([{':
            depth += 1
        elif text[place] in ')]}':
            depth -= 1
            if not depth:
                arguments.append(' '.join(text[last:place].split()))
                return arguments, place + 1
        elif text[place] == ',' and depth == 1:
            arguments.append(' '.join(text[last:place].split()))
            last = place + 1
    raise Error('a call has no end')


def replace(text, macro):
    """Replaces each use of a macro; the lines that change are laid out again."""
    place = 0
    while True:
        match = re.compile(rf'\b{macro.name}\b').search(text, place)
        if not match:
            return text
        start, end = match.span()
        arguments = []
        if macro.parameters is not None:
            if text[end : end + 1] != '(':
                place = end
                continue
            arguments, end = call_arguments(text, end)
        body = macro.expand(arguments)
        before, after = text[:start], text[end:]
        if not body or body.endswith('*'):
            after = after.lstrip(' ')
        if not body and before.endswith('\t') and after.startswith('\n'):
            text = before.rstrip('\t') + after[1:]
            place = start
            continue
        place = len(before) + len(body)
        text = lay_out(before + body + after, start)


def lay_out(text, place):
    """Breaks the statement at a place anew, if it has been broken before or is too long now."""
    begin = text.rfind('\n', 0, place) + 1
    end = text.find('\n', place)
    line = text[begin:end]
    if len(line.expandtabs(8)) <= WIDTH and line.count('(') == line.count(')'):
        return text
    while begin and text[begin:end].count('(') < text[begin:end].count(')'):
        begin = text.rfind('\n', 0, begin - 1) + 1
    while text[begin:end].count('(') > text[begin:end].count(')'):
        end = text.find('\n', end + 1)
    indent = re.match(r'\t*', text[begin:end]).group()
    rest = ' '.join(text[begin:end].split())
    column = len(indent) * 8 + rest.index('(') + 1
    pad = '\t' * (column // 8) + ' ' * (column % 8)
    lines, lead = [], indent
    while len((lead + rest).expandtabs(8)) > WIDTH:
        room = WIDTH - len(lead.expandtabs(8))
        cut = rest.rfind(', ', 0, room)
        if cut < 0:
            raise Error(f'no way to break: {rest}')
        lines.append(lead + rest[: cut + 1])
        rest, lead = rest[cut + 2 :], pad
    lines.append(lead + rest)
    return text[:begin] + '\n'.join(lines) + text[end:]


def include(text, header):
    """Adds an #include of the kernel's, in its place in the alphabet."""
    if re.search(rf'^#include <{re.escape(header)}>$', text, re.M):
        return text
    found = list(re.finditer(r'^#include <linux/([\w./-]+)>\n', text, re.M))
    line = f'#include <{header}>\n'
    for one in found:
        if one.group(1) > header.removeprefix('linux/'):
            return text[: one.start()] + line + text[one.start() :]
    if found:
        return text[: found[-1].end()] + line + text[found[-1].end() :]
    first = re.search(r'^#include', text, re.M)
    return (
        text[: first.start()]
        + line
        + ('' if text[first.start() :].startswith('#include <') else '\n')
        + text[first.start() :]
    )


def included(text):
    """The module's own headers that a file includes."""
    return re.findall(r'^#include "(?:\.\./)?([\w.-]+)"$', text, re.M)


def module(sources, version):
    """Maps the names of kmod's files to their text for this version, a LINUX_VERSION_CODE."""
    headers = {name: sources[name] for name in COMPAT if name in sources}
    raw = ''.join(headers.values())
    given = [
        ('-D' if version >= (high << 16) + (low << 8) else '-U') + name
        for name, (high, low) in GIVEN.items()
    ]
    decided = {name: decide(text, version, given) for name, text in headers.items()}
    macros, leftovers, brought = [], [], {}
    for name, text in decided.items():
        brought[name] = re.findall(r'^#include <([\w./-]+)>$', text, re.M)
        for part in chunks(re.sub(r'^#include .*\n', '', text, flags=re.M)):
            if re.search(r'^#\s*if', part, re.M):
                leftovers.append((name, part))
                continue
            of_part, left = Macro.of(part)
            macros += of_part
            left = re.sub(r'/\*.*?\*/', '', left, flags=re.S).strip()
            # A declaration that the header has for the version stays as it is, like a function.
            if left:
                leftovers.append((name, Macro.of(part)[1].strip('\n')))
    # A macro may stand in another one's body.
    for macro in macros:
        for other in macros:
            if other is not macro and other.parameters is None:
                macro.body = re.sub(
                    rf'\b{other.name}\b', lambda _, body=other.body: body, macro.body
                )
    there = {macro.name for macro in macros}
    flags = set(re.findall(r'^#define (\w+)$', raw, re.M)) - {
        name for name in re.findall(r'^#ifndef (\w+_H)$', raw, re.M)
    }
    names = [('-D' if flag in there else '-U') + flag for flag in sorted(flags)]
    result = {}
    for name, text in sources.items():
        if name in COMPAT or not name.endswith(('.c', '.h')):
            continue
        text = decide(text, version, [*names, *given])
        for macro in macros:
            text = replace(text, macro)
        result[name] = text
    return place_leftovers(result, leftovers, headers, brought)


def closure(name, files):
    """The module's headers that a file includes, directly or not."""
    seen, todo = set(), [name]
    while todo:
        for header in included(files.get(todo.pop(), '')):
            if header not in seen:
                seen.add(header)
                todo.append(header)
    return seen


def place_leftovers(files, leftovers, headers, brought):
    """What is no macro goes into the file that uses it; what several files use stays in its
    header."""
    kept = {name: [] for name in headers}
    # The last first: a part stands above those that use it, and is found by them.
    for name, part in reversed(leftovers):
        defined = set(re.findall(r'#define (\w+)', part)) | set(
            re.findall(r'^[a-z][\w *]*?\b(\w+)\(', part, re.M)
        )
        users = [
            file
            for file, text in files.items()
            if re.search(r'\b(' + '|'.join(sorted(defined)) + r')\b', text)
        ]
        above = [
            one
            for one in users
            if all(one == other or one in closure(other, files) for other in users)
        ]
        if not users:
            continue
        if len(above) == 1:
            text = files[above[0]]
            end = list(re.finditer(r'^#include .*\n', text, re.M))[-1].end()
            files[above[0]] = text[:end] + '\n' + part + '\n' + text[end:]
        else:
            kept[name].insert(0, part)
    for name, parts in kept.items():
        if parts:
            guard = re.search(r'^#ifndef (\w+)$', headers[name], re.M).group(1)
            top = headers[name][: headers[name].index('#ifndef')]
            lines = ''.join(
                f'#include <{one}>\n' for one in brought[name] if one != 'linux/version.h'
            )
            files[name] = (
                f'{top}#ifndef {guard}\n#define {guard}\n\n{lines}\n'
                + '\n\n'.join(parts)
                + '\n\n#endif\n'
            )
    gone = [name for name in headers if name not in files]
    for name, text in files.items():
        for header in gone:
            if f'#include "{header}"\n' not in text:
                continue
            text = text.replace(f'#include "{header}"\n', '')
            reached = [header] + [other for other in included(headers[header]) if other in gone]
            bare = re.sub(r'/\*.*?\*/|//[^\n]*', '', text, flags=re.S)
            for one in [one for source in reached for one in brought[source]]:
                if re.search(USED_FOR.get(one, ''), re.sub(r'^#include.*', '', bare, flags=re.M)):
                    text = include(text, one)
            text = re.sub(r'(#include <[^>]*>\n)\n+(?!#include)', r'\1\n', text)
        files[name] = re.sub(r'\n{3,}', '\n\n', text)
    return files


def kbuild(text, objects):
    """The Makefile of the module's directory, with those of its objects that there are."""
    text = re.sub(r'^ifndef CONFIG_MAILSLOT\n.*?^endif\n', '', text, flags=re.M | re.S)
    text = re.sub(r'^# One list of objects.*\n', '', text, flags=re.M).replace(
        ' -I$(src)/../uapi', ''
    )
    lines, begun = [], set()
    for line in text.split('\n'):
        match = re.match(r'(mailslot[\w-]*-y) (?::=|\+=) (.*)', line)
        if match:
            there = [one for one in match.group(2).split() if one in objects]
            if there:
                lines.append(
                    f'{match.group(1)} {"+=" if match.group(1) in begun else ":="} '
                    + ' '.join(there)
                )
                begun.add(match.group(1))
            continue
        lines.append(line)
    lines = [line for line in lines if 'mailslot-kunit' not in line or 'mailslot-kunit-y' in begun]
    return re.sub(r'\n{3,}', '\n\n', '\n'.join(lines))


def kconfig(text, symbols):
    """The Kconfig of the module's directory, with these symbols only."""
    top, *blocks = re.split(r'^(?=config )', text, flags=re.M)
    return (
        top + ''.join(block for block in blocks if block.split()[1] in symbols).rstrip('\n') + '\n'
    )


def selftests_makefile(text):
    """The Makefile of the selftests without its branch for a build out of the tree."""
    found = re.search(
        r'^ifneq \(\$\(wildcard \.\./lib\.mk\),\)\n(.*?)^else\n.*?^endif\n', text, re.M | re.S
    )
    if not found:
        raise Error('selftests/Makefile has no branch for the tree of a kernel')
    text = text[: found.start()] + found.group(1) + text[found.end() :]
    text = re.sub(r'^# The mailslot selftests, built.*?\n(?!#)', '', text, flags=re.M | re.S)
    return (
        text.replace(' $(wildcard ../uapi/linux/mailslot.h)', '')
        .replace('$(KSELFTEST)', '..')
        .replace('KSELFTEST := ..\n', '')
    )
