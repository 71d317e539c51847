# SPDX-License-Identifier: GPL-2.0-only
"""The copy of the tree that mutants are planted in, and the few commands that make its products
anew: for each object file the command that make would give the compiler, then the links. make
itself is asked once."""
import os
import pathlib
import re
import shlex
import shutil
import subprocess

# A call with its arguments in the wrong order is to be refused here, as `make check` refuses it.
STRICT = (
    ' -Werror=int-conversion -Werror=incompatible-pointer-types'
    ' -Werror=implicit-function-declaration '
)


# Commands of Kbuild read these.
ENVIRONMENT = {**os.environ, 'ARCH': 'x86', 'SRCARCH': 'x86'}


class Refused(Exception):
    """The compiler takes no such change."""


def output_of(command, cwd, **more):
    return subprocess.run(
        command,
        cwd=cwd,
        shell=isinstance(command, str),
        check=True,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        **more,
    ).stdout


class Tree:
    """The copy: what git knows of the tree, and the products in build/, as built already."""

    def __init__(self, root, copy, products):
        self.root, self.copy = root, copy
        self.texts = {}
        copy.mkdir(parents=True, exist_ok=True)
        files = output_of(['git', 'ls-files', '-z', '-c', '-o', '--exclude-standard'], root)
        present = '\0'.join(name for name in files.split('\0') if name and (root / name).is_file())
        for listing in (
            present,
            '\0'.join('build/' + name for name in products if (root / 'build' / name).exists()),
        ):
            subprocess.run(
                [
                    'rsync',
                    '-a',
                    '--delete-after',
                    '--from0',
                    '-r',
                    '--files-from=-',
                    f'{root}/',
                    f'{copy}/',
                ],
                input=listing,
                text=True,
                check=True,
            )
        for link in (copy / 'build').rglob('*'):
            if link.is_symlink() and os.readlink(link).startswith(f'{root}/'):
                target = self.here(os.readlink(link))
                link.unlink()
                link.symlink_to(target)

    def here(self, text):
        """A path or a command of the tree, said of the copy."""
        kept = text.replace(str(self.copy), '\0')
        return re.sub(re.escape(str(self.root)) + r'(?=[/\s\'"]|$)', str(self.copy), kept).replace(
            '\0', str(self.copy)
        )

    def plant(self, name, text):
        path = self.copy / name
        self.texts.setdefault(name, (path.read_bytes(), path.stat()))
        path.write_text(text)

    def restore(self):
        for name, (data, stat) in self.texts.items():
            path = self.copy / name
            path.write_bytes(data)
            os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        self.texts = {}


class Product:
    """Object files, each with its command and its source files, and the links of them."""

    def __init__(self, tree, cwd):
        self.tree, self.cwd = tree, cwd
        self.compiles = {}
        self.sources = {}
        self.links = []
        self.linked = []
        self.kept = []
        self.proved = False

    def keep(self, path):
        path = pathlib.Path(path)
        if path.exists() and not path.is_symlink():
            shutil.copy2(path, f'{path}.kept')
            self.kept.append(path)

    def restore(self):
        for path in self.kept:
            os.replace(f'{path}.kept', path)
        self.kept = []

    def shape(self, path):
        """The object without what only a debugger reads."""
        plain = f'{path}.plain'
        subprocess.run(
            ['objcopy', '--strip-debug', '--remove-section=.comment', str(path), plain], check=True
        )
        data = pathlib.Path(plain).read_bytes()
        os.unlink(plain)
        return data

    def objects_of(self, name):
        return [made for made, sources in self.sources.items() if name in sources]

    def compile(self, name):
        """Compile what the file is part of; say whether any object is different. Refused if the
        compiler fails."""
        different = False
        for made in self.objects_of(name):
            before = self.shape(made)
            self.keep(made)
            done = subprocess.run(
                self.compiles[made],
                cwd=self.cwd,
                shell=True,
                check=False,
                env=ENVIRONMENT,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            if done.returncode:
                raise Refused(done.stderr.strip()[:200])
            different |= before != self.shape(made)
        return different

    def prove(self):
        """Without a mutant the links work."""
        if self.proved:
            return
        self.proved = True
        try:
            self.link()
        except Refused as why:
            raise SystemExit(f'the copy cannot be linked: {why}') from why
        self.restore()

    def link(self):
        for path in self.linked:
            self.keep(path)
        for command in self.links:
            done = subprocess.run(
                command,
                cwd=self.cwd,
                shell=True,
                check=False,
                env=ENVIRONMENT,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            if done.returncode:
                raise Refused(done.stderr.strip()[:200])


def module(tree, kernel):
    """The kernel module, by the commands that Kbuild left beside its products."""
    build = tree.copy / 'build' / kernel / 'kmod'
    product = Product(tree, output_of(['tools/vm/kernel.sh', kernel, 'kdir'], tree.root).strip())

    def command(path):
        text = tree.here(path.read_text())
        return text, re.match(r'savedcmd_\S+ := *(.*)', text)[1]

    for path in sorted(build.glob('.*.o.cmd')):
        text, compiler = command(path)
        if (
            re.search(r'/(mailslot|mailslot-kunit)(\.mod)?\.o$', str(path)[:-4].replace('/.', '/'))
            or ' -c -o ' not in compiler
        ):
            continue
        made = build / path.name[1:-4]
        product.compiles[made] = compiler.replace(' -c -o ', STRICT + '-c -o ')
        product.sources[made] = {
            'kmod/' + name
            for name in re.findall(re.escape(str(build)) + r'/([\w-]+\.[ch])\b', text)
        }
    for name in ('mailslot.o', 'mailslot.ko'):
        product.links.append(command(build / f'.{name}.cmd')[1])
        product.linked.append(build / name)
    (tree.copy / f'build/{kernel}/kmod/mailslot.mod').write_text(
        tree.here((build / 'mailslot.mod').read_text())
    )
    return product


def made_by_make(tree, arguments, directory, links, sources):
    """What `make -n` says: the commands for object files, and those that make one of `links`."""
    product = Product(tree, tree.copy)
    for line in output_of(f'make -n -B {arguments}', tree.copy).replace('\\\n', ' ').splitlines():
        made = re.search(r' -o (\S+)', line)
        if not made:
            continue
        path = (
            tree.copy / directory / made[1]
            if not made[1].startswith('/')
            else pathlib.Path(made[1])
        )
        if ' -c ' in line and made[1].endswith('.o'):
            product.compiles[path] = line.replace(' -c ', STRICT + '-c ', 1)
            product.sources[path] = sources(path, line)
        elif path.name in links:
            product.links.append(line)
            product.linked.append(path)
    return product


def library(tree):
    """libmailslot and libmailslot-win32, by the files with dependencies that the compiler wrote."""

    def sources(path, _):
        depends = path.with_suffix('.d')
        text = tree.here(depends.read_text()) if depends.exists() else ''
        return {
            str(pathlib.Path(os.path.normpath(word)).relative_to(tree.copy))
            for word in shlex.split(text.replace('\\\n', ' '))
            if word.startswith(f'{tree.copy}/')
        }

    version = (tree.copy / 'VERSION').read_text().strip()
    return made_by_make(
        tree,
        '-C userlib COMMAND=no RELAY=no',
        'userlib',
        [f'libmailslot.so.{version}', f'libmailslot-win32.so.{version}'],
        sources,
    )


def fuzzer(tree, name, of_module):
    """A fuzzer of kmod/. A file includes what it includes when the module is built."""

    def sources(path, line):
        source = shlex.split(line)[-1]
        for made, files in of_module.sources.items():
            if made.name == path.name and '/kmod/' in source:
                return files
        return set()

    return made_by_make(
        tree,
        f'-C tests/fuzz {tree.copy}/build/fuzz/fuzz-{name}',
        'tests/fuzz',
        [f'fuzz-{name}'],
        sources,
    )
