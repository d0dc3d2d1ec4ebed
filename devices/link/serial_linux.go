package link

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// setFlow sets what go.bug.st/serial cannot: who may hold whom.
func setFlow(f *os.File, fl flow) error {
	return control(f, func(fd int) error {
		t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
		if err != nil {
			return fmt.Errorf("flow: %w", err)
		}
		t.Cflag &^= unix.CRTSCTS
		t.Iflag &^= unix.IXON | unix.IXOFF | unix.IXANY
		switch fl {
		case flowHardware:
			t.Cflag |= unix.CRTSCTS
		case flowSoftware:
			t.Iflag |= unix.IXON | unix.IXOFF
		}
		if err := unix.IoctlSetTermios(fd, unix.TCSETS, t); err != nil {
			return fmt.Errorf("flow: %w", err)
		}
		return nil
	})
}

// outstanding is how many bytes the line has not sent yet; 0 where it cannot tell.
func outstanding(f *os.File) int {
	n := 0
	_ = control(f, func(fd int) (err error) {
		n, err = unix.IoctlGetInt(fd, unix.TIOCOUTQ)
		return err
	})
	return n
}

func control(f *os.File, do func(fd int) error) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	if err := raw.Control(func(fd uintptr) { inner = do(int(fd)) }); err != nil {
		return err
	}
	return inner
}
