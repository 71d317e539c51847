#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs what README.md and the documents show, in the test VM, and prints TAP: a test for each block of code. Whether the
text around is true is no concern of this file.

usage: run.py USR		USR: where library, headers and command are installed

A block is what stands between ```sh and ``` in Markdown, or below `.. code-block:: sh` in reStructuredText; likewise
python and c. The blocks of a document run in order, in one directory that has all of the repository's in it. A comment before a
block (<!-- TEXT --> or .. TEXT) says how:
	not run: WHY		it is a skip, with the reason
	background: TEXT	it is a server: started, seen to have made a slot, and at the end it must have printed TEXT
Blocks of other kinds, indented ones included, are pictures of output or parts of something.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

usr = os.path.abspath(sys.argv[1])
repository = os.path.abspath(os.path.join(os.path.dirname(sys.argv[0]), '../..'))
count = 0
MARKDOWN = re.compile(r'(?:^<!-- (?P<how>.*?) -->\n)?^```(?P<kind>sh|python|c)\n(?P<code>.*?)^```', re.M | re.S)
RST = re.compile(r'(?:^[ \t]*\.\. (?P<how>not run: .*?|background: .*?)\n\n)?'
                 r'^(?P<indent>[ \t]*)\.\. code-block:: (?P<kind>sh|python|c)\n\n'
                 r'(?P<code>(?:^(?P=indent)[ \t]+.*\n|^\n)+)', re.M)


def result(passed, name, output=''):
    global count
    count += 1
    print(f'{"" if passed else "not "}ok {count} - {name}', flush=True)
    if not passed:
        print(re.sub('^', '# ', output, flags=re.M), flush=True)


def skip(name, why):
    global count
    count += 1
    print(f'ok {count} - {name} # SKIP {why}', flush=True)


def command(kind, code, directory, number):
    """What runs a block: its whole text is in a file, as a reader would have it."""
    path = os.path.join(directory, f'block{number}.{kind}')
    with open(path, 'w') as file:
        file.write(code)
    if kind == 'sh':
        return ['bash', '-eu', path]
    if kind == 'python':
        return ['python3', path]
    return ['bash', '-euc', f'gcc -Wall -Werror {path} -o {path}.program; exec stdbuf -oL {path}.program']


def slots():
    return {os.path.join(where, name) for where, _, files in os.walk('/dev/mailslot') for name in files}


def document(path, environment):
    with open(path) as file:
        text = file.read()
    servers = []
    directory = tempfile.mkdtemp()
    for entry in os.listdir(repository):
        if not entry.startswith('.'):
            os.symlink(os.path.join(repository, entry), os.path.join(directory, entry))
    for number, block in enumerate((MARKDOWN if path.endswith('.md') else RST).finditer(text)):
        how = block['how'] or ''
        code = block['code']
        if path.endswith('.rst'):
            code = re.sub(f'^{block["indent"]}(\t| {{3,4}})', '', code, flags=re.M)
        line = text.count('\n', 0, block.start('code')) + 1
        name = f'{os.path.relpath(path, repository)}:{line}: {code.strip().splitlines()[0]}'.replace('#', '')
        if how.startswith('not run: '):
            skip(name, how[len('not run: '):].strip())
            continue
        arguments = command(block['kind'], code, directory, number)
        if not how.startswith('background: '):
            done = subprocess.run(arguments, cwd=directory, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, timeout=300, errors='replace')
            result(done.returncode == 0, name, done.stdout)
            continue
        before = slots()
        output = open(os.path.join(directory, f'output{number}'), 'w+')
        server = subprocess.Popen(arguments, cwd=directory, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        servers.append((server, output, name, how[len('background: '):].strip()))
        end = time.monotonic() + 200
        while slots() <= before and server.poll() is None and time.monotonic() < end:
            time.sleep(0.1)
    for server, output, name, wanted in servers:
        end = time.monotonic() + 30
        printed = ''
        while wanted not in printed and time.monotonic() < end:
            time.sleep(0.1)
            output.seek(0)
            printed = output.read()
        server.kill()
        server.wait()
        result(wanted in printed, name, f'it did not print "{wanted}", but:\n{printed}')
    shutil.rmtree(directory)


tools = tempfile.mkdtemp()
with open(os.path.join(tools, 'sudo'), 'w') as sudo:
    sudo.write('#!/bin/sh\nexec "$@"\n')
os.chmod(sudo.name, 0o755)
# What is installed into USR is found as if it were /usr.
environment = dict(os.environ, PATH=f'{tools}:{usr}/bin:{os.environ["PATH"]}', C_INCLUDE_PATH=f'{usr}/include',
                   LIBRARY_PATH=f'{usr}/lib', LD_LIBRARY_PATH=f'{usr}/lib', PKG_CONFIG_PATH=f'{usr}/lib/pkgconfig',
                   PKG_CONFIG_SYSROOT_DIR=os.path.dirname(usr))
for path in [os.path.join(repository, 'README.md'), *sorted(glob.glob(os.path.join(repository, 'docs/*.rst')))]:
    document(path, environment)
print(f'1..{count}')
