package agent

import (
	"fmt"
	"syscall"
)

// freeBytes is what an unprivileged process may still write on dir's file
// system.
func freeBytes(dir string) (uint64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, err
	}
	return s.Bavail * uint64(s.Bsize), nil
}

// fileSystemOf tells the file system that a folder lies on from others; "" where it
// has no id.
func fileSystemOf(dir string) string {
	var s syscall.Statfs_t
	if syscall.Statfs(dir, &s) != nil {
		return ""
	}
	return fmt.Sprint(s.Fsid)
}
