#!/usr/bin/ruby
# SPDX-License-Identifier: GPL-2.0-only
# A mailslot client as ruby programs for Windows are written, with narrow names.
require 'ffi'

module Win
  extend FFI::Library
  ffi_lib 'kernel32'

  typedef :ulong_long, :handle
  attach_function :create_file, :CreateFileA, [:string, :uint32, :uint32, :pointer, :uint32, :uint32, :handle], :handle
  attach_function :write_file, :WriteFile, [:handle, :buffer_in, :uint32, :pointer, :pointer], :int
  attach_function :close_handle, :CloseHandle, [:handle], :int
end

GENERIC_WRITE = 0x40000000
OPEN_EXISTING = 3
INVALID = 0xFFFFFFFFFFFFFFFF

$stdout.sync = true
told = false
while (slot = Win.create_file('\\\\.\\mailslot\\kernel32\\ruby', GENERIC_WRITE, 1, nil, OPEN_EXISTING, 0, 0)) == INVALID
  error = FFI.errno
  puts "CreateFile: #{error}" unless told
  told = true
  exit 1 if error != 2
  sleep 0.1
end
ARGV.each do |message|
  bytes = message.encode('UTF-16LE')
  written = FFI::MemoryPointer.new(:uint32)
  abort "WriteFile: #{FFI.errno}" if Win.write_file(slot, bytes, bytes.bytesize, written, nil).zero?
  puts "sent #{written.read_uint32} bytes"
end
Win.close_handle(slot)
