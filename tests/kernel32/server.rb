#!/usr/bin/ruby
# SPDX-License-Identifier: GPL-2.0-only
# A mailslot server as ruby programs for Windows are written: ffi, wide names, FFI.errno.
require 'ffi'

module Kernel32
  extend FFI::Library
  ffi_lib 'kernel32'
  ffi_convention :stdcall

  INVALID_HANDLE_VALUE = FFI::Pointer.new(-1)
  MAILSLOT_NO_MESSAGE = 0xFFFFFFFF

  attach_function :CreateMailslotW, [:buffer_in, :uint32, :uint32, :pointer], :pointer
  attach_function :GetMailslotInfo, [:pointer, :pointer, :pointer, :pointer, :pointer], :bool
  attach_function :ReadFile, [:pointer, :buffer_out, :uint32, :pointer, :pointer], :bool
  attach_function :CloseHandle, [:pointer], :bool
  attach_function :Sleep, [:uint32], :void
  attach_function :FormatMessageW, [:uint32, :pointer, :uint32, :uint32, :buffer_out, :uint32, :pointer], :uint32
end

def wide(text)
  (text + "\0").encode('UTF-16LE')
end

def create(name)
  Kernel32.CreateMailslotW(wide(name), 0, 0, nil)
end

$stdout.sync = true
NAME = '\\\\.\\mailslot\\kernel32\\ruby'
read = FFI::MemoryPointer.new(:uint32)
following = FFI::MemoryPointer.new(:uint32)
small = FFI::MemoryPointer.new(2)

slot = create("#{NAME}-errors")
puts "CreateMailslot again: #{FFI.errno}" if create("#{NAME}-errors") == Kernel32::INVALID_HANDLE_VALUE
puts "CreateMailslot blah: #{FFI.errno}" if create('blah') == Kernel32::INVALID_HANDLE_VALUE
puts "ReadFile, empty: #{FFI.errno}" unless Kernel32.ReadFile(slot, small, 2, read, nil)
Kernel32.CloseHandle(slot)

slot = create(NAME)
raise "CreateMailslot: #{FFI.errno}" if slot == Kernel32::INVALID_HANDLE_VALUE

told = false
loop do
  raise "GetMailslotInfo: #{FFI.errno}" unless Kernel32.GetMailslotInfo(slot, nil, following, nil, nil)

  size = following.read_uint32
  if size == Kernel32::MAILSLOT_NO_MESSAGE
    Kernel32.Sleep(50)
    next
  end
  unless told
    puts "ReadFile, small: #{FFI.errno}" unless Kernel32.ReadFile(slot, small, 2, read, nil)
    told = true
  end
  buffer = FFI::MemoryPointer.new(size)
  raise "ReadFile: #{FFI.errno}" unless Kernel32.ReadFile(slot, buffer, size, read, nil)

  message = buffer.read_bytes(read.read_uint32).force_encoding('UTF-16LE').encode('UTF-8')
  puts "message: #{message}"
  break if message == 'quit'
end
Kernel32.CloseHandle(slot)
puts 'closed'
