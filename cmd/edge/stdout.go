package main

import (
	"errors"
	"os"
	"sync"
	"syscall"
)

// errLost is the error of writing to a standard output that was closed before the program
// began.
var errLost = errors.New("standard output is closed: what belongs there is lost (to throw it away, say > /dev/null; one that is open for reading too looks as a closed one does)")

// stdout is standard output. Where it is closed, the runtime puts the null device in its
// place, open for reading and writing, and every write would succeed.
type stdout struct {
	file *os.File
	lost func() bool
}

func standardOutput(f *os.File) stdout {
	return stdout{f, sync.OnceValue(func() bool { return nulled(f) })}
}

// Write implements io.Writer.
func (o stdout) Write(p []byte) (int, error) {
	if o.lost() {
		return 0, errLost
	}
	return o.file.Write(p)
}

// nulled reports whether a file is the null device as the runtime opens it; a shell opens
// it for writing only.
func nulled(f *os.File) bool {
	var here, null syscall.Stat_t
	if syscall.Fstat(int(f.Fd()), &here) != nil || syscall.Stat(os.DevNull, &null) != nil || here.Mode&syscall.S_IFMT != syscall.S_IFCHR || here.Rdev != null.Rdev {
		return false
	}
	flags, _, errno := syscall.Syscall(syscall.SYS_FCNTL, f.Fd(), syscall.F_GETFL, 0)
	return errno == 0 && flags&syscall.O_ACCMODE == syscall.O_RDWR
}
