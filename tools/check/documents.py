#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Proves that the documents speak of what is there, and of all of it: the header's names, the module's errors, limits,
trace events and files in sysfs and /proc, the library's functions, the command's subcommands and options, the version,
and every link. It knows nothing of whether the text is good; that the commands in it run is the task of tests/documents.

usage: documents.py	exit status 1 and a line for each fault
"""
import glob
import os
import re
import subprocess
import sys

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..'))
faults = 0
# A page that is nothing but the name of another one has nothing to check.
man = {os.path.basename(path): open(path).read() for path in glob.glob('docs/man/*')}
pages = {name: text for name, text in man.items() if not text.startswith('.so')}
books = {path: open(path).read() for path in ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'NEWS.rst', *glob.glob('docs/*.rst'), *glob.glob('docs/*.md')]}
abi, device = books['docs/mailslot.rst'], pages['mailslot.4']


def fault(text):
    global faults
    faults += 1
    print(text)


def read(*paths):
    return ''.join(open(path).read() for pattern in paths for path in sorted(glob.glob(pattern)))


def names(pattern, text):
    found = set(re.findall(pattern, text, re.M))
    if not found:
        fault(f'nothing matches {pattern}: this check checks nothing')
    return found


def plain(page):
    """A manual page's text without what formats it."""
    text = re.sub(r'\\f.', '', re.sub(r'\\-', '-', page))
    return re.sub(r'\\&|"', '', text)


def has(where, text, wanted, what):
    for name in sorted(wanted):
        if not re.search(rf'(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])', text):
            fault(f'{where} does not have {what} {name}')


# The header, in the document of the interface and in the manual page of the device.
header = read('uapi/linux/mailslot.h')
constants = names(r'^#define\s+(MAILSLOT_\w+)', header)
fields = names(r'^\t\w+ (\w+)(?:\[.*\])?;', header)
structures = names(r'^struct (\w+) \{', header)
errors = names(r'\b(E[A-Z0-9]{3,})\b', ''.join(re.findall(r'/\*.*?\*/', header, re.S)))
has('docs/mailslot.rst', abi, constants | fields | structures, 'the header\'s')
# Paths and sums of bits are not for a page of two screens.
has('mailslot(4)', plain(device), (constants | fields | structures) - names(r'^#define\s+(MAILSLOT_\w+(?:_FLAGS|_MASK|_MAGIC))', header)
    - {'MAILSLOT_CONTROL', 'MAILSLOT_DIR'}, 'the header\'s')
for where, text in ('docs/mailslot.rst', abi), ('mailslot(4)', plain(device)):
    has(where, text, errors, 'the error')
    for name in sorted(set(re.findall(r'\bE[A-Z0-9]{3,}\b', text)) - errors - {'ENXIO', 'ENOENT'}):
        if name not in ('EXAMPLES', 'ERRORS'):
            fault(f'{where} has the error {name}, which the header does not have')

# Everything of ours that any document names is somewhere.
source = ''.join(open(path, errors='replace').read() for path in subprocess.run(
    ['git', 'ls-files', 'uapi', 'kmod', 'userlib', 'selftests', 'tests', 'tools', 'debian', 'packaging', 'system'], capture_output=True, text=True).stdout.split())
ours = set(re.findall(r'\bMAILSLOT_\w+', source)) | set(re.findall(r'\bmailslot_\w+', source))
for path, text in [*books.items(), *((f'docs/man/{name}', text) for name, text in pages.items())]:
    text = re.sub(r'^\.TH .*', '', text, flags=re.M)
    for name in sorted(set(re.findall(r'\bMAILSLOT_[A-Z0-9_]*[A-Z0-9]\b(?!\*|_)', text)) - ours):
        fault(f'{path} speaks of {name}, which is nowhere')

# Limits, with their defaults, as modinfo tells them.
kmod = read('kmod/*.[ch]')
parameters = names(r'^module_param\((\w+),', kmod)
for where, text in ('docs/mailslot.rst', abi), ('mailslot(4)', plain(device)):
    has(where, text, parameters, 'the module\'s parameter')
for name, default in re.findall(r'MODULE_PARM_DESC\((\w+),\s*(?:"[^"]*"\s*)*?"[^"]*default ([0-9]+(?: MiB)?)', kmod):
    for where, text in ('docs/mailslot.rst', abi), ('mailslot(4)', plain(device)):
        if not re.search(rf'\b{name}\W+{default}\b', text):
            fault(f'{where} does not say that the default of {name} is {default}')

# What is to be seen of a slot.
has('docs/mailslot.rst', abi, names(r'add_uevent_var\(env, "(\w+)=', kmod), 'the uevent\'s')
has('docs/mailslot.rst', abi, names(r'seq_printf\(m, "([\w-]+):', kmod), 'fdinfo\'s')
has('docs/mailslot.rst', abi, names(r'DEVICE_ATTR_R[OW]\((\w+)\)', kmod), 'sysfs\'s')
has('docs/mailslot.rst', abi, names(r'^(?:TRACE_EVENT\(|DEFINE_EVENT\(\w+, )(\w+)', kmod), 'the trace event')

# The library: each function has a page, in section 3, which libmailslot(7) or another page names.
exported = names(r'^\t([A-Za-z_]+);$', read('userlib/src/libmailslot.map'))
for name in sorted(exported):
    if f'{name}.3' not in man:
        fault(f'{name} has no manual page')
    if not re.search(rf'\b{name}(@LIBMAILSLOT|$)', read('debian/libmailslot0.symbols'), re.M):
        fault(f'debian/libmailslot0.symbols does not have {name}')
for name, text in man.items():
    if target := re.match(r'\.so man\d/(.*)', text):
        if target[1] not in man:
            fault(f'docs/man/{name} stands for {target[1]}, which is not there')
    for page, section in re.findall(r'^\.BR (\w+) \"?\((\d)\)', text, re.M):
        if f'{page}.{section}' not in man and (page.startswith('mailslot') or page in exported or page == 'libmailslot'):
            fault(f'docs/man/{name} names {page}({section}), which is not there')

# What libkernel32 exports is listed for those who call it.
has('docs/porting.rst', books['docs/porting.rst'], names(r'^\t([A-Za-z]\w+);$', read('userlib/kernel32/src/libkernel32.map')),
    'libkernel32\'s')

# The command: --help, the page and the completions know the same subcommands and options.
command = next(filter(os.path.exists, ['build/check/userlib/mailslot', 'build/userlib/mailslot']), 'build/userlib/mailslot')
if not os.access(command, os.X_OK) or 'mailslot.1' not in pages:
    fault(f'the command {command} or its page is not there')
else:
    def told(*arguments):
        done = subprocess.run([command, *arguments, '--help'], capture_output=True, text=True)
        return done.stdout or done.stderr

    page = plain(pages['mailslot.1'])
    completions = {path: read(path) for path in glob.glob('userlib/cli/completion/*')}
    subcommands = {name for line in names(r'^  ([a-z]+(?:, [a-z]+)*)', told()) for name in line.split(', ')}
    has('mailslot(1)', page, subcommands, 'the subcommand')
    for name in sorted(subcommands):
        options = set(re.findall(r'(?<![\w-])--([a-z][a-z-]+)', told(name)))
        has('mailslot(1)', page, {f'--{option}' for option in options - {'help'}}, f'{name}\'s option')
        for path, text in completions.items():
            has(path, text, {name} | options - {'help'}, f'{name}\'s')
    every = set(re.findall(r'(?<![\w-])--[a-z][a-z-]+', told() + ''.join(told(name) for name in subcommands)))
    for option in sorted(set(re.findall(r'(?<![\w-])--[a-z][a-z-]+', page)) - every):
        fault(f'mailslot(1) has {option}, which no --help tells of')

# One version.
version = open('VERSION').read().strip()
for path, pattern in (('kmod/main.c', r'MODULE_VERSION\("(.*?)"\)'), ('dkms.conf', r'PACKAGE_VERSION="(.*?)"'),
                      ('debian/changelog', r'\Amailslot \((.*?)\)'), ('packaging/rpm/mailslot.spec', r'^Version: +(\S+)'),
                      ('packaging/arch/PKGBUILD', r'^pkgver=(\S+)')):
    if (found := re.search(pattern, open(path).read(), re.M)) is None or found[1] != version:
        fault(f'{path} is of version {found and found[1]}, VERSION of {version}')
for path, text in books.items():
    for found in set(re.findall(r'\bmailslot[/-](\d+\.\d+\.\d+)', text)) - {version}:
        fault(f'{path} is of version {found}, VERSION of {version}')
for name, text in pages.items():
    if (found := re.search(r'^\.TH .*?(\d+\.\d+)"', text)) and not version.startswith(found[1] + '.'):
        fault(f'docs/man/{name} is of version {found[1]}, VERSION of {version}')


# Links lead somewhere, to headings too; every document is in the book.
def anchors(text):
    titles = re.findall(r'^#+ +(.*)', text, re.M) + re.findall(r'^(\S.*)\n[=\-~]{3,}$', text, re.M)
    return {re.sub(r'[^\w\- ]', '', title.lower()).strip().replace(' ', '-') for title in titles}


index = books.get('docs/index.rst', '')
for path, text in books.items():
    links = re.findall(r'\]\(([^)\s]+)\)', text) if path.endswith('.md') else \
        re.findall(r'`[^`<>]*<([^>`]+)>`_', text) + re.findall(r'^\.\. _[^:]+: (\S+)$|^\.\. image:: (\S+)', text, re.M)
    links = [link if isinstance(link, str) else link[0] or link[1] for link in links]
    for link in links:
        if re.match(r'\w+:', link):
            continue
        file, _, anchor = link.partition('#')
        target = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
        if not os.path.exists(target):
            fault(f'{path} links to {link}, which is not there')
        elif anchor and anchor not in anchors(open(target).read()):
            fault(f'{path} links to {link}, and there is no such heading')
    for file in re.findall(r'``((?:docs|selftests|tests|tools|userlib|kmod|uapi|debian|packaging|system)/[\w./-]*[\w/])``', text):
        # A program may be named without its source's ending.
        if not glob.glob(file) + glob.glob(f'{file}.*'):
            fault(f'{path} speaks of {file}, which is not there')
    if path.startswith('docs/') and path != 'docs/index.rst' and os.path.basename(path) not in index:
        fault(f'docs/index.rst does not lead to {path}')
    if path.endswith('.rst'):
        done = subprocess.run(['rst2html', '--strict', '--halt=2', path, '/dev/null'], capture_output=True, text=True)
        if done.returncode:
            fault(f'{path}: {done.stderr.strip()}')

# The picture is the one that its text says.
done = subprocess.run(['docs/picture.sh', 'check'], capture_output=True, text=True)
if done.returncode:
    fault(done.stdout + done.stderr)

# The table of runtimes is the one that is tested.
done = subprocess.run(['tests/runtimes/table.py', '--check'], capture_output=True, text=True)
if done.returncode:
    fault(done.stdout + done.stderr)

sys.exit(faults > 0)
