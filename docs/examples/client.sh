#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A mailslot client in shell.     usage: client.sh NAME TEXT
printf '%s' "$2" > "/dev/mailslot/$1"
