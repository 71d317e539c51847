// SPDX-License-Identifier: 0BSD

// A mailslot server in Go, without packages of others: makes the slot, prints each message with its sender, and ends
// after COUNT. It waits in a blocking ioctl, which takes a thread.
//
// A server that does not ask who wrote sets flagNonblock and uses os.NewFile: its Read takes the next message and
// leaves the waiting to the runtime's poller, and SetReadDeadline works. Only an empty message it calls io.EOF.
//
//	go run server.go NAME [COUNT]
package main

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
	"unsafe"
)

// See linux/mailslot.h.
const (
	iocCreate    = 0x4120b900
	iocReceive   = 0x4020b903
	flagNonblock = 1
	waitForever  = 1<<64 - 1
)

type createRequest struct {
	flags, mode, maxMessageSize, reserved uint32
	queueBytes, readTimeout               uint64
	name                                  [256]byte
}

type receivedMessage struct {
	buffer                                    uint64
	capacity, length, pid, uid, gid, reserved uint32
	sequence                                  uint64
	time                                      int64
}

type receiveRequest struct {
	messages                          uint64
	count, messageSize, flags, unused uint32
	deadline                          uint64
}

// The kernel is given the addresses of these as numbers. Variables of a package stay where they are.
var (
	buffer  [65536]byte
	message receivedMessage
	request receiveRequest
)

func ioctl(fd int, command uintptr, argument unsafe.Pointer) (int, error) {
	for {
		result, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), command, uintptr(argument))
		switch errno {
		case 0:
			return int(result), nil
		case syscall.EINTR: // the runtime sends itself signals
		default:
			return -1, errno
		}
	}
}

// create makes a slot that everybody may write to and returns its server end.
func create(name string) (int, error) {
	// What the buffer cannot take is refused when it is written.
	request := createRequest{mode: 0666, maxMessageSize: uint32(len(buffer)), readTimeout: waitForever}
	if copy(request.name[:255], name) < len(name) {
		return -1, syscall.ENAMETOOLONG
	}
	control, err := syscall.Open("/dev/mailslot-control", syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	defer syscall.Close(control)
	syscall.Umask(0)
	return ioctl(control, iocCreate, unsafe.Pointer(&request))
}

// receive waits for the next message: then message tells who sent it, and its bytes stand in buffer.
func receive(slot int) error {
	message = receivedMessage{
		buffer:   uint64(uintptr(unsafe.Pointer(&buffer))),
		capacity: uint32(len(buffer)),
	}
	request = receiveRequest{
		messages:    uint64(uintptr(unsafe.Pointer(&message))),
		count:       1,
		messageSize: uint32(unsafe.Sizeof(message)),
	}
	_, err := ioctl(slot, iocReceive, unsafe.Pointer(&request))
	return err
}

func userName(uid uint32) string {
	id := strconv.FormatUint(uint64(uid), 10)
	if found, err := user.LookupId(id); err == nil {
		return found.Username
	}
	return id
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: server NAME [COUNT]")
		os.Exit(2)
	}
	name, left := os.Args[1], -1
	if len(os.Args) > 2 {
		left, _ = strconv.Atoi(os.Args[2])
	}
	slot, err := create(name)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
	fmt.Printf("listening on /dev/mailslot/%s\n", name)
	for ; left != 0; left-- {
		if err := receive(slot); err != nil {
			fmt.Fprintf(os.Stderr, "receive: %v\n", err)
			os.Exit(1)
		}
		text := buffer[:message.length]
		// A line's end, as echo writes it, is not worth a line of ours.
		if length := len(text); length > 0 && text[length-1] == '\n' {
			text = text[:length-1]
		}
		fmt.Printf("message %d from process %d, user %s, %d bytes: %s\n", message.sequence, message.pid,
			userName(message.uid), message.length, text)
	}
}
