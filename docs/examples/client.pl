#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only
# A mailslot client in Perl.     usage: client.pl NAME TEXT
use strict;
use warnings;
use Fcntl;

sysopen(my $slot, "/dev/mailslot/$ARGV[0]", O_WRONLY) or die "$ARGV[0]: $!\n";
defined syswrite($slot, $ARGV[1]) or die "$ARGV[0]: $!\n";
