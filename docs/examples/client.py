#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A mailslot client in Python.     usage: client.py NAME TEXT"""
import os
import sys

slot = os.open(f'/dev/mailslot/{sys.argv[1]}', os.O_WRONLY)
os.write(slot, sys.argv[2].encode())
