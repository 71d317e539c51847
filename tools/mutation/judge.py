# SPDX-License-Identifier: GPL-2.0-only
"""What kills a mutant: fuzzers that have files of kmod/ in a process, with the inputs that are
stored, and test programs in one machine. Both end at the first failure. The order of the programs
is learned from the results so far."""
import collections
import os
import re
import resource
import shutil
import signal
import subprocess
import threading
import time

# Programs that have to do with a file, until results say it better.
NEAR = [
    (r'instance|dir|entry|creation|listing|passing|attr|acl|inode|params|quota', r'instance'),
    (r'ring', r'ring'),
    (r'poller|wait|turn', r'poll|timeouts|readwrite|batch'),
    (r'block|reclaim', r'reclaim|limits|readwrite'),
    (r'user|usercopy', r'limits|fault|readwrite'),
    (r'info|control', r'info|abi'),
    (r'node|slot|server|names?|main', r'create|lifetime|perms'),
    (r'client|send|outgoing|receive|queue', r'readwrite|batch|limits|timeouts'),
    (r'userlib/src/(event|wait|engine|line|named|end)', r'event|wait|names|threads'),
    (
        r'userlib/src/(operation|overlapped|completion|apc|thread|port)',
        r'overlapped|alertable|port|stress',
    ),
    (r'userlib/win32/src', r'functions|names|lists|threads|memory'),
    (r'userlib/src/(name|remote|lookup|descriptor)', r'open|remote|create|home'),
    (r'userlib/src/(security|access|posix-acl|owner)', r'security'),
]
LATE = 'does not end'
QUIET = re.compile(r'# SKIP|# XFAIL')


def short(command):
    return re.sub(r'.*(build/|selftests/|tests/)(\S)', r'\2', command).strip()


class Order:
    """How often each program has killed, for a file and in all, and how long it takes to pass."""

    def __init__(self, seconds):
        self.seconds = seconds
        self.kills = collections.Counter()
        self.all = collections.Counter()

    def learn(self, result):
        if result['verdict'] == 'killed':
            self.kills[result['file'], result['program']] += 1
            self.all[result['program']] += 1

    def promise(self, name, command):
        near = any(
            re.search(r'\b(%s)\b' % files, name) and re.search(programs, short(command))
            for files, programs in NEAR
        )
        hope = 3 * self.kills[name, command] + 0.2 * self.all[command] + (2 if near else 0.1)
        return hope / (self.seconds.get(command, 30) + 2)

    def sorted(self, name, commands):
        return sorted(commands, key=lambda command: (-self.promise(name, command), command))


class Killed(Exception):
    def __init__(self, program, how):
        super().__init__(program)
        self.program, self.how = program, how


# Of the inputs that are stored, one in so many is quick; seconds of processor time, as a busy host
# has less of them for each second of the clock.
FUZZ_SHARE, FUZZ_SECONDS = 3, 60


def fuzz(copy, name):
    """Some of the stored inputs of a fuzzer, once each."""
    corpus = copy / f'build/fuzz/mutation/{name}'
    if not corpus.is_dir():
        corpus.mkdir(parents=True)
        archive = copy / f'tests/fuzz/corpus/{name}.tar.xz'
        subprocess.run(['tar', '-xJf', archive, '-C', corpus], check=True)
        for number, path in enumerate(sorted(path for path in corpus.rglob('*') if path.is_file())):
            if number % FUZZ_SHARE:
                path.unlink()
    done = subprocess.run(
        [
            copy / f'build/fuzz/fuzz-{name}',
            '-runs=0',
            '-rss_limit_mb=4096',
            f'-artifact_prefix={copy}/build/fuzz/',
            corpus,
        ],
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (FUZZ_SECONDS, FUZZ_SECONDS)),
    )
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise Killed(f'fuzz-{name}', LATE)
    if done.returncode:
        errors = done.stderr.decode(errors='replace')
        said = re.search(r'SUMMARY: .*|ERROR: .*|.*runtime error.*', errors)
        said = said[0] if said else f'exit status {done.returncode}'
        raise Killed(f'fuzz-{name}', ' '.join(said.split())[:150])


class Machine:
    """A machine that takes one job after the other; a complaint of the kernel is its end, and the
    next job has another one."""

    def __init__(self, copy, kernel, name='mutation'):
        self.copy, self.kernel, self.name = copy, kernel, name
        self.share = copy / f'build/vm/{kernel}/{name}'
        self.vm = None
        self.jobs = 0

    def start(self):
        shutil.rmtree(self.share, ignore_errors=True)
        tool = self.copy / 'build/vm/module'
        if not tool.exists():
            tool.parent.mkdir(parents=True, exist_ok=True)
            source = self.copy / 'tools/vm/module.c'
            subprocess.run(['cc', '-O2', '-o', tool, source, '-lkmod'], check=True)
        words = f'tools/vm/run.sh -n -k {self.kernel} -c 1 -t 86400 -r {self.name}'.split()
        self.vm = subprocess.Popen(
            [*words, '-a', 'panic_on_warn=1', '--', 'tools/mutation/guest.sh'],
            cwd=self.copy,
            env={**os.environ, 'MAILSLOT_BOOT_LIMIT': '900'},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            errors='replace',
        )
        self.jobs = 0
        for line in self.vm.stdout:
            if line.startswith('#### ready'):
                return
        self.stop()
        raise SystemExit('the machine does not boot')

    def stop(self):
        """Ends the machine, if there is one; says with which status."""
        if not self.vm:
            return 0
        if self.vm.poll() is None:
            self.vm.send_signal(signal.SIGTERM)
        self.vm.stdout.close()
        status = self.vm.wait()
        self.vm = None
        return status

    def run(self, files, programs, limits, prefix='', patient=False):
        """Says how long each program has taken that has passed; Killed tells of the first one that
        has not. With patience all programs run, and the faults are among the times."""
        if not self.vm:
            self.start()
        self.jobs += 1
        job = self.share / f'job.{self.jobs}'
        job.mkdir()
        for file in files:
            shutil.copy(file, job)
        lines = [f'{limits[command]} {prefix}{command}\n' for command in programs]
        (job / 'list').write_text(''.join(lines))
        if patient:
            (job / 'all').touch()
        (job / 'go').touch()
        late = threading.Timer(sum(limits.values()) + 60, self.vm.terminate)
        late.start()
        try:
            return self.read(prefix, patient, late)
        finally:
            late.cancel()

    def read(self, prefix, patient, late):
        now, began, fault, killed, passed = '', time.monotonic(), '', None, {}
        for line in self.vm.stdout:
            line = line.rstrip()
            if line.startswith('#### begin '):
                now, began, fault = line[len('#### begin ') + len(prefix) :], time.monotonic(), ''
            elif line.startswith('not ok') and not QUIET.search(line):
                fault = fault or line[len('not ok') :].strip()
            elif line.startswith('#### end '):
                status = int(line.split()[2])
                if status in (124, 137) and not fault:
                    fault = LATE
                elif status not in (0, 4):
                    fault = fault or f'exit status {status}'
                passed[now] = fault or round(time.monotonic() - began, 1)
                if fault and not killed and not patient:
                    killed = Killed(now, fault[:150])
            elif line.startswith('#### fault '):
                killed = killed or Killed(now or 'load', line[len('#### fault ') :])
                self.stop()
                raise killed
            elif line == '#### done':
                if killed:
                    raise killed
                return passed
        out_of_time = not late.is_alive()
        status = self.stop()
        if killed:
            raise killed
        if out_of_time:
            raise Killed(now, LATE)
        raise Killed(now, f'the kernel complained ({status}): {self.complaint()}')

    def complaint(self):
        for name in ('complaints', 'kernel.log'):
            path = self.share / name
            for line in path.read_text(errors='replace').splitlines() if path.exists() else ():
                if re.search(
                    r'BUG|WARNING|Oops|panic|refcount_t|still in use|outlives|tainted|RIP', line
                ):
                    return re.sub(r'^\[[^]]*\] *', '', line)[:120]
        return 'it stopped'
