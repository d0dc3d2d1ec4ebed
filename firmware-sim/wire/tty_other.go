//go:build !linux

package wire

import (
	"errors"
	"io"
)

type tty struct{ io.ReadWriteCloser }

// Name is the path of the tty for the host.
func (t *tty) Name() string { return "" }

func openTTY(string) (*tty, error) { return nil, errors.New("pty: played on Linux only") }
