package wire

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// tty is the device's side of a serial line.
type tty struct {
	*os.File          // the master, non-blocking so that Close wakes a Read
	slave    *os.File // held so that the master does not see every host that leaves
	link     string   // name under which the slave is offered; "": none
	once     sync.Once
	err      error
}

// openTTY makes a raw line and offers it under the name link.
func openTTY(link string) (*tty, error) {
	master, slave, err := pty.Open()
	if err != nil {
		return nil, fmt.Errorf("pty: %w", err)
	}
	t := &tty{slave: slave, link: link}
	if t.File, err = unblocked(master); err == nil {
		err = raw(slave)
	}
	if err == nil {
		err = t.offer()
	}
	if err != nil {
		t.link = ""
		if t.File != nil {
			_ = t.Close()
		}
		_ = slave.Close()
		return nil, fmt.Errorf("pty: %w", err)
	}
	return t, nil
}

// unblocked gives the same file under the runtime's poller and closes f: the
// ioctls of its making have left it blocking.
func unblocked(f *os.File) (*os.File, error) {
	defer f.Close()
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		_ = unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

// raw takes echo, line editing and translation off (termios(3), cfmakeraw).
func raw(f *os.File) error {
	t, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	if err != nil {
		return err
	}
	t.Iflag &^= unix.IGNBRK | unix.BRKINT | unix.PARMRK | unix.ISTRIP | unix.INLCR | unix.IGNCR | unix.ICRNL | unix.IXON
	t.Oflag &^= unix.OPOST
	t.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.ISIG | unix.IEXTEN
	t.Cflag = t.Cflag&^(unix.CSIZE|unix.PARENB) | unix.CS8
	t.Cc[unix.VMIN], t.Cc[unix.VTIME] = 1, 0
	return unix.IoctlSetTermios(int(f.Fd()), unix.TCSETS, t)
}

// offer puts the link in place, over an older link only.
func (t *tty) offer() error {
	if t.link == "" {
		return nil
	}
	info, err := os.Lstat(t.link)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(filepath.Dir(t.link), 0o755); err != nil {
			return err
		}
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink == 0:
		return fmt.Errorf("%w: %s is there and is no link", ErrPlace, t.link)
	default:
		// A link to anything but a pseudo terminal is somebody else's.
		if to, err := os.Readlink(t.link); err != nil || !strings.HasPrefix(to, "/dev/pts/") {
			return fmt.Errorf("%w: %s leads to %q, which is no pseudo terminal", ErrPlace, t.link, to)
		}
	}
	fresh := fmt.Sprintf("%s.%d", t.link, os.Getpid())
	_ = os.Remove(fresh) // of a run that was killed
	if err := os.Symlink(t.slave.Name(), fresh); err != nil {
		return err
	}
	return os.Rename(fresh, t.link)
}

// Name is the path of the tty for the host.
func (t *tty) Name() string {
	if t.link != "" {
		return t.link
	}
	return t.slave.Name()
}

// Close pulls the adapter: the name goes, and the host reads the end.
func (t *tty) Close() error {
	t.once.Do(func() {
		if to, err := os.Readlink(t.link); t.link != "" && err == nil && to == t.slave.Name() {
			_ = os.Remove(t.link) // it may be another's by now
		}
		t.err = t.File.Close()
		_ = t.slave.Close()
	})
	return t.err
}
