//go:build !linux

package journal

// Datasync flushes data and metadata where there is no fdatasync.
func (f osFile) Datasync() error { return f.Sync() }

// Reserve does nothing: a full disk shows when zeros are written.
func (f osFile) Reserve(int64) error { return nil }
