// SPDX-License-Identifier: GPL-2.0-only

// What Go's os package makes of a slot, for `traps.py`: run with the name of a slot of that it may fill, whose longest
// message is 64 bytes, and another of a queue of 256 bytes; with the server end of a third as standard input. One line
// for each finding; the server of the first closes when it has read "end".
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"
)

func open(name string) *os.File {
	slot, err := os.OpenFile("/dev/mailslot/"+name, os.O_WRONLY, 0)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	return slot
}

func main() {
	slot := open(os.Args[1])
	n, err := slot.Write(nil)
	fmt.Println("empty write:", n, err)
	_, err = slot.Write(make([]byte, 65))
	fmt.Println("too long:", errors.Is(err, syscall.EMSGSIZE))

	full := open(os.Args[2])
	fmt.Println("deadline set:", full.SetWriteDeadline(time.Now().Add(100*time.Millisecond)))
	for err = nil; err == nil; {
		_, err = full.Write(make([]byte, 64))
	}
	fmt.Println("full:", errors.Is(err, os.ErrDeadlineExceeded))

	// Standard input is an empty message, then none within the slot's timeout.
	buffer := make([]byte, 64)
	_, err = os.Stdin.Read(buffer)
	fmt.Println("empty read:", err == io.EOF)
	_, err = os.Stdin.Read(buffer)
	fmt.Println("timed out:", errors.Is(err, syscall.ETIMEDOUT), os.IsTimeout(err))

	// A server end that does not block: the poller waits.
	flags, _, _ := syscall.Syscall(syscall.SYS_FCNTL, 0, syscall.F_GETFL, 0)
	syscall.Syscall(syscall.SYS_FCNTL, 0, syscall.F_SETFL, flags|syscall.O_NONBLOCK)
	server := os.NewFile(0, "server")
	fmt.Println("read deadline set:", server.SetReadDeadline(time.Now().Add(100*time.Millisecond)))
	_, err = server.Read(buffer)
	fmt.Println("none:", errors.Is(err, os.ErrDeadlineExceeded))

	slot.Write([]byte("end"))
	for err = nil; err == nil; time.Sleep(10 * time.Millisecond) {
		_, err = slot.Write([]byte("x"))
	}
	fmt.Println("gone:", errors.Is(err, syscall.EPIPE))
}
