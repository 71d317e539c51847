#!/usr/bin/perl
# SPDX-License-Identifier: 0BSD
# A mailslot client in Perl: each TEXT is one message; without TEXT standard input is one, whatever bytes it has.
# It writes with syswrite: print would keep messages back and merge them.
#
# usage: client.pl NAME [TEXT...]
use strict;
use warnings;
use Fcntl;

my $name = shift // die "usage: $0 NAME [TEXT...]\n";
my $path = "/dev/mailslot/$name";
sysopen(my $slot, $path, O_WRONLY) or die "$path: $!\n";
@ARGV = do { binmode STDIN; local $/; <STDIN> // '' } unless @ARGV;
for my $message (@ARGV) {
	defined syswrite($slot, $message) or die "$path: $!\n";
}
