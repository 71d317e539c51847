// SPDX-License-Identifier: 0BSD

// A mailslot server in Go for a slot of an instance: open makes the slot; prints each message, and ends after COUNT.
//
//	go run server.go PATH [COUNT]
//
// PATH is below a mount of type mailslot, as /run/slots/log.
package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"syscall"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: server PATH [COUNT]")
		os.Exit(2)
	}
	count := -1
	if len(os.Args) > 2 {
		count, _ = strconv.Atoi(os.Args[2])
	}
	syscall.Umask(0) // others may write, whatever the umask said
	slot, err := os.OpenFile(os.Args[1], os.O_CREATE|os.O_EXCL|os.O_RDONLY, 0622)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	buffer := make([]byte, 65536)
	for number := 1; count < 0 || number <= count; number++ {
		length, err := slot.Read(buffer)
		// io.EOF is an empty message: a slot has no end.
		if err != nil && err != io.EOF {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		text := buffer[:length]
		// A line's end, as echo writes it, is not worth a line of ours.
		if length > 0 && text[length-1] == '\n' {
			text = text[:length-1]
		}
		fmt.Printf("message %d, %d bytes: %s\n", number, length, text)
	}
}
