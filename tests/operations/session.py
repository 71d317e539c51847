#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Plays a session of commands as one types them and compares what they print, so that a document that shows the session
tells the truth. TAP on standard output, the transcript in a file. What the sessions are about is their own.

usage: session.py FILE TRANSCRIPT

A line of FILE that begins with
	"$ "	is a command, run by one bash from first to last; what it prints, errors too, is its output
	"$? "	is a command that is run again, for a minute at most, until its output has what is expected
	"~ "	is a regular expression of which one line of the last command's output must have a match
	"| "	is a command that is run, but neither shown nor judged
	"? "	is one, too: if it fails, the rest is skipped, and what it printed says why
	"#"	is a comment on FILE
and any other line is text for the transcript.
"""
import os
import re
import select
import signal
import subprocess
import sys
import time

LIMIT = 180                     # of one command, on a loaded host
AGAIN = 60


class Shell:
    def __init__(self):
        self.bash = subprocess.Popen(['bash', '--norc', '--noprofile'], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT, bufsize=0, start_new_session=True)
        self.count = 0

    def run(self, command):
        """What COMMAND prints, and its status."""
        self.count += 1
        mark = f'==== {os.getpid()}.{self.count} '
        self.bash.stdin.write(f'{command}\nstatus=$?; printf "\\n{mark}%d\\n" $status\n'.encode())
        output, end = b'', time.monotonic() + LIMIT
        while not (found := re.search(f'\n{re.escape(mark)}(\\d+)\n'.encode(), output)):
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.bash.stdout], [], [], left)[0]:
                return output.decode(errors='replace').strip('\n'), -1
            more = os.read(self.bash.stdout.fileno(), 65536)
            if not more:
                return output.decode(errors='replace').strip('\n'), -1
            output += more
        return output[:found.start()].decode(errors='replace').strip('\n'), int(found[1])


def play(lines, transcript):
    shell, number, command, output, expected, skipping = Shell(), 0, None, '', 0, None
    for place, line in enumerate(lines):
        if line.startswith('#'):
            continue
        kind, _, rest = line.partition(' ')
        if kind == '~':
            number += 1
            name = f'{command}: {rest}'.replace('#', '\\#')
            if skipping:
                print(f'ok {number} - {name} # SKIP {skipping}')
            elif any(re.search(rest, each) for each in output.split('\n')):
                print(f'ok {number} - {name}')
            else:
                print(f'not ok {number} - {name}')
                print(*(f'# {each}' for each in output.split('\n')), sep='\n')
        elif skipping:
            command = rest
        elif kind == '|':
            said, status = shell.run(rest)
            if status:
                print(f'# {rest}: status {status}: {said}')
        elif kind == '?':
            said, status = shell.run(rest)
            if status:
                skipping = ' '.join(said.split()) or rest
        elif kind in ('$', '$?'):
            command = rest
            wanted = []
            for following in lines[place + 1:]:
                if not following.startswith('~ '):
                    break
                wanted.append(following[2:])
            end = time.monotonic() + (AGAIN if kind == '$?' else 0)
            while True:
                output, _ = shell.run(command)
                if time.monotonic() >= end or all(any(re.search(each, one) for one in output.split('\n')) for each in wanted):
                    break
                time.sleep(0.2)
            transcript.append(f'$ {command}')
            transcript += output.split('\n') if output else []
        else:
            transcript.append(line)
        sys.stdout.flush()
    # With all that still runs in the background.
    os.killpg(shell.bash.pid, signal.SIGKILL)
    shell.bash.wait()
    if not number:
        print('1..0 # SKIP nothing is expected')
    print(f'1..{number}')
    return skipping


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding='utf-8') as file:
        lines = file.read().splitlines()
    transcript = []
    skipped = play(lines, transcript)
    if not skipped:
        with open(sys.argv[2], 'w', encoding='utf-8') as file:
            file.write('\n'.join(transcript) + '\n')


if __name__ == '__main__':
    main()
