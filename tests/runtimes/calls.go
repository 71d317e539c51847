// SPDX-License-Identifier: GPL-2.0-only

// Go's ways to write the file TEXT into SLOT, for `run.py`: calls CALL.
package main

import (
	"fmt"
	"io"
	"os"
)

func call(name, slot string, text []byte) error {
	switch name {
	case "os.WriteFile":
		return os.WriteFile(slot, text, 0666)
	case "io.Copy":
		out, err := os.OpenFile(slot, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		in, err := os.Open(os.Getenv("TEXT"))
		if err == nil {
			// A reader that is no file, as a network's or a compressor's
			_, err = io.Copy(out, struct{ io.Reader }{in})
		}
		return err
	case "os.Create":
		out, err := os.Create(slot)
		if err == nil {
			_, err = out.Write(text)
		}
		return err
	case "fmt.Fprint", "append", "sync":
		flags := os.O_WRONLY
		if name == "append" {
			flags |= os.O_APPEND
		}
		out, err := os.OpenFile(slot, flags, 0)
		if err == nil {
			_, err = fmt.Fprint(out, string(text))
		}
		if err == nil && name == "sync" {
			err = out.Sync()
		}
		return err
	}
	return os.ErrInvalid
}

func main() {
	text, err := os.ReadFile(os.Getenv("TEXT"))
	if err == nil {
		err = call(os.Args[1], os.Getenv("SLOT"), text)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
