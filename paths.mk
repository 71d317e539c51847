# SPDX-License-Identifier: GPL-2.0-only
# What a path may be that a user brings to any Makefile here.  Each Makefile includes this file before all else, so that
# nothing is built, installed or removed by a path that make or the shell would cut into pieces.  Scripts have paths.sh.

paths_hash := \#
paths_special := ' " ` $$ & | ; : < > ( ) { } [ ] * ? ! \ $(paths_hash) % = ,

# $(call paths_fault,VALUE): white space, a character with a meaning, or nothing.
paths_fault = $(if $(filter 1,$(words x$(1)x)),$(firstword $(foreach one,$(paths_special),$(findstring $(one),$(1)))),white space)

# $(call paths_refuse,WHOSE,VALUE): ends make if VALUE cannot be a part of a command.
paths_refuse = $(if $(call paths_fault,$(2)),$(error $(1) "$(2)" contains $(call paths_fault,$(2)), at which \
make, a shell or the linker would cut the path; choose a path without it))

# $(call paths_absolute,NAME,VALUE): the same, and VALUE must begin with a slash.
paths_absolute = $(paths_refuse)$(if $(2),,$(error $(1) is empty and must be an absolute path))$(if \
$(filter /%,$(2)),,$(error $(1) "$(2)" must be an absolute path, the same for every subdirectory's Makefile; say \
$(1)=$(abspath $(2))))

# $(call paths_word,NAME,VALUE): VALUE must be a part of a file's name.
paths_word = $(paths_refuse)$(if $(2),,$(error $(1) is empty))$(if $(findstring /,$(2)),$(error $(1) "$(2)" must have no slash))

# What the user has set, on the command line or in the environment, as it was written.
paths_given = $(filter-out undefined default file automatic,$(firstword $(origin $(1))))

$(call paths_refuse,The current directory,$(CURDIR))
$(call paths_refuse,The Makefile's path,$(lastword $(MAKEFILE_LIST)))
$(foreach name,BINDIR LIBDIR INCLUDEDIR DATADIR MANDIR BUILD OUTPUT,$(if $(call \
paths_given,$(name)),$(call paths_absolute,$(name),$(value $(name)))))
# Empty, these two mean the file system's root.
$(foreach name,DESTDIR PREFIX,$(if $(value $(name)),$(call paths_absolute,$(name),$(value $(name)))))
$(foreach name,KDIR KSELFTEST,$(if $(call paths_given,$(name)),$(call paths_refuse,$(name),$(value $(name)))))
$(foreach name,SANITIZE,$(if $(value $(name)),$(call paths_word,$(name),$(value $(name)))))
