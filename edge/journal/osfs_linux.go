package journal

import (
	"errors"
	"syscall"
)

// Datasync calls fdatasync once. EINTR is not repeated: a flush is never
// retried.
func (f osFile) Datasync() error {
	return f.control(syscall.Fdatasync)
}

// Reserve allocates size bytes so that a full disk is known before anything is
// written. File systems without it are let pass.
func (f osFile) Reserve(size int64) error {
	err := f.control(func(fd int) error { return syscall.Fallocate(fd, 0, 0, size) })
	if errors.Is(err, syscall.EOPNOTSUPP) || errors.Is(err, syscall.ENOSYS) {
		return nil
	}
	return err
}

func (f osFile) control(call func(fd int) error) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var result error
	if err := raw.Control(func(fd uintptr) { result = call(int(fd)) }); err != nil {
		return err
	}
	return result
}
