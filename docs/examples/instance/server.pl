#!/usr/bin/perl
# SPDX-License-Identifier: 0BSD
# A mailslot server in Perl for a slot of an instance: open makes the slot; prints each message, ends after COUNT.
#
# usage: server.pl PATH [COUNT]		PATH is below a mount of type mailslot, as /run/slots/log
use strict;
use warnings;
use Fcntl;

my ($path, $count) = @ARGV;
defined $path or die "usage: $0 PATH [COUNT]\n";
umask(0);	# others may write, whatever the umask said
sysopen(my $slot, $path, O_CREAT | O_EXCL | O_RDONLY, 0622) or die "$path: $!\n";
$| = 1;
for (my $number = 1; !defined $count || $number <= $count; $number++) {
	# 0 is an empty message: a slot has no end.
	my $length = sysread($slot, my $text, 65536) // die "$path: $!\n";
	# A line's end, as echo writes it, is not worth a line of ours.
	chomp $text;
	print "message $number, $length bytes: $text\n";
}
