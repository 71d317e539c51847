#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Makes of this tree a series of patches for a kernel's tree, and checks each of its states.

usage: tools/series/run.py [-q] [-p DIRECTORY] [VERSION...]

VERSION is a series whose source Debian has: 6.12, and the one that the file `newest` of the
test machine names; both, if none is given. The patches come out in
build/series/VERSION/patches, with a cover letter; git makes them in build/series/VERSION/repo.
-q makes and checks the patches and builds the last state alone; -p has all lists (`patches`,
`cover`, `tree`) elsewhere.

The file `patches` says which file comes with which patch; a header of the module's comes with
the first file that includes it. A file of the module, of its selftests or of its interface that
no patch has is an error. So is each complaint of checkpatch --strict, of kernel-doc and sphinx,
of the compiler with W=1, of sparse and of modpost."""

import argparse
import fcntl
import fnmatch
import hashlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time

import intree
from intree import Error

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
VM = ROOT / 'tools/vm'
MODULE = 'drivers/misc/mailslot'
SELFTESTS = 'tools/testing/selftests/mailslot'
DOCUMENTS = 'Documentation/userspace-api/mailslot'
HEADER = 'include/uapi/linux/mailslot.h'
MOST = 15
# What the letter says of the builds, before and after all states were built.
DRAFT = 'This is a draft: not every state has been built yet.'
BUILT = """Every state was built in the module's directory, built in and as a module,
with W=1 and C=1, without a warning; before patch 12 by naming
CONFIG_MAILSLOT and the directory to make."""
# Sections of the documents that tell of what the kernel's tree does not have.
LEFT_OUT = {'instances.rst': ('The command', 'What it costs')}


def run(*command, **options):
    """Runs a command and returns its output; a failure is an Error with the end of what it said."""
    with subprocess.Popen(
        [str(one) for one in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding='utf-8',
        errors='replace',
        start_new_session=True,
        **options,
    ) as process:
        try:
            told = process.communicate()[0]
        except BaseException:
            # A build has children, which would go on in the tree that somebody else gets next.
            os.killpg(process.pid, signal.SIGTERM)
            raise
    if process.returncode:
        raise Error(f'{" ".join(str(one) for one in command)[:200]}:\n{told[-3000:]}')
    return told


class Patch:
    """One entry of the list of patches."""

    def __init__(self, subject):
        self.subject, self.add, self.kconfig, self.hooks, self.ignore, self.body = (
            subject,
            [],
            [],
            [],
            {},
            [],
        )


def patches_of(path, version):
    """Reads the list; its first lines say what stands there."""
    patches = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        word, _, rest = line.partition(' ')
        if line.startswith('#'):
            continue
        if word == 'patch':
            patches.append(Patch(rest))
        elif not patches:
            if line:
                raise Error(f'{path.name}:{number}: no patch yet')
        elif word in ('add', 'kconfig', 'hook') and not patches[-1].body:
            getattr(patches[-1], 'hooks' if word == 'hook' else word).extend(rest.split())
        elif word == 'ignore' and not patches[-1].body:
            name, _, reason = rest.partition(' ')
            if not reason:
                raise Error(f'{path.name}:{number}: no reason to ignore {name}')
            only, _, name = name.rpartition(':')
            if only in ('', version):
                patches[-1].ignore[name] = reason
        elif line or patches[-1].body:
            patches[-1].body.append(line)
    if not 0 < len(patches) <= MOST:
        raise Error(f'{len(patches)} patches: a series has 1 to {MOST}')
    return patches


def place_of(path):
    """Where a file of this tree lies in the kernel's."""
    for here, there in (
        ('kmod/', MODULE + '/'),
        ('uapi/', 'include/uapi/'),
        ('docs/', DOCUMENTS + '/'),
        ('selftests/', SELFTESTS + '/'),
        ('tree/', ''),
    ):
        if path.startswith(here):
            return there + path[len(here) :]
    raise Error(f'{path} has no place in a kernel tree')


def paths_in(text, documents):
    """Paths of this tree in comments and documents become those of the kernel's tree."""
    for name in documents:
        text = re.sub(rf'\bdocs/{re.escape(name)}', f'{DOCUMENTS}/{name}', text)
    text = re.sub(r'(?<![\w/])uapi/linux/mailslot\.h', HEADER, text)
    text = re.sub(r'(?<![\w/])kmod/', MODULE + '/', text)
    return re.sub(r'(?<![\w/])selftests/(?=[\w*-]+\.[ch]\b)', SELFTESTS + '/', text)


def wrap_comments(text):
    """Breaks lines of comments that paths of the kernel's tree have made too long."""
    lines = text.split('\n')
    number = 0
    while number < len(lines):
        line = lines[number]
        if len(line.expandtabs(8)) <= intree.WIDTH or not re.match(r'\s*(/\*|\*)\s', line):
            number += 1
            continue
        lead, rest = re.match(r'(\s*)/?\* ?(.*)', line).groups()
        lead = lead if lead.endswith(' ') else lead + ' '
        if '/*' in line:
            # A comment of one line becomes one of several.
            lines[number : number + 1] = [
                lead[:-1] + '/*',
                lead + '* ' + rest.removesuffix('*/').rstrip(),
                lead + '*/',
            ]
            number += 1
            continue
        tab = '\t' if '*\t' in line else ' '
        rest = rest.strip()
        room = intree.WIDTH - len((lead + '*' + tab).expandtabs(8))
        cut = rest.rfind(' ', 0, room + 1)
        if cut < 0:
            raise Error(f'no way to break: {rest}')
        lines[number] = lead + '*' + tab + rest[:cut]
        follows = re.match(r'\s*\*(\s)(?=[^\s@/*])(.*)', lines[number + 1])
        if follows and follows.group(1) == tab and not follows.group(2).startswith('-'):
            lines[number + 1] = lead + '*' + tab + rest[cut + 1 :] + ' ' + follows.group(2)
        else:
            lines.insert(number + 1, lead + '*' + tab + rest[cut + 1 :])
        number += 1
    return '\n'.join(lines)


def document(name, text, documents):
    """A document as the kernel has documents: links by path, some sections left out."""
    for title in LEFT_OUT.get(name, ()):
        found = re.search(rf'^{re.escape(title)}\n(=+)\n.*?(?=^[^\n]+\n=+\n|\Z)', text, re.M | re.S)
        if not found:
            raise Error(f'docs/{name} has no section "{title}"')
        text = text[: found.start()] + text[found.end() :]
        text = text.replace(f'`{title}`_', title)
    text = re.sub(r'^\.\. _[\w-]+\.(rst|md): \S+\n\n?', '', text, flags=re.M)

    def link(match):
        other = match.group(1)
        return f'{DOCUMENTS}/{other}' if other in documents else f'``docs/{other}``'

    text = re.sub(r'`[\w.-]+ <([\w-]+\.(?:rst|md))(?:#[\w-]+)?>`_', link, text)
    text = re.sub(r'`([\w-]+\.rst)`_', link, text)
    text = re.sub(
        r'``(docs/([\w-]+\.rst))``',
        lambda match: f'{DOCUMENTS}/{match.group(2)}'
        if match.group(2) in documents
        else match.group(),
        text,
    )
    return paths_in(text, documents)


class Series:
    """The patches for one version: states[n] maps each path to its text after n patches."""

    def __init__(self, lists, version, source):
        self.version, self.source = version, pathlib.Path(source)
        self.patches = patches_of(lists / 'patches', version)
        self.lists = lists
        makefile = (self.source / 'Makefile').read_text()
        high, middle, low = (
            int(re.search(rf'^{name} = (\d+)', makefile, re.M).group(1))
            for name in ('VERSION', 'PATCHLEVEL', 'SUBLEVEL')
        )
        self.code = (high << 16) + (middle << 8) + min(low, 255)
        tracked = run(
            'git', 'ls-files', '--cached', '--others', '--exclude-standard', cwd=ROOT
        ).split()
        self.tracked = [path for path in tracked if (ROOT / path).is_file()]
        kmod = {
            path.removeprefix('kmod/'): (ROOT / path).read_text()
            for path in self.tracked
            if path.startswith('kmod/')
        }
        self.kmod = intree.module(kmod, self.code)
        self.kbuild, self.kconfig = kmod['Kbuild'], kmod['Kconfig']
        self.base, self.states = {}, []
        self.fill()

    def matching(self, pattern):
        """The files of this tree, or of the lists' own, that a pattern means."""
        if pattern.startswith('tree/'):
            found = sorted(
                str(path.relative_to(self.lists))
                for path in (self.lists / 'tree').rglob('*')
                if path.is_file()
            )
        else:
            found = self.tracked
        found = [
            path
            for path in found
            if fnmatch.fnmatchcase(path, pattern) and path.count('/') == pattern.count('/')
        ]
        if not found:
            raise Error(f'patches: there is no {pattern}')
        return found

    def fill(self):
        """Goes through the list and makes the states."""
        wanted = [
            [path for pattern in patch.add for path in self.matching(pattern)]
            for patch in self.patches
        ]
        flat = [path for paths in wanted for path in paths]
        for path in flat:
            if flat.count(path) > 1:
                raise Error(f'patches: {path} is in two patches')
        documents = [path.split('/')[-1] for path in flat if path.startswith('docs/')]
        documents += [path.split('/')[-1] for path in flat if path.startswith('tree/' + DOCUMENTS)]
        state, symbols, objects = {}, [], set()
        self.states.append({})
        for patch, paths in zip(self.patches, wanted):
            todo = list(paths)
            while todo:
                path = todo.pop(0)
                text, others = self.text_of(path, documents)
                if place_of(path) not in state:
                    state[place_of(path)] = text
                    todo += others
                if path.startswith('kmod/') and path.endswith('.c'):
                    objects.add(path.removeprefix('kmod/')[:-1] + 'o')
            symbols += patch.kconfig
            if objects:
                state[MODULE + '/Makefile'] = intree.kbuild(self.kbuild, objects)
            if symbols:
                state[MODULE + '/Kconfig'] = intree.kconfig(self.kconfig, symbols)
            for hook in patch.hooks:
                self.hook(hook, state)
            self.states.append(dict(state))
        for path in self.tracked:
            name = path.removeprefix('kmod/')
            if (
                path.startswith('kmod/')
                and name not in ('Kbuild', 'Kconfig', *intree.COMPAT)
                and place_of(path) not in state
            ):
                raise Error(f'patches: no patch has {path}')
            if re.fullmatch(r'selftests/[^/]+\.[ch]|uapi/.*', path) and place_of(path) not in state:
                raise Error(f'patches: no patch has {path}')

    def text_of(self, path, documents):
        """A file's text in the kernel's tree, and the headers of the module that it brings."""
        if path.startswith('kmod/'):
            name = path.removeprefix('kmod/')
            if name not in self.kmod:
                raise Error(f'patches: {path} does not go into a tree of {self.version}')
            text = self.kmod[name]
            own = name[:-1] + 'h'
            headers = []
            for header in [own] + re.findall(r'^#include "([\w./-]+)"$', text, re.M):
                there = os.path.normpath(os.path.join(os.path.dirname(name), header))
                if there in self.kmod and there.endswith('.h'):
                    headers.append('kmod/' + there)
            return wrap_comments(paths_in(text, documents)), headers
        if path.startswith('tree/'):
            return (self.lists / path).read_text(), []
        text = (ROOT / path).read_text()
        if path.startswith('docs/'):
            return document(path.split('/')[-1], text, documents), []
        if path == 'selftests/Makefile':
            text = re.sub(r' \(on Debian: [^)]*\)', '', intree.selftests_makefile(text))
        return wrap_comments(paths_in(text, documents)), []

    def before(self, path, state):
        """A file that the kernel has already: as the patches have left it so far."""
        if path not in self.base:
            self.base[path] = (self.source / path).read_text()
        return state.get(path, self.base[path])

    def hook(self, name, state):
        """A line or two in a file of the kernel's."""

        def insert(path, line, goes_before):
            lines = self.before(path, state).split('\n')
            for number in range(1, len(lines)):
                if goes_before(lines[number - 1], lines[number]):
                    state[path] = '\n'.join(lines[:number] + [line] + lines[number:])
                    return
            raise Error(f'{path} has no place for "{line}"')

        def between(pattern, ours):
            def judge(last, line):
                last, line = re.match(pattern, last), re.match(pattern, line)
                return bool(last and line and last.group(1) < ours < line.group(1))

            return judge

        if name == 'ioctl':
            header = state[HEADER]
            magic = int(re.search(r'MAILSLOT_IOC_MAGIC\s+(0x\w+)', header).group(1), 16)
            numbers = [int(one, 16) for one in re.findall(r'\(MAILSLOT_IOC_MAGIC, (0x\w+)', header)]
            line = f'0x{magic:02X}  {min(numbers):02X}-{max(numbers):02X}  '
            line += HEADER.removeprefix('include/')
            insert(
                'Documentation/userspace-api/ioctl/ioctl-number.rst',
                line,
                lambda _, other: re.match(r'0x[0-9A-F]{2}  ', other)
                and int(other[2:4], 16) > magic,
            )
        elif name == 'index':
            insert(
                'Documentation/userspace-api/index.rst',
                '   mailslot/index',
                lambda _, line: line == '   media/index',
            )
        elif name == 'build':
            insert(
                'drivers/misc/Kconfig',
                f'source "{MODULE}/Kconfig"',
                lambda _, line: line == 'endmenu',
            )
            path = 'drivers/misc/Makefile'
            state[path] = (
                self.before(path, state).rstrip('\n') + '\nobj-$(CONFIG_MAILSLOT)\t\t+= mailslot/\n'
            )
        elif name == 'selftests':
            insert(
                'tools/testing/selftests/Makefile',
                'TARGETS += mailslot',
                between(r'TARGETS \+= (\w+)$', 'mailslot'),
            )
            programs = intree_programs(state[SELFTESTS + '/Makefile'])
            state[
                SELFTESTS + '/.gitignore'
            ] = '# SPDX-License-Identifier: GPL-2.0-only\n' + ''.join(
                f'{one}\n' for one in sorted(programs)
            )
        elif name == 'maintainers':
            own = (ROOT / 'MAINTAINERS').read_text().split('\n\n')[1].split('\n')
            files = sorted(
                [HEADER, MODULE + '/', SELFTESTS + '/', DOCUMENTS + '/']
                + [path for path in state if path.startswith('Documentation/ABI/')]
            )
            entry = '\n'.join(
                [
                    'MAILSLOT IPC',
                    *[line for line in own if re.match('[MS]:', line)],
                    *[f'F:\t{path}' for path in files],
                    '',
                ]
            )
            title = r'([A-Z0-9][^:\n]*)$'
            lines = self.before('MAINTAINERS', state).split('\n')
            titles = [
                number
                for number in range(2, len(lines) - 1)
                if not lines[number - 1]
                and re.match(title, lines[number])
                and re.match(r'[A-Z]:\t', lines[number + 1])
            ]
            place = next(number for number in titles if lines[number] > 'MAILSLOT IPC')
            state['MAINTAINERS'] = '\n'.join(lines[:place] + [entry] + lines[place:])
        else:
            raise Error(f'patches: there is no hook {name}')


def intree_programs(makefile):
    """The names of the programs that the Makefile of the selftests makes."""
    words = ' '.join(
        re.findall(r'^(?:TEST_GEN_PROGS|SOME_PROGS) [:+]= (.*)', makefile, re.M)
    ).split()
    both = re.search(r'^BOTH_SIZES := (.*)', makefile, re.M).group(1).split()
    return [one for one in words if re.fullmatch(r'[a-z-]+', one)] + [one + '_32' for one in both]


def write(path, text):
    """Leaves a file alone that has this text: its time is what make looks at."""
    if path.is_file() and not path.is_symlink() and path.read_text() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(text)


def figure(line, column):
    """A figure of the performance report, counted on 6.12: `@LINE/COLUMN:WIDTH@` in the letter."""
    report = (ROOT / 'docs/performance.md').read_text()
    table = [
        [cell.strip() for cell in row.strip('|').split('|')]
        for row in report.split('<!-- counted 6.12 -->')[1]
        .split('<!-- end -->')[0]
        .strip()
        .split('\n')
    ]
    for row in table:
        if row[0] == line and column in table[0]:
            return row[table[0].index(column)]
    raise Error(f'docs/performance.md has no {line} of {column}')


def letter(series, out, built):
    """Fills in what git has left open in the cover letter; what is not known yet is a draft's."""
    cover = out / '0000-cover-letter.patch'
    template = out.parent / 'letter'
    if not template.exists():
        shutil.copy(cover, template)
    subject, _, blurb = (series.lists / 'cover').read_text().partition('\n\n')
    reasons = {}
    for number, patch in enumerate(series.patches, 1):
        for ignored in patch.ignore.items():
            reasons.setdefault(ignored, []).append(str(number))
    ignored = ''.join(
        textwrap.fill(
            f'{name} in patch {", ".join(numbers)}: {reason}.',
            74,
            initial_indent='  ',
            subsequent_indent='    ',
        )
        + '\n'
        for (name, reason), numbers in reasons.items()
    )
    blurb = blurb.replace('@IGNORED@\n', ignored).replace('@BUILT@', built).strip()
    blurb = re.sub(
        r'@([\w-]+)/(\w+):(\d+)@',
        lambda match: figure(match.group(1), match.group(2)).rjust(int(match.group(3))),
        blurb,
    )
    cover.write_text(
        template.read_text()
        .replace('*** SUBJECT HERE ***', subject.strip())
        .replace('*** BLURB HERE ***', blurb)
    )


def make_repository(series, work):
    """Commits the states one after the other and has git write the patches."""
    repository, out = work / 'repo', work / 'patches'
    for directory in (repository, out):
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
    who = run('git', 'log', '-1', '--format=%cn%n%ce%n%cI', cwd=ROOT).split('\n')
    environment = dict(
        os.environ,
        GIT_AUTHOR_NAME=who[0],
        GIT_AUTHOR_EMAIL=who[1],
        GIT_AUTHOR_DATE=who[2],
        GIT_COMMITTER_NAME=who[0],
        GIT_COMMITTER_EMAIL=who[1],
        GIT_COMMITTER_DATE=who[2],
        GIT_CONFIG_GLOBAL='/dev/null',
        GIT_CONFIG_NOSYSTEM='1',
    )
    for name in [
        name
        for name in environment
        if name in ('GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX')
    ]:
        del environment[name]

    def git(*words, **options):
        return run('git', *words, cwd=repository, env=environment, **options)

    git('init', '-q', '-b', 'base')
    for path, text in series.base.items():
        write(repository / path, text)
    git('add', '-A')
    git('commit', '-q', '-m', f'The files of Linux {series.version} that the series changes')
    git('checkout', '-q', '-b', 'mailslot')
    for patch, state in zip(series.patches, series.states[1:]):
        for path, text in state.items():
            write(repository / path, text)
        git('add', '-A', '-f')
        body = '\n'.join(patch.body).strip()
        if any(len(line) > 75 for line in body.split('\n')):
            raise Error(f'patches: "{patch.subject}" has a line of more than 75 columns')
        git('commit', '-q', '-s', '-m', f'{patch.subject}\n\n{body}')
    (work / 'letter').unlink(missing_ok=True)
    git('format-patch', '-q', '--cover-letter', '-o', out, 'base..mailslot')
    letter(series, out, DRAFT)
    return out


def checkpatch(series, out, quick):
    """Reads each patch by the checkpatch of the tree that it is for. A quick check leaves out the
    selftests, whose files `tools/check/run.sh style` reads. What the same checkpatch was silent about before
    is not read again."""
    said = ''
    silent = out.parent / 'silent'
    known = set(silent.read_text().split()) if silent.exists() else set()
    script = (series.source / 'scripts/checkpatch.pl').read_text()
    for patch, path in zip(series.patches, sorted(out.glob('*.patch'))[1:]):
        if quick and 'selftests' in patch.hooks:
            continue
        text = re.sub(r'^(From [0-9a-f]{40} |Date: |index ).*\n', '', path.read_text(), flags=re.M)
        key = hashlib.sha256('\n'.join([script, text, *sorted(patch.ignore)]).encode()).hexdigest()
        if key in known:
            continue
        told = subprocess.run(
            [
                'perl',
                'scripts/checkpatch.pl',
                '--strict',
                '--no-tree',
                '--no-summary',
                '--terse',
                '--show-types',
                '-q',
                str(path),
            ],
            cwd=series.source,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding='utf-8',
            check=False,
        )
        lines = [line for line in told.stdout.split('\n') if line]
        types = {line: re.search(r': (?:ERROR|WARNING|CHECK):(\w+): ', line) for line in lines}
        bad = [
            line for line, found in types.items() if not found or found.group(1) not in patch.ignore
        ]
        unused = set(patch.ignore) - {found.group(1) for found in types.values() if found}
        bad += [f'{path.name}: {name} is ignored for nothing' for name in sorted(unused)]
        if told.returncode and not lines:
            bad.append(f'{path.name}: checkpatch ended with {told.returncode}')
        said += ''.join(f'{line}\n' for line in bad)
        if not bad:
            with silent.open('a', encoding='utf-8') as file:
                file.write(key + '\n')
    if said:
        raise Error(f'checkpatch --strict:\n{said}')


def kernel_doc(series):
    """The comments of the last state's functions and structures."""
    work = ROOT / 'build/series' / series.version / 'repo'
    files = [
        path for path in series.states[-1] if re.match(rf'{MODULE}/[\w-]+\.[ch]$|{HEADER}', path)
    ]
    script = next(
        path
        for path in ('scripts/kernel-doc', 'scripts/kernel-doc.py', 'tools/docs/kernel-doc')
        if (series.source / path).exists()
    )
    told = run(series.source / script, '-none', '-Wall', '-Werror', *files, cwd=work)
    if re.search('warning|error', told, re.I):
        raise Error(f'kernel-doc:\n{told}')


def sphinx(series, work):
    """The directory of the documents, built with the kernel's own directive for kernel-doc."""
    environment = dict(
        os.environ,
        PYTHONPATH=str(series.source / 'Documentation/sphinx'),
        PYTHONDONTWRITEBYTECODE='1',
        srctree=str(series.source),
        LC_ALL='C.UTF-8',
    )
    shutil.rmtree(work / 'html', ignore_errors=True)
    binary = series.source / 'scripts/kernel-doc'
    old = 'kerneldoc_bin\'' in (series.source / 'Documentation/sphinx/kerneldoc.py').read_text()
    run(
        'sphinx-build',
        '-q',
        '-W',
        '--keep-going',
        '-C',
        '-D',
        'extensions=kerneldoc',
        '-D',
        f'kerneldoc_srctree={work / "repo"}',
        *(['-D', f'kerneldoc_bin={binary}'] if old else []),
        work / 'repo' / DOCUMENTS,
        work / 'html',
        cwd=series.source,
        env=environment,
    )


class Tree:
    """A tree to build in: links to the kernel's source, and real files where the series has any.

    It is kept in the cache, with two prepared directories of objects: one in which the module is
    built in (y), one in which it is a module (m).
    """

    def __init__(self, series, cache):
        self.series = series
        fragment = (VM / 'config/base.config').read_text() + (HERE / 'extra.config').read_text()
        compiler = run('gcc', '-dumpfullversion').strip()
        key = hashlib.sha256(
            '\n'.join([fragment, str(series.source), compiler]).encode()
        ).hexdigest()[:16]
        self.root = cache / f'series-{series.version}-{key}'
        self.root.mkdir(parents=True, exist_ok=True)
        os.utime(self.root)
        self.lock = open(self.root / 'lock', 'w', encoding='utf-8')
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.source = self.root / 'source'
        self.fragment = fragment
        self.link()
        self.prepare()

    def link(self):
        """Makes the directories that the series has files in, with links to what else is there."""
        paths = set().union(*self.series.states)
        directories = {str(parent) for path in paths for parent in pathlib.PurePath(path).parents}
        for directory in sorted(directories, key=len):
            ours, theirs = self.source / directory, self.series.source / directory
            if ours.is_symlink():
                ours.unlink()
            ours.mkdir(parents=True, exist_ok=True)
            if not theirs.is_dir():
                shutil.rmtree(ours)
                ours.mkdir()
                continue
            for child in theirs.iterdir():
                name = os.path.normpath(os.path.join(directory, child.name))
                link = self.source / name
                if name not in paths and name not in directories and not link.is_symlink():
                    if link.is_dir():
                        shutil.rmtree(link)
                    else:
                        link.unlink(missing_ok=True)
                    link.symlink_to(child)

    def set(self, state):
        """Puts the files of a state into the tree."""
        for path in set().union(*self.series.states):
            text = state.get(path, self.series.base.get(path))
            if text is None:
                (self.source / path).unlink(missing_ok=True)
            else:
                write(self.source / path, text)

    def make(self, objects, *words):
        """make, as a person calls it."""
        compiler = ['CC=ccache gcc'] if shutil.which('ccache') else []
        return run(
            'make',
            '-s',
            '-C',
            self.source,
            f'O={self.root / objects}',
            *compiler,
            *words,
            env=dict(
                {
                    name: value
                    for name, value in os.environ.items()
                    if name not in ('MAKEFLAGS', 'MFLAGS', 'MAKELEVEL', 'KBUILD_OUTPUT')
                },
                LC_ALL='C',
            ),
        )

    def prepare(self):
        """Configures both directories and builds what building a part of the kernel takes; once."""
        done = self.root / 'prepared'
        if done.exists():
            for kind in ('y', 'm'):
                shutil.rmtree(self.root / kind / MODULE, ignore_errors=True)
            return
        self.set({})
        shutil.rmtree(self.root / 'y', ignore_errors=True)
        shutil.rmtree(self.root / 'm', ignore_errors=True)
        (self.root / 'y').mkdir()
        (self.root / 'all.config').write_text(self.fragment)
        self.make('y', f'KCONFIG_ALLCONFIG={self.root / "all.config"}', 'allnoconfig')
        self.make('y', 'prepare', 'modules_prepare')
        run('cp', '-a', self.root / 'y', self.root / 'm')
        done.touch()

    def configure(self, kind, symbols):
        """Has the state's own Kconfig decide, as soon as there is one."""
        config = self.root / kind / '.config'
        lines = [line for line in config.read_text().split('\n') if 'MAILSLOT' not in line]
        lines += [f'CONFIG_{name}={"m" if "KUNIT" in name else kind}' for name in symbols]
        write(config, '\n'.join(lines).rstrip('\n') + '\n')
        self.make(kind, 'olddefconfig')
        for name in symbols:
            line = f'CONFIG_{name}={"m" if "KUNIT" in name else kind}'
            if line not in config.read_text().split('\n'):
                raise Error(f'Kconfig does not have {line}')

    def build(self, state, kind):
        """Builds the module's directory; returns what its objects lack of the module's own."""
        self.set(state)
        hooked = 'mailslot' in state.get('drivers/misc/Makefile', '')
        symbols = (
            re.findall(r'^config (\w+)', state.get(MODULE + '/Kconfig', ''), re.M) if hooked else []
        )
        self.configure(kind, symbols)
        makefile = self.source / 'drivers/misc/Makefile'
        words = []
        if not hooked:
            # Nothing builds it yet but who says so.
            write(makefile, self.series.base['drivers/misc/Makefile'] + 'obj-y += mailslot/\n')
            words = [f'CONFIG_MAILSLOT={kind}']
        # make -s says nothing of a file that it builds, so whatever there is to read is a warning.
        told = self.make(kind, 'W=1', 'C=1', 'CF=-D__CHECK_ENDIAN__', *words, MODULE + '/')
        told = '\n'.join(
            line
            for line in told.split('\n')
            if not re.search('Clock skew|modification time .* in the future', line)
        )
        if re.search('warning|error', told, re.I):
            raise Error(f'W=1 C=1:\n{told[-3000:]}')
        objects = self.root / kind / MODULE
        wanted = re.findall(
            r'[\w/-]+\.o\b', re.sub(r'^obj-.*', '', state[MODULE + '/Makefile'], flags=re.M)
        )
        missing = [one for one in wanted if not (objects / one).exists()]
        if missing:
            raise Error(f'the build made no {" ".join(missing)}')
        composed = [objects / one for one in wanted if not one.startswith('tests/')]
        defined, used = set(), set()
        for line in run('nm', *composed).split('\n'):
            match = re.search(r' ([A-Za-z]) (\w+)$', line)
            if match and match.group(1) in 'Uu':
                used.add(match.group(2))
            elif match:
                defined.add(match.group(2))
        return sorted(one for one in used - defined if re.match('_*mailslot_', one))

    def link_module(self):
        """modpost reads the finished module, without the symbols of a kernel."""
        told = self.make(
            'm',
            'W=1',
            'KBUILD_MODPOST_WARN=1',
            MODULE + '/mailslot.ko',
            MODULE + '/mailslot-kunit.ko',
        )
        told = '\n'.join(
            line
            for line in told.split('\n')
            if not re.search(
                r'undefined!$|Module\.symvers|vmlinux\.o|suppressed .* unresolved|'
                r'Modules may not have dependencies|You may get many unresolved|'
                r'You need to build|You can set KBUILD_MODPOST_WARN|skipping BTF',
                line,
            )
        )
        if re.search('warning|error', told, re.I):
            raise Error(f'modpost:\n{told[-3000:]}')

    def selftests(self, out):
        """The programs, built in the tree with the tree's own headers."""
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        self.make('y', 'headers_install', f'INSTALL_HDR_PATH={self.root / "y/usr"}')
        told = run(
            'make',
            '-s',
            '-C',
            self.source / SELFTESTS,
            f'OUTPUT={out}',
            f'KHDR_INCLUDES=-isystem {self.root}/y/usr/include',
            env=dict(
                {
                    name: value
                    for name, value in os.environ.items()
                    if name not in ('MAKEFLAGS', 'MFLAGS', 'MAKELEVEL')
                },
                LC_ALL='C',
            ),
        )
        missing = [
            one
            for one in intree_programs(self.series.states[-1][SELFTESTS + '/Makefile'])
            if not (out / one).exists()
        ]
        if missing or re.search(r'warning: (?!.*is skipped)|error', told):
            raise Error(f'selftests: {" ".join(missing)}\n{told[-3000:]}')


def one_version(lists, version, quick):
    """All of one version; prints a line for each part."""
    began = time.monotonic()

    def say(text):
        print(f'series {version}: {text} ({time.monotonic() - began:.0f} s)', flush=True)

    source = run(VM / 'kernel.sh', 'source', version).strip().split('\n')[-1]
    series = Series(lists, version, source)
    work = ROOT / 'build/series' / version
    out = make_repository(series, work)
    say(f'{len(series.patches)} patches')
    checkpatch(series, out, quick)
    kernel_doc(series)
    say('checkpatch --strict and kernel-doc are silent')
    sphinx(series, work)
    say('sphinx is silent')
    tree = Tree(series, pathlib.Path(cache_directory()))
    say('a tree to build in is there')
    numbers = range(1, len(series.patches) + 1)
    built = [
        number for number in numbers if series.states[number].get(MODULE + '/Makefile') is not None
    ]
    last = [
        number
        for number in built
        if {
            path: text
            for path, text in series.states[number].items()
            if path.startswith('drivers/')
        }
        == {path: text for path, text in series.states[-1].items() if path.startswith('drivers/')}
    ][0]
    for number in [last] if quick else [number for number in built if number <= last]:
        lacking = [tree.build(series.states[number], kind) for kind in ('y', 'm')]
        if number == last and lacking[0] + lacking[1]:
            raise Error(f'the last state lacks {" ".join(lacking[0] + lacking[1])}')
        if lacking[0] != lacking[1]:
            raise Error('y and m lack different functions')
        if 'drivers/misc/Makefile' in series.states[number] and lacking[0]:
            raise Error(f'state {number} can be built in and lacks {" ".join(lacking[0])}')
        say(
            f'state {number} builds, y and m'
            + (f'; {len(lacking[0])} functions come later' if lacking[0] else '')
        )
    tree.link_module()
    say('modpost is silent')
    tree.set(series.states[-1])
    tree.selftests(work / 'selftests')
    say('the selftests build in the tree')
    if not quick:
        letter(series, out, BUILT)


def cache_directory():
    """Where the test machine keeps what is fetched or built once."""
    return run('sh', '-c', f'. "{VM}/cache.sh" && echo "$cache"').strip()


def main():
    """Says what is wrong in one place."""
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('-q', dest='quick', action='store_true')
    parser.add_argument('-p', dest='lists', type=pathlib.Path, default=HERE)
    parser.add_argument('versions', nargs='*')
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    versions = given.versions or ['6.12', (VM / 'newest').read_text().strip()]
    code = 0
    for version in versions:
        try:
            one_version(given.lists.resolve(), version, given.quick)
        except Error as error:
            print(f'series {version}: {error}', file=sys.stderr)
            code = 1
    sys.exit(code)


if __name__ == '__main__':
    main()
