#!/usr/bin/ruby
# SPDX-License-Identifier: 0BSD
# A mailslot server in Ruby for a slot of an instance: open makes the slot; prints each message, ends after COUNT.
#
# usage: server.rb PATH [COUNT]		PATH is below a mount of type mailslot, as /run/slots/log
path, count = ARGV
abort "usage: #{$PROGRAM_NAME} PATH [COUNT]" unless path
File.umask(0)	# others may write, whatever the umask said
$stdout.sync = true
begin
	slot = File.open(path, File::CREAT | File::EXCL | File::RDONLY, 0o622)
	1.step(count&.to_i) do |number|
		text = begin
			slot.sysread(65536)
		rescue EOFError		# else the end of a file, is an empty message: a slot has no end
			''.b
		end
		# A line's end, as echo writes it, is not worth a line of ours.
		$stdout.write("message #{number}, #{text.bytesize} bytes: ".b, text.delete_suffix("\n"), "\n")
	end
rescue SystemCallError => error
	abort "#{path}: #{error.message}"
end
