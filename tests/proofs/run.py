#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Proves what can be proved of kmod/ without running it, and demands that each broken twin is refused.

litmus	each lock-free step of kmod/ is a litmus test of the kernel's memory model (steps.toml, litmus/*.litmus), run by herd7 with
	the model of linux-source; the places that the table names are in the code, and no lock-free access of the code is in no table
bounds	queue.c's arithmetic and name.c, by CBMC (bounds.toml, bounds/*.c)

usage: run [--large|--litmus] [NAME...]	all, or those of these names; --large: with the larger bounds; --litmus: without CBMC
"""
import os
import re
import resource
import subprocess
import sys
import tempfile
import tomllib

here = os.path.dirname(os.path.abspath(__file__))
top = os.path.join(here, '..', '..')
failed = passed = skipped = 0


def report(name, good, text):
    global failed, passed
    passed += good
    failed += not good
    print(f'{name:<24} {text if good else "FAIL: " + text}', flush=True)


def processor():
    """Seconds of a processor that all programs so far have taken."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def output(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else ''


def table(name):
    with open(os.path.join(here, name), 'rb') as file:
        return tomllib.load(file)


def broken(text, sed):
    """The text with a twin's fault in it."""
    twin = subprocess.run(['sed', sed], input=text, capture_output=True, text=True, check=True).stdout
    if twin == text:
        sys.exit(f'run: {sed} changes nothing')
    return twin


# The code: what each function has.
DEFINITION = re.compile(r'^(?!#|/|\s|}|typedef)[\w*][^;=]*?\b(\w+)\([^;]*$')
# What is done to shared memory without a lock.
STEPS = re.compile(r'\b(READ_ONCE|WRITE_ONCE|data_race|smp_\w+|atomic_\w+|cmpxchg|refcount_\w+|rcu_read_lock|rcu_barrier|call_rcu|'
                   r'kfree_rcu|llist_add|llist_del_all|test_and_set_bit|waitqueue_active|wait_var_event|set_current_state)\(')


def functions():
    """{(file, function): its lines}; what is outside of functions is at the function before."""
    found = {}
    for path in output('git', '-C', top, 'ls-files', 'kmod/*.[ch]', ':!kmod/tests', ':!kmod/compat*').split():
        name, comment = '', False
        for line in open(os.path.join(top, path)):
            comment = comment or line.lstrip().startswith('/*')
            if not comment:
                if match := DEFINITION.match(line):
                    name = match[1]
                found[path, name] = found.get((path, name), '') + line
            if '*/' in line:
                comment = False
    return found


def places(steps, plain):
    """The tables and the code name the same steps."""
    code = functions()
    named = set()
    faults = []
    for test, step in steps.items():
        for place in step['code']:
            path, function, word = place.split()
            if not re.search(rf'\b{word}\(', code.get((path, function), '')):
                faults.append(f'{test}: {path} has no {function}() with {word}()')
            named.add((path, function, word))
    for place in plain:
        path, function, word = place.split()
        if not re.search(rf'\b{word}\(', code.get((path, function), '')):
            faults.append(f'unordered: {path} has no {function}() with {word}()')
        named.add((path, function, word))
    count = 0
    for (path, function), text in code.items():
        for word in sorted(set(STEPS.findall(text))):
            count += 1
            if (path, function, word) not in named:
                faults.append(f'{path} {function} {word} is in no table')
    for fault in faults:
        print('    ' + fault)
    report('places', not faults, f'{count} lock-free accesses of kmod/, each with its test or its reason')


def observed(herd, text, work):
    path = os.path.join(work, 'test.litmus')
    with open(path, 'w') as file:
        file.write(text)
    done = subprocess.run(herd + ['-conf', 'linux-kernel.cfg', path], cwd=model, capture_output=True, text=True)
    said = re.search(r'^Observation \S+ (\w+) (\d+) (\d+)', done.stdout, re.M)
    if not said or done.returncode or done.stderr.strip():
        return 'nothing', f'{done.stdout}{done.stderr}'
    race = ' with a data race' if 'Flag data-race' in done.stdout else ''
    return said[1] + race, done.stdout


def litmus(herd, steps, wanted, work):
    for name, step in steps.items():
        if wanted and name not in wanted:
            continue
        with open(os.path.join(here, 'litmus', f'{name}.litmus')) as file:
            text = file.read()
        found, said = observed(herd, text, work)
        report(name, found == 'Never', f'litmus: {found}')
        if found != 'Never':
            print(said)
        if not step['twins']:
            report(name, False, 'there is no twin')
        for sed in step['twins']:
            found, said = observed(herd, broken(text, sed), work)
            report(f'{name} broken', found.startswith('Sometimes'), f'litmus: {found}: {sed}')
            if not found.startswith('Sometimes'):
                print(said)
    there = {path[:-len('.litmus')] for path in os.listdir(os.path.join(here, 'litmus')) if path.endswith('.litmus')}
    if there != set(steps):
        report('tests', False, f'tests and table differ: {sorted(there ^ set(steps))}')


def cbmc_run(cbmc, name, proof, options, source, work):
    """CBMC's verdict on the proof with this text in place of the source; the properties that fail."""
    shadow = os.path.join(work, 'include')
    for path in output('git', '-C', top, 'grep', '-h', '-o', '-E', '#include <(linux|trace)/[^>]*>', '--', 'kmod').split('\n'):
        if header := re.search(r'<(.*)>', path):
            if header[1] in ('linux/types.h', 'linux/errno.h', 'linux/limits.h', 'linux/mailslot.h', 'linux/ioctl.h'):
                continue
            os.makedirs(os.path.dirname(os.path.join(shadow, header[1])), exist_ok=True)
            open(os.path.join(shadow, header[1]), 'w').close()
    with open(os.path.join(work, proof['source']), 'w') as file:
        file.write(source)
    command = cbmc + [os.path.join(here, 'bounds', f'{name}.c'), '-I', work, '-I', shadow, '-I', os.path.join(here, 'bounds'),
                      '-I', os.path.join(top, 'kmod'), '-I', os.path.join(top, 'tests', 'fuzz'), '-I', os.path.join(top, 'uapi'),
                      '--bounds-check', '--pointer-check',
                      '--signed-overflow-check', '--div-by-zero-check', '--undefined-shift-check', '--conversion-check',
                      '--no-malloc-may-fail', '--unwinding-assertions', '--drop-unused-functions', *proof.get('checks', []), *options.split()]
    command = [word for word in command if word not in proof.get('without', [])]
    done = subprocess.run(command, capture_output=True, text=True)
    failures = re.findall(r'^\[(\S+)\] .*: FAILURE$', done.stdout, re.M)
    verdict = {0: 'proved', 10: 'refused'}.get(done.returncode, 'error')
    return verdict, failures, done.stdout + done.stderr


def bounds(cbmc, proofs, large, wanted, work):
    for name, proof in proofs.items():
        if wanted and name not in wanted:
            continue
        with open(os.path.join(top, 'kmod', proof['source'])) as file:
            text = file.read()
        options = proof['large' if large and 'large' in proof else 'small']
        begin = processor()
        verdict, failures, said = cbmc_run(cbmc, name, proof, options, text, work)
        report(name, verdict == 'proved', f'CBMC: {verdict} in {processor() - begin:.1f} s of a processor: {proof["says"]}; {options}')
        if verdict != 'proved':
            print('    ' + '\n    '.join(failures or said.split('\n')[-20:]))
        if not proof['twins']:
            report(name, False, 'there is no twin')
        for sed in proof['twins']:
            verdict, failures, said = cbmc_run(cbmc, name, proof, proof['small'], broken(text, sed), work)
            # A loop that runs longer is no fault that the proof is for.
            real = [failure for failure in failures if '.unwind.' not in failure]
            report(f'{name} broken', verdict == 'refused' and bool(real), f'CBMC: {verdict}: {sed}')
            if not real:
                print('    ' + '\n    '.join(failures or said.split('\n')[-20:]))


arguments = sys.argv[1:]
large = '--large' in arguments
wanted = [one for one in arguments if one not in ('--large', '--litmus')]
steps, proofs = table('steps.toml'), table('bounds.toml')
unordered = steps.pop('unordered')['code']
if unknown := set(wanted) - set(steps) - set(proofs):
    sys.exit(f'usage: run [--large|--litmus] [NAME...]; there is no {" ".join(sorted(unknown))}')
tools = os.path.join(here, 'tools.sh')
herd, cbmc = output(tools, 'herd7').split(), output(tools, 'cbmc').split()
source = output(os.path.join(top, 'tools', 'vm', 'kernel.sh'), 'source').strip()
model = os.path.join(source, 'tools', 'memory-model')
if not wanted:
    places(steps, unordered)
with tempfile.TemporaryDirectory() as work:
    if herd and source:
        litmus(herd, steps, wanted, work)
    else:
        skipped += len(steps)
        print(f'{len(steps)} litmus tests ... SKIPPED: no herd7, or no linux-source: see tools/setup.sh check')
    if '--litmus' in arguments:
        pass
    elif cbmc:
        bounds(cbmc, proofs, large, wanted, work)
    else:
        skipped += len(proofs)
        print(f'{len(proofs)} proofs of bounds ... SKIPPED: no CBMC: see tools/setup.sh check')
print(f'{passed} passed, {failed} failed, {skipped} skipped; {processor():.0f} s of a processor')
sys.exit(1 if failed else 0)
