# SPDX-License-Identifier: GPL-2.0-only
# The one entrance: `make help` says what there is.  Each part is built by its own directory; here they are put in order.
# All products go to build/, the module's to build/KERNEL/, so that one tree serves several kernels.

include paths.mk

ifeq ($(origin KERNEL),undefined)
KERNEL := $(shell uname -r)
endif
VERSION := $(shell cat VERSION)
$(call paths_word,VERSION,$(VERSION))
PREFIX ?= /usr/local
# The last two are of the newest series that Debian has for its stable release, without and with PREEMPT_RT.
NEWEST := $(shell cat tools/vm/newest)
TEST_KERNELS := 6.1 6.12 $(NEWEST) $(NEWEST)-rt
# Those that are tested without being asked for, and all that can be built.
DEBUG_KERNELS := kasan kcsan
BUILT_KERNELS := $(shell sed -n 's/^\([a-z][^ ]*\) .*/\1/p' tools/vm/debug-kernels)
# Other machines, by cross compiler; i386 by the compiler of this machine.
MACHINES := arm64 s390x i386
cross_arm64 := ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-
cross_s390x := ARCH=s390 CROSS_COMPILE=s390x-linux-gnu-
cross_i386 := ARCH=i386

# Both name directories that are emptied or removed.
$(call paths_word,KERNEL,$(value KERNEL))
digit := 0% 1% 2% 3% 4% 5% 6% 7% 8% 9%
$(if $(filter $(digit),$(VERSION)),,$(error VERSION "$(VERSION)" is not a version, which begins with a digit))
$(if $(filter $(digit) $(BUILT_KERNELS) $(MACHINES),$(KERNEL)),,$(error KERNEL "$(KERNEL)" is neither a kernel's release, \
which begins with a digit, nor one of $(TEST_KERNELS) $(BUILT_KERNELS) $(MACHINES)))

ifneq ($(filter $(TEST_KERNELS) $(BUILT_KERNELS) $(MACHINES),$(KERNEL)),)
KDIR = $(shell tools/vm/kernel.sh $(KERNEL) kdir)
within = $(shell tools/vm/kernel.sh $(KERNEL) within)
else
KDIR ?= /lib/modules/$(KERNEL)/build
endif
BUILD := $(CURDIR)/build/$(KERNEL)
kbuild = $(within) $(MAKE) -C '$(KDIR)' M='$(BUILD)' $(cross_$(KERNEL)) $(llvm)

# Modules for a kernel that clang built need clang and its binutils, under their own names (LLVM=1) or with the version's
# suffix (LLVM=-14).  Kbuild says nothing of it and fails at an option that gcc does not know, or that an older clang
# does not know: the suffixed programs of the kernel's own version are preferred to others of another version.
clang_config = $(shell sed -n 's/^CONFIG_CLANG_VERSION=\([1-9][0-9]*\)[0-9]\{4\}$$/\1/p' \
	'$(KDIR)/include/config/auto.conf' '$(KDIR)/.config' 2>/dev/null | head -n 1)
llvm_programs := clang ld.lld llvm-objcopy llvm-nm llvm-ar llvm-strip
llvm_missing = $(strip $(foreach one,$(llvm_programs),$(if $(shell command -v $(one)$(1) 2>/dev/null),,$(one)$(1))))
llvm = $(if $(LLVM)$(filter command environment,$(origin CC)),,$(if $(clang_config),$(call llvm_for,$(clang_config))))
llvm_same = $(filter $(1).%,$(shell clang -dumpversion 2>/dev/null))
llvm_for = $(if $(call llvm_missing,-$(1))$(if $(call llvm_missing),,$(call llvm_same,$(1))),$(if $(call llvm_missing),\
$(error The kernel of $(KDIR) was built by clang $(1) and its modules need LLVM=1, for which there is no $(call llvm_missing) \
here (on Debian: apt install clang lld llvm)),LLVM=1),LLVM=-$(1))

.PHONY: all module userland selftests setup demo demo-relay test test-debug test-machines coverage fuzz mutation check prove bench vm deb clean help soak series
.PHONY: install uninstall install-userland uninstall-userland

all:
	@if [ -e '$(KDIR)/Makefile' ]; then \
		$(MAKE) --no-print-directory module; \
	else \
		echo "No headers of kernel $(KERNEL) in $(KDIR): the module is left out. Install them (on Debian:"; \
		echo "apt install linux-headers-$(KERNEL)) or say KDIR=... ; the rest is built."; \
	fi
	@$(MAKE) --no-print-directory userland selftests

# Kbuild writes beside its sources, so it is given a tree of links.  Only links into this tree are removed there.
links = find '$(BUILD)/kmod' '$(BUILD)/uapi' -type l -lname '$(CURDIR)/*'
module:
	$(call paths_refuse,KDIR,$(KDIR))
	@[ -e '$(KDIR)/Makefile' ] || { echo "No headers of kernel $(KERNEL) in $(KDIR)" >&2; exit 1; }
	@mkdir -p '$(BUILD)/kmod' '$(BUILD)/uapi'
	@$(links) -delete
	@cp -rsf '$(CURDIR)/Kbuild' '$(CURDIR)/kmod' '$(CURDIR)/uapi' '$(BUILD)/'
	@$(links) ! -name '*.[ch]' ! -name Kbuild -delete
	$(kbuild) modules

userland:
	$(MAKE) -C userlib

selftests:
	$(if $(wildcard selftests/Makefile),$(MAKE) -C selftests)

# Several commands are scripts of their own; their progress is theirs to show.
setup:
	@tools/setup.sh check

demo:
	@tools/setup.sh demo
	@tools/demo/run.sh

demo-relay:
	@tools/setup.sh test
	@tools/demo/run-relay.sh

test:
	@tools/setup.sh test
	@$(if $(DEBUG),tools/setup.sh debug)
	@tools/vm/test.sh $(TEST_KERNELS) $(if $(DEBUG),$(DEBUG_KERNELS))

test-debug:
	@tools/setup.sh debug
	@tools/vm/test.sh $(DEBUG_KERNELS)

coverage:
	@tools/setup.sh coverage
	@tools/coverage/run.sh

test-machines:
	@tools/setup.sh machines
	@tools/vm/test-machines.sh $(MACHINES)

fuzz:
	@tools/setup.sh test
	@$(MAKE) -s -C tests/fuzz
	@tests/fuzz/run.sh for $(or $(MINUTES),10)

# Each half builds what its suites run; the copy that is changed takes it from here.
mutation:
	@tools/setup.sh mutation
	@$(MAKE) -s --no-print-directory module KERNEL=6.12
	@$(MAKE) -s --no-print-directory userland selftests
	@$(MAKE) -s -C tests/fuzz
	@$(MAKE) -s -C tests/win32
	@tests/win32-programs/suite.sh build
	@tools/mutation/mutate.py run -n $(or $(N),60) -s $(or $(SEED),1) kmod
	@tools/mutation/mutate.py run -n $(or $(N),60) -s $(or $(SEED),1) userlib
	@tools/mutation/mutate.py report

check:
	@tools/setup.sh check
	@tools/check/run.sh

prove:
	@tools/setup.sh check
	@tests/spin/run.sh --large
	@tests/proofs/run.py --large

series:
	@tools/setup.sh series
	@tools/series/run.py

bench:
	@tools/setup.sh bench
	@tools/bench/run.py

soak:
	@tools/setup.sh $(if $(filter $(BUILT_KERNELS),$(KERNEL)),debug,test)
	@KERNEL='$(KERNEL)' tests/model/soak.sh

vm:
	@tools/setup.sh demo
	@$(MAKE) -s --no-print-directory module KERNEL=6.12
	@$(MAKE) -s --no-print-directory userland
	@echo "A shell in the test VM, the module loaded; 'exit' ends it."
	@tools/vm/run.sh -k 6.12

# Each part can be installed and removed alone. The names of userlib's are its Makefile's. One job at a time, as the parts
# share their builds.
.NOTPARALLEL:
USERLAND_PARTS := library dev command relay kernel32 man
PARTS := module system $(USERLAND_PARTS) doc
.PHONY: $(PARTS:%=install-%) $(PARTS:%=uninstall-%) install-dkms uninstall-dkms
SYSTEM := $(DESTDIR)$(PREFIX)/lib
DOCUMENTS := $(DESTDIR)$(PREFIX)/share/doc/mailslot
install: $(addprefix install-,$(PARTS))
uninstall: $(addprefix uninstall-,$(PARTS))
install-userland: $(addprefix install-,$(USERLAND_PARTS))
uninstall-userland: $(addprefix uninstall-,$(USERLAND_PARTS))

# Where modules_install puts it is the kernel's to say. It is not stripped: that would take a signature away.
install-module: module
	umask 022; $(kbuild) INSTALL_MOD_PATH='$(DESTDIR)' modules_install
	$(if $(DESTDIR),,/sbin/depmod -a '$(release)')

uninstall-module:
	$(call paths_word,The release of the kernel in $(KDIR),$(release))
	rm -f $(foreach place,updates extra,'$(DESTDIR)/lib/modules/$(release)/$(place)/kmod/mailslot.ko'*)
	$(if $(DESTDIR),,/sbin/depmod -a '$(release)')

# Debian's headers of 6.1 have another one in include/config/kernel.release, which modules_install does not go by.
release = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' '$(KDIR)/include/generated/utsrelease.h' 2>/dev/null)

# Not a part of `install`: the source for DKMS, which builds the module again for every kernel to come.
DKMS := $(DESTDIR)/usr/src/mailslot-$(VERSION)
install-dkms:
	install -d '$(DKMS)/kmod' '$(DKMS)/uapi/linux'
	install -m 644 dkms.conf Kbuild '$(DKMS)/'
	install -m 644 kmod/Kbuild kmod/*.[ch] '$(DKMS)/kmod/'
	install -m 644 uapi/linux/mailslot.h '$(DKMS)/uapi/linux/'

uninstall-dkms:
	rm -rf '$(DKMS)'

# Loading at boot, what udev tells systemd, and a mount that nobody has to enable.
install-system:
	install -D -m 644 system/modules-load.conf '$(SYSTEM)/modules-load.d/mailslot.conf'
	install -D -m 644 system/udev.rules '$(SYSTEM)/udev/rules.d/60-mailslot.rules'
	install -D -m 644 system/dev-mailslot.mount '$(SYSTEM)/systemd/system/dev-mailslot.mount'

uninstall-system:
	rm -f '$(SYSTEM)/modules-load.d/mailslot.conf' '$(SYSTEM)/udev/rules.d/60-mailslot.rules' \
		'$(SYSTEM)/systemd/system/dev-mailslot.mount'

INSTALL_USERLAND := $(addprefix install-,$(USERLAND_PARTS))
$(INSTALL_USERLAND): userland
$(INSTALL_USERLAND) $(INSTALL_USERLAND:%=un%):
	$(MAKE) -C userlib $@

# cp would leave what the umasks of the checkout and of this shell have left.
install-doc:
	install -d '$(DOCUMENTS)'
	cp -R --no-preserve=ownership README.md NEWS.rst COPYING docs '$(DOCUMENTS)/'
	rm -r '$(DOCUMENTS)/docs/man'
	chmod -R u=rwX,go=rX '$(DOCUMENTS)'

uninstall-doc:
	rm -rf '$(DOCUMENTS)'

deb:
	@tools/setup.sh deb
	@debian/make

clean:
	rm -rf build

help:
	@echo 'make demo          install what is missing, build, and show messages flowing in a test VM'
	@echo 'make demo-relay    likewise, three hosts and messages between them'
	@echo 'make test          the same set-up, then every test on kernels 6.1, 6.12 and $(NEWEST) in test VMs'
	@echo 'make               module for the running kernel (or KDIR=... or KERNEL=6.1|6.12|$(NEWEST)|kasan|kcsan|rt-debug), library, command, tests'
	@echo 'make module        the module alone;  make userland  library and command;  make selftests  the tests'
	@echo 'make install       everything; DESTDIR, PREFIX, KDIR; in parts: install-module, -system (loading at boot, udev),'
	@echo '                   -library, -dev, -command, -relay (other machines), -kernel32 (C#, Java and others), -man, -doc; -userland is these but'
	@echo '                   module, system and doc; uninstall likewise'
	@echo 'make install-dkms  the source into /usr/src, for `dkms install mailslot/$(VERSION)`; uninstall-dkms removes it'
	@echo 'make deb           Debian packages, into build/deb'
	@echo 'make setup         install the packages that building and testing take (Debian 12 or 13)'
	@echo 'make check         coding style, static analysis, warnings, the ABI header in C and C++, 64 and 32 bit'
	@echo 'make prove         the models of the protocols in their large sizes, litmus tests, bounds by CBMC (make check has the small ones)'
	@echo 'make series        patches for a kernel tree (6.12 and $(NEWEST)), each state built and checked, into build/series'
	@echo 'make test-debug    the tests under kernels with KASAN, lockdep, kmemleak and with KCSAN (builds them once); DEBUG_KERNELS=rt-debug: PREEMPT_RT'
	@echo '                   (make test DEBUG=yes: those of make test and these in one run)'
	@echo 'make coverage      lines and branches of module and library that the tests reach (into build/coverage)'
	@echo 'make test-machines the core tests on arm64, s390x (big endian) and i386 (32 bits), cross-built, in emulators'
	@echo 'make fuzz          the fuzzers for MINUTES=n (10); a short run of them is in make test'
	@echo 'make mutation      small faults planted in a copy of kmod/ and userlib/, one at a time: N=60 of each, SEED=1; which live?'
	@echo 'make bench         the benchmarks'
	@echo 'make soak          random calls compared with a model: MINUTES=10 KERNEL=6.12|6.1|kasan|kcsan|rt-debug SEED=...'
	@echo 'make vm            a shell in a test VM with the module loaded'
	@echo 'make clean         remove build/ (cached kernels stay in ~/.cache/mailslot)'

export PREFIX DESTDIR
