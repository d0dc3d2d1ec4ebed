package link

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// tty is an open serial line. The runtime's poller watches a descriptor for both
// ways at once, and a line can nearly always be written: each piece of a frame that
// came in would wake the process, whoever waits and for whatever. So each way has
// an epoll of its own between the line and the poller, which stirs only when there
// is something to do.
type tty struct {
	fd      int
	in, out *os.File // epolls: "can be read" means that the line can be read, or written
}

var errNoLine = errors.New("not a serial line")

func openTTY(path string) (*tty, error) {
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	t := &tty{fd: fd}
	for _, way := range []struct {
		events uint32
		at     **os.File
	}{{unix.EPOLLIN, &t.in}, {unix.EPOLLOUT, &t.out}} {
		if *way.at, err = stir(fd, way.events); err != nil {
			_ = t.Close()
			if errors.Is(err, unix.EPERM) { // a file of a disk is never waited for
				err = errNoLine
			}
			return nil, fmt.Errorf("watch: %w", err)
		}
	}
	return t, nil
}

// stir makes an epoll of one descriptor and one way, which can be waited for as a
// file can.
func stir(fd int, events uint32) (*os.File, error) {
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: events}), unix.SetNonblock(ep, true)); err != nil {
		_ = unix.Close(ep)
		return nil, err
	}
	f := os.NewFile(uintptr(ep), "epoll")
	if err := f.SetReadDeadline(time.Time{}); err != nil { // the poller did not take it: Close would wake nobody
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// Read blocks until bytes come; io.EOF: the line was hung up.
func (t *tty) Read(p []byte) (int, error) {
	n, err := t.when(t.in, func() (int, error) { return unix.Read(t.fd, p) })
	if n == 0 && err == nil && len(p) > 0 {
		err = io.EOF
	}
	return n, err
}

// Write takes all of p, or fails by the write deadline.
func (t *tty) Write(p []byte) (done int, err error) {
	for done < len(p) && err == nil {
		n := 0
		n, err = t.when(t.out, func() (int, error) { return unix.Write(t.fd, p[done:]) })
		done += n
	}
	return done, err
}

// SetWriteDeadline ends a Write; the zero time: never.
func (t *tty) SetWriteDeadline(at time.Time) error { return t.out.SetReadDeadline(at) }

// when tries until the line is ready.
func (t *tty) when(ready *os.File, try func() (int, error)) (n int, err error) {
	raw, err := ready.SyscallConn()
	if err != nil {
		return 0, err
	}
	var failed error
	err = raw.Read(func(uintptr) bool {
		for {
			if n, failed = try(); failed != unix.EINTR {
				return failed != unix.EAGAIN
			}
		}
	})
	return max(n, 0), errors.Join(err, failed)
}

// Close wakes whoever waits. The descriptor goes last: nobody uses it any more.
func (t *tty) Close() (err error) {
	for _, f := range []*os.File{t.in, t.out} {
		if f != nil {
			err = errors.Join(err, f.Close())
		}
	}
	return errors.Join(err, unix.Close(t.fd))
}

// control sets the line up, unless it was closed: then the number may be that of
// another file.
func (t *tty) control(do func(fd int) error) error {
	raw, err := t.in.SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	if err := raw.Control(func(uintptr) { inner = do(t.fd) }); err != nil {
		return err
	}
	return inner
}

// setFlow sets what go.bug.st/serial cannot: who may hold whom.
func (t *tty) setFlow(fl flow) error {
	return t.change("flow", func(x *unix.Termios) {
		x.Cflag &^= unix.CRTSCTS
		x.Iflag &^= unix.IXON | unix.IXOFF | unix.IXANY
		switch fl {
		case flowHardware:
			x.Cflag |= unix.CRTSCTS
		case flowSoftware:
			x.Iflag |= unix.IXON | unix.IXOFF
		}
	})
}

// setLeast sets how many bytes a line wants before it wakes who waits for them.
// Nothing that concerns the wire changes, so that drivers leave the line alone.
func (t *tty) setLeast(n int) error {
	return t.change("gather", func(x *unix.Termios) { x.Cc[unix.VMIN], x.Cc[unix.VTIME] = uint8(n), 0 })
}

func (t *tty) change(what string, set func(*unix.Termios)) error {
	err := t.control(func(fd int) error {
		x, err := unix.IoctlGetTermios(fd, unix.TCGETS)
		if err != nil {
			return err
		}
		set(x)
		return unix.IoctlSetTermios(fd, unix.TCSETS, x)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// outstanding is how many bytes the line has not sent yet; 0 where it cannot tell.
func (t *tty) outstanding() int {
	n := 0
	_ = t.control(func(fd int) (err error) {
		n, err = unix.IoctlGetInt(fd, unix.TIOCOUTQ)
		return err
	})
	return n
}

var _ io.ReadWriteCloser = (*tty)(nil)
