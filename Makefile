# SPDX-License-Identifier: GPL-2.0-only
# The one entrance: `make help` says what there is.  Each part is built by its own folder; here they are put in order.
# All products go to build/, the module's to build/KERNEL/, so that one tree serves several kernels.

KERNEL ?= $(shell uname -r)
VERSION := $(shell cat VERSION)
PREFIX ?= /usr/local
TEST_KERNELS := 6.1 6.12
DEBUG_KERNELS := kasan kcsan
# Other machines, by cross compiler.
MACHINES := arm64 s390x
cross_arm64 := ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-
cross_s390x := ARCH=s390 CROSS_COMPILE=s390x-linux-gnu-

ifneq ($(filter $(TEST_KERNELS) $(DEBUG_KERNELS) $(MACHINES),$(KERNEL)),)
KDIR = $(shell selftests/vm/kernel $(KERNEL) kdir)
else
KDIR ?= /lib/modules/$(KERNEL)/build
endif
BUILD := $(CURDIR)/build/$(KERNEL)
kbuild = $(MAKE) -C $(KDIR) M=$(BUILD) $(cross_$(KERNEL))

.PHONY: all module userland selftests setup demo test test-debug test-machines coverage fuzz check bench vm deb clean help soak
.PHONY: install uninstall install-userland uninstall-userland

all:
	@if [ -e $(KDIR)/Makefile ]; then \
		$(MAKE) --no-print-directory module; \
	else \
		echo "No headers of kernel $(KERNEL) in $(KDIR): the module is left out. Install them (on Debian:"; \
		echo "apt install linux-headers-$(KERNEL)) or say KDIR=... ; the rest is built."; \
	fi
	@$(MAKE) --no-print-directory userland selftests

# Kbuild writes beside its sources, so it is given a tree of links.
module:
	@[ -e $(KDIR)/Makefile ] || { echo "No headers of kernel $(KERNEL) in $(KDIR)" >&2; exit 1; }
	@mkdir -p $(BUILD)
	@find $(BUILD) -type l -delete
	@cp -rs $(CURDIR)/Kbuild $(CURDIR)/kmod $(CURDIR)/uapi $(BUILD)/
	@find $(BUILD) -type l ! -name '*.[ch]' ! -name 'Kbuild' -delete
	$(kbuild) modules

userland:
	$(MAKE) -C userlib

selftests:
	$(if $(wildcard selftests/Makefile),$(MAKE) -C selftests)

# Several commands are scripts of their own; their progress is theirs to show.
setup:
	@.ci/setup check

demo:
	@.ci/setup demo
	@selftests/demo/run

test:
	@.ci/setup test
	@selftests/vm/test $(TEST_KERNELS)

test-debug:
	@.ci/setup debug
	@selftests/vm/test $(DEBUG_KERNELS)

coverage:
	@.ci/setup coverage
	@selftests/coverage/run

test-machines:
	@.ci/setup machines
	@selftests/vm/test-machines $(MACHINES)

fuzz:
	@.ci/setup test
	@$(MAKE) -s -C selftests/fuzz
	@selftests/fuzz/run for $(or $(MINUTES),10)

check:
	@.ci/setup check
	@.ci/check

bench:
	@.ci/setup bench
	@selftests/bench/run

soak:
	@.ci/setup $(if $(filter $(DEBUG_KERNELS),$(KERNEL)),debug,test)
	@KERNEL='$(KERNEL)' selftests/model/soak

vm:
	@.ci/setup demo
	@$(MAKE) -s --no-print-directory module KERNEL=6.12
	@$(MAKE) -s --no-print-directory userland
	@echo "A shell in the test VM, the module loaded; 'exit' ends it."
	@selftests/vm/run -k 6.12

# Each part can be installed and removed alone. The names of userlib's are its Makefile's. One job at a time, as the parts
# share their builds.
.NOTPARALLEL:
USERLAND_PARTS := library dev command man
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
	$(kbuild) INSTALL_MOD_PATH=$(DESTDIR) modules_install
	$(if $(DESTDIR),,/sbin/depmod -a $(release))

uninstall-module:
	rm -f $(foreach place,updates extra,$(DESTDIR)/lib/modules/$(release)/$(place)/kmod/mailslot.ko*)
	$(if $(DESTDIR),,/sbin/depmod -a $(release))

# Debian's headers of 6.1 have another one in include/config/kernel.release, which modules_install does not go by.
release = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)

# Not a part of `install`: the source for DKMS, which builds the module again for every kernel to come.
DKMS := $(DESTDIR)/usr/src/mailslot-$(VERSION)
install-dkms:
	install -d $(DKMS)/kmod $(DKMS)/uapi/linux
	install -m 644 dkms.conf Kbuild $(DKMS)/
	install -m 644 kmod/Kbuild kmod/*.[ch] $(DKMS)/kmod/
	install -m 644 uapi/linux/mailslot.h $(DKMS)/uapi/linux/

uninstall-dkms:
	rm -rf $(DKMS)

# Loading at boot, and what udev tells systemd.
install-system:
	install -D -m 644 system/modules-load.conf $(SYSTEM)/modules-load.d/mailslot.conf
	install -D -m 644 system/udev.rules $(SYSTEM)/udev/rules.d/60-mailslot.rules

uninstall-system:
	rm -f $(SYSTEM)/modules-load.d/mailslot.conf $(SYSTEM)/udev/rules.d/60-mailslot.rules

INSTALL_USERLAND := $(addprefix install-,$(USERLAND_PARTS))
$(INSTALL_USERLAND): userland
$(INSTALL_USERLAND) $(INSTALL_USERLAND:%=un%):
	$(MAKE) -C userlib $@

install-doc:
	install -d $(DOCUMENTS)
	cp -R --no-preserve=ownership README.md COPYING docs $(DOCUMENTS)/
	rm -r $(DOCUMENTS)/docs/man

uninstall-doc:
	rm -rf $(DOCUMENTS)

deb:
	@.ci/setup deb
	@debian/make

clean:
	rm -rf build

help:
	@echo 'make demo          install what is missing, build, and show messages flowing in a test VM'
	@echo 'make test          the same set-up, then every test on kernels 6.1 and 6.12 in test VMs'
	@echo 'make               module for the running kernel (or KDIR=... or KERNEL=6.1|6.12|kasan|kcsan), library, command, tests'
	@echo 'make module        the module alone;  make userland  library and command;  make selftests  the tests'
	@echo 'make install       everything; DESTDIR, PREFIX, KDIR; in parts: install-module, -system (loading at boot, udev),'
	@echo '                   -library, -dev, -command, -man, -doc; -userland is library, dev, command and man; uninstall likewise'
	@echo 'make install-dkms  the source into /usr/src, for `dkms install mailslot/$(VERSION)`; uninstall-dkms removes it'
	@echo 'make deb           Debian packages, into build/deb'
	@echo 'make setup         install the packages that building and testing take (Debian 12)'
	@echo 'make check         coding style, static analysis, warnings, the ABI header in C and C++, 64 and 32 bit'
	@echo 'make test-debug    the tests under kernels with KASAN, lockdep, kmemleak and with KCSAN (builds them once)'
	@echo 'make coverage      lines and branches of module and library that the tests reach (into build/coverage)'
	@echo 'make test-machines the core tests on arm64 and on s390x (big endian), cross-built, in emulators'
	@echo 'make fuzz          the fuzzers for MINUTES=n (10); a short run of them is in make test'
	@echo 'make bench         the benchmarks'
	@echo 'make soak          random calls compared with a model: MINUTES=10 KERNEL=6.12|6.1|kasan|kcsan SEED=...'
	@echo 'make vm            a shell in a test VM with the module loaded'
	@echo 'make clean         remove build/ (cached kernels stay in ~/.cache/mailslot)'

export PREFIX DESTDIR
