#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Secure Boot, in a machine of its own with OVMF as the firmware, which checks signatures: the module for $KERNEL is refused
unsigned and signed by a stranger, with the command's sentence; it loads signed by a key in the firmware's db, and signed by
a machine owner's key (MOK) once that key is enrolled. The key is enrolled as docs/packaging.rst says: by `mokutil --import`,
a reboot, and the menus of MokManager, on the serial line.

The machine boots shim, which is signed here by the key in the db of OVMF's example (Debian ships both), and then one EFI program
made of Debian's kernel, unchanged, and an initramfs.

usage: KERNEL=6.12 secure-boot [-v]	-v: what the serial line prints, to standard error
EFIVARFS=FILE SIGN_FILE=PROGRAM in the environment: the module, and the kernel's program, of another place"""
import glob
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

CODE = '/usr/share/OVMF/OVMF_CODE_4M.secboot.fd'
VARS = '/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd'
DB_KEY, DB = '/usr/share/ovmf/PkKek-1-snakeoil.key', '/usr/share/ovmf/PkKek-1-snakeoil.pem'
STUB = '/usr/lib/systemd/boot/efi/linuxx64.efi.stub'
SHIM, MOK_MANAGER = '/usr/lib/shim/shimx64.efi', '/usr/lib/shim/mmx64.efi'
PACKAGES = {CODE: 'ovmf', VARS: 'ovmf', STUB: 'systemd-boot-efi', SHIM: 'shim-unsigned', '/usr/bin/sbsign': 'sbsigntool',
            '/usr/bin/mokutil': 'mokutil', '/usr/bin/mcopy': 'mtools', '/usr/bin/openssl': 'openssl'}
PASSWORD = 'mailslot1'
LIMIT = 540
DOWN, ENTER = b'\x1b[B', b'\r'
KEYS = 'db', 'mok', 'stranger'

INIT = '''#!/bin/sh
/bin/busybox --install -s /bin
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs tmp /tmp
exec > /dev/ttyS0 2>&1
export PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb
insmod /efivarfs.ko
mount -t efivarfs efivarfs /sys/firmware/efi/efivars
mount -t securityfs securityfs /sys/kernel/security
echo "#### state $(mokutil --sb-state | tr '\\n' ' ')"
echo "#### lockdown $(cat /sys/kernel/security/lockdown)"
for key in unsigned stranger mok db; do
	said=$(mailslot load /mailslot-$key.ko 2>&1)
	echo "#### load $key $? $said"
	[ ! -e /dev/mailslot-control ] || mailslot unload
done
if mokutil --test-key /mok.der | grep -q 'already enrolled'; then
	echo '#### over'
	poweroff -f
else
	mokutil --generate-hash=PASSWORD > /tmp/hash
	mokutil --import /mok.der --hash-file /tmp/hash
	echo '#### imported'
	reboot -f
fi
sleep 100
'''

count = 0


def check(right, name, why=''):
    global count
    count += 1
    print('ok' if right else 'not ok', count, '-', name)
    if not right:
        print('\n'.join('# ' + line for line in str(why).splitlines()), flush=True)


def skip_all(why):
    print('1..0 # SKIP ' + why)
    sys.exit()


def run(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options).stdout


def make_keys(work):
    """A pair KEY.key (PEM) and KEY.der for each; the db's is OVMF's example."""
    run('openssl', 'rsa', '-in', DB_KEY, '-passin', 'pass:snakeoil', '-out', f'{work}/db.key')
    run('openssl', 'x509', '-in', DB, '-outform', 'DER', '-out', f'{work}/db.der')
    for key in KEYS[1:]:
        run('openssl', 'req', '-new', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650', '-subj', f'/CN=mailslot {key}/',
            '-keyout', f'{work}/{key}.key', '-outform', 'DER', '-out', f'{work}/{key}.der')


def with_libraries(root, program):
    """Copies PROGRAM to /bin of ROOT, and the libraries that it is linked with to where they are here."""
    shutil.copy(program, f'{root}/bin/')
    for library in re.findall(r'(?:=> |^\t)(/\S+) \(', run('ldd', program, text=True), re.M):
        os.makedirs(root + os.path.dirname(library), exist_ok=True)
        shutil.copy(library, root + library)


def make_initramfs(work, module, efivarfs, sign_file):
    root = work + '/root'
    for directory in 'bin', 'dev', 'proc', 'sys', 'tmp', 'usr/bin', 'usr/sbin', 'sbin', 'etc':
        os.makedirs(f'{root}/{directory}')
    shutil.copy(shutil.which('busybox'), root + '/bin/busybox')
    os.symlink('busybox', root + '/bin/sh')
    for program in 'build/userlib/mailslot', '/usr/bin/mokutil':
        with_libraries(root, program)
    with open(root + '/efivarfs.ko', 'wb') as file:
        file.write(run('xz', '-dc', efivarfs) if efivarfs.endswith('.xz') else open(efivarfs, 'rb').read())
    run('objcopy', '--strip-debug', module, root + '/mailslot-unsigned.ko')
    for key in KEYS:
        shutil.copy(root + '/mailslot-unsigned.ko', f'{root}/mailslot-{key}.ko')
        run(sign_file, 'sha256', f'{work}/{key}.key', f'{work}/{key}.der', f'{root}/mailslot-{key}.ko')
    shutil.copy(work + '/mok.der', root)
    with open(root + '/init', 'w', encoding='ascii') as file:
        file.write(INIT.replace('PASSWORD', PASSWORD))
    os.chmod(root + '/init', 0o755)
    run('sh', '-c', f'cd {root} && find . | busybox cpio -o -H newc > {work}/initramfs')


def signed(work, program):
    to = f'{work}/{os.path.basename(program)}.signed'
    run('sbsign', '--key', work + '/db.key', '--cert', DB, '--output', to, program)
    return to


def make_disk(work, image):
    """A FAT file system, without partitions, with what the firmware boots by itself."""
    with open(work + '/cmdline', 'w', encoding='ascii') as file:
        file.write('console=ttyS0 quiet panic=-1 no_timer_check')
    # Each section begins on the page after the one before, as the stub's own sections do.
    headers = run('objdump', '-h', STUB, text=True)
    at = max(int(address, 16) + int(size, 16) for size, address in re.findall(r'^ +\d+ \.\S+ +(\w+) +(\w+)', headers, re.M))
    options = []
    for name, file in ('.cmdline', work + '/cmdline'), ('.linux', image), ('.initrd', work + '/initramfs'):
        at = (at + 0xfff) & ~0xfff
        options += '--add-section', f'{name}={file}', '--change-section-vma', f'{name}={at:#x}'
        at += os.path.getsize(file)
    run('objcopy', *options, STUB, work + '/grubx64.efi')
    disk = work + '/disk'
    with open(disk, 'wb') as file:
        file.truncate(64 << 20)
    run('mformat', '-i', disk, '-F', '::')
    run('mmd', '-i', disk, '::EFI', '::EFI/BOOT')
    for program, name in (SHIM, 'BOOTX64.EFI'), (MOK_MANAGER, 'mmx64.efi'), (work + '/grubx64.efi', 'grubx64.efi'):
        run('mcopy', '-i', disk, signed(work, program), '::EFI/BOOT/' + name)


class Machine:
    """QEMU by software emulation, and its serial line."""
    def __init__(self, work):
        shutil.copy(VARS, work + '/vars')
        self.text = b''
        self.end = time.monotonic() + LIMIT
        self.qemu = subprocess.Popen(
            ['setpriv', '--pdeathsig', 'KILL', 'qemu-system-x86_64', '-machine', 'q35,smm=on', '-accel', 'tcg', '-cpu', 'max',
             '-smp', '1', '-m', '1G', '-nodefaults', '-no-user-config', '-display', 'none',
             '-global', 'driver=cfi.pflash01,property=secure,value=on',
             '-drive', f'if=pflash,format=raw,unit=0,readonly=on,file={CODE}',
             '-drive', f'if=pflash,format=raw,unit=1,file={work}/vars',
             '-drive', f'if=none,id=disk,format=raw,file={work}/disk', '-device', 'virtio-blk-pci,drive=disk,bootindex=1',
             '-chardev', 'stdio,id=out,signal=off', '-serial', 'chardev:out'],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def until(self, *patterns):
        """Reads until one of PATTERNS has been printed; the text up to its end is taken."""
        while True:
            for pattern in patterns:
                found = re.search(pattern, self.text, re.S)
                if found:
                    taken, self.text = self.text[:found.end()], self.text[found.end():]
                    return taken.decode(errors='replace').replace('\r', '')
            ready, _, _ = select.select([self.qemu.stdout], [], [], max(0, self.end - time.monotonic()))
            data = os.read(self.qemu.stdout.fileno(), 65536) if ready else b''
            if '-v' in sys.argv:
                sys.stderr.buffer.write(data)
                sys.stderr.buffer.flush()
            if not data:
                raise TimeoutError(f'no {patterns} in: ' + self.text.decode(errors='replace'))
            self.text += data

    def type(self, *keys):
        for key in keys:
            self.qemu.stdin.write(key)
            self.qemu.stdin.flush()
            time.sleep(0.5)


def enroll(machine):
    """MokManager's menus, which name what the keys do; the selected line is the first of each."""
    machine.until(b'Press any key')
    machine.type(ENTER)
    machine.until(b'Enroll MOK')
    machine.type(DOWN, ENTER)
    machine.until(b'View key 0.*Continue')
    machine.type(DOWN, ENTER)
    machine.until(b'Enroll the key.*Yes')
    machine.type(DOWN, ENTER)
    machine.until(b'Password')
    machine.type(*(bytes([byte]) for byte in PASSWORD.encode()), ENTER)
    machine.until(b'Reboot')
    machine.type(ENTER)


def loads(text):
    """KEY: (the command's status, what it said)"""
    return {key: (int(code), said) for key, code, said in re.findall(r'^#### load (\S+) (\d+) ?(.*)$', text, re.M)}


def trial(work):
    machine = Machine(work)
    first = second = ''
    try:
        first = machine.until(rb'#### imported\s')
        enroll(machine)
        second = machine.until(rb'#### over\s')
    except TimeoutError as error:
        check(False, 'the machine goes its way', error)
    finally:
        machine.qemu.kill()
        machine.qemu.wait()
    check('#### state SecureBoot enabled' in first, 'Secure Boot is on', first)
    check('#### lockdown none [integrity]' in first, 'the kernel is locked down', first)
    before, after = loads(first), loads(second)
    locked = 4, 'mailslot load: the kernel loads only modules signed by a key that it trusts (Secure Boot): sign the module'
    check(before.get('unsigned') == locked, 'unsigned, it is refused, and the command says why', before)
    check(before.get('stranger') == locked, "signed by a stranger's key, it is refused", before)
    check(before.get('mok') == locked, 'signed by a key that is not enrolled yet, it is refused', before)
    check(before.get('db') == (0, ''), "signed by a key in the firmware's db, it loads", before)
    check(after.get('mok') == (0, ''), 'signed by an enrolled MOK, it loads', after)
    check(after.get('unsigned') == after.get('stranger') == locked, 'the others are still refused', after)


def main():
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..'))
    missing = sorted({package for file, package in PACKAGES.items() if not os.path.exists(file)})
    if missing:
        skip_all('not installed (tools/setup.sh operations): ' + ' '.join(missing))
    kernel = os.environ['KERNEL']
    image, root, release, kdir = (run('tools/vm/kernel.sh', kernel, what, text=True).strip()
                                  for what in ('image', 'root', 'release', 'kdir'))
    sign_file = os.environ.get('SIGN_FILE', kdir + '/scripts/sign-file')
    efivarfs = os.environ.get('EFIVARFS') or ''.join(glob.glob(f'{root}/lib/modules/{release}/kernel/fs/efivarfs/efivarfs.ko*'))
    if not efivarfs:
        skip_all(f'{release} was fetched without efivarfs: remove its directory in the cache and run tools/setup.sh operations')
    with tempfile.TemporaryDirectory() as work:
        make_keys(work)
        make_initramfs(work, f'build/{kernel}/kmod/mailslot.ko', efivarfs, sign_file)
        make_disk(work, image)
        trial(work)
    print(f'1..{count}')


main()
