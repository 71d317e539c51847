# SPDX-License-Identifier: GPL-2.0-only
# The one entrance: `make help` says what there is.  Each part is built by its own folder; here they are put in order.
# All products go to build/, the module's to build/KERNEL/, so that one tree serves several kernels.

KERNEL ?= $(shell uname -r)
PREFIX ?= /usr/local
TEST_KERNELS := 6.1 6.12
DEBUG_KERNELS := kasan kcsan

ifneq ($(filter $(TEST_KERNELS) $(DEBUG_KERNELS),$(KERNEL)),)
KDIR = $(shell selftests/vm/kernel $(KERNEL) kdir)
else
KDIR ?= /lib/modules/$(KERNEL)/build
endif
BUILD := $(CURDIR)/build/$(KERNEL)
kbuild = $(MAKE) -C $(KDIR) M=$(BUILD)

.PHONY: all module userland selftests setup demo test test-debug fuzz check bench vm
.PHONY: install install-module install-userland uninstall uninstall-module uninstall-userland clean help

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

vm:
	@.ci/setup demo
	@$(MAKE) -s --no-print-directory module KERNEL=6.12
	@$(MAKE) -s --no-print-directory userland
	@echo "A shell in the test VM, the module loaded; 'exit' ends it."
	@selftests/vm/run -k 6.12

install: install-module install-userland

install-module: module
	$(kbuild) INSTALL_MOD_PATH=$(DESTDIR) modules_install
	$(if $(DESTDIR),,/sbin/depmod -a $(shell $(MAKE) -s -C $(KDIR) kernelrelease))

install-userland: userland
	$(MAKE) -C userlib install

uninstall: uninstall-module uninstall-userland

uninstall-module:
	find $(DESTDIR)/lib/modules/$(shell $(MAKE) -s -C $(KDIR) kernelrelease) -name 'mailslot.ko*' -delete
	$(if $(DESTDIR),,/sbin/depmod -a $(shell $(MAKE) -s -C $(KDIR) kernelrelease))

uninstall-userland:
	$(MAKE) -C userlib uninstall

clean:
	rm -rf build

help:
	@echo 'make demo          install what is missing, build, and show messages flowing in a test VM'
	@echo 'make test          the same set-up, then every test on kernels 6.1 and 6.12 in test VMs'
	@echo 'make               module for the running kernel (or KDIR=... or KERNEL=6.1|6.12|kasan|kcsan), library, command, tests'
	@echo 'make module        the module alone;  make userland  library and command;  make selftests  the tests'
	@echo 'make install       module and userland (install-module, install-userland); DESTDIR, PREFIX, KDIR; uninstall undoes it'
	@echo 'make setup         install the packages that building and testing take (Debian 12)'
	@echo 'make check         coding style, static analysis, warnings, the ABI header in C and C++, 64 and 32 bit'
	@echo 'make test-debug    the tests under kernels with KASAN, lockdep, kmemleak and with KCSAN (builds them once)'
	@echo 'make fuzz          the fuzzers for MINUTES=n (10); a short run of them is in make test'
	@echo 'make bench         the benchmarks'
	@echo 'make vm            a shell in a test VM with the module loaded'
	@echo 'make clean         remove build/ (cached kernels stay in ~/.cache/mailslot)'

export PREFIX DESTDIR
