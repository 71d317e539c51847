#!/usr/bin/perl
# SPDX-License-Identifier: 0BSD
# A mailslot server in Perl without any module: makes the slot, prints each message with its sender, ends after COUNT.
# A server that does not ask who wrote needs no RECEIVE: sysread($slot, my $text, 65536) takes the next message.
#
# usage: server.pl NAME [COUNT]
use strict;
use warnings;
use Fcntl;

# See linux/mailslot.h.
use constant {
	CREATE => 0x4120b900,	# MAILSLOT_IOC_CREATE
	RECEIVE => 0x4020b903,	# MAILSLOT_IOC_RECEIVE
	FOR_EVER => ~0,
	LONGEST => 65536,	# longer messages are refused when they are written
};

# The server end of a new slot that everybody may write to.
sub create {
	my ($name) = @_;
	# struct mailslot_create: flags, mode, max_message_size, reserved, queue_bytes, read_timeout_ns, name
	my $request = pack('L4 Q2 a256', 0, 0666, LONGEST, 0, 0, FOR_EVER, $name);
	umask(0);
	sysopen(my $control, '/dev/mailslot-control', O_RDWR) or die "/dev/mailslot-control: $!\n";
	my $fd = ioctl($control, CREATE, $request) or die "$name: $!\n";
	# 0 would be "0 but true"
	open(my $slot, '<&=', $fd + 0) or die "$name: $!\n";
	return $slot;
}

# Where the bytes of a scalar are.
sub address { return unpack('J', pack('P', $_[0])) }

# vec makes the bytes the variable's own: a copied string may be shared with the one it was copied from.
vec(my $buffer = '', LONGEST - 1, 8) = 0;

# The next message, and who sent it: sequence number, process, user, bytes.
sub receive {
	my ($slot) = @_;
	# struct mailslot_recv_msg: buffer, capacity, length, pid, uid, gid, reserved, sequence, time_ns
	my $message = pack('Q L6 Q q', address($buffer), LONGEST, (0) x 7);
	# struct mailslot_receive: messages, count, message_size, flags, reserved, deadline_ns
	my $request = pack('Q L4 Q', address($message), 1, length $message, 0, 0, 0);
	ioctl($slot, RECEIVE, $request) or die "receive: $!\n";
	my (undef, undef, $length, $pid, $uid, undef, undef, $sequence) = unpack('Q L6 Q q', $message);
	return ($sequence, $pid, $uid, substr($buffer, 0, $length));
}

my ($name, $count) = @ARGV;
defined $name or die "usage: $0 NAME [COUNT]\n";
my $slot = create($name);
$| = 1;
print "listening on /dev/mailslot/$name\n";
until (defined $count && $count-- == 0) {
	my ($sequence, $pid, $uid, $text) = receive($slot);
	my $user = getpwuid($uid) // $uid;
	my $length = length $text;
	# A line's end, as echo writes it, is not worth a line of ours.
	chomp $text;
	print "message $sequence from process $pid, user $user, $length bytes: $text\n";
}
