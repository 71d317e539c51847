// SPDX-License-Identifier: 0BSD

// A mailslot client in Go: each TEXT is one message; without TEXT standard input is one, whatever bytes it has.
// The runtime's poller takes the file, so a full queue holds up one goroutine, not a thread, and SetWriteDeadline works.
//
//	go run client.go NAME [TEXT...]
package main

import (
	"fmt"
	"io"
	"os"
)

func send(name string, texts []string) error {
	// No O_CREATE: where no slot is, no file shall be left.
	slot, err := os.OpenFile("/dev/mailslot/"+name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer slot.Close()
	for _, text := range texts {
		if _, err := slot.Write([]byte(text)); err != nil {
			return err
		}
	}
	if len(texts) == 0 {
		message, err := io.ReadAll(os.Stdin)
		if err != nil {
			return err
		}
		_, err = slot.Write(message)
		return err
	}
	return nil
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: client NAME [TEXT...]")
		os.Exit(2)
	}
	if err := send(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
