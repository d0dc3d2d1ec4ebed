package store

import (
	"errors"
	"fmt"
)

var (
	// ErrDamaged is returned when the store holds something else than what was
	// written. It is rebuilt at the next Open.
	ErrDamaged = errors.New("store.damaged")
	// ErrVersion is returned for a store of a newer format.
	ErrVersion = errors.New("store.version")
	// ErrFull is returned by Room while the disk is full and the store cannot
	// follow any longer.
	ErrFull = errors.New("store.full")
	// ErrStopped is returned by Room after Run has ended with an error.
	ErrStopped = errors.New("store.stopped")
	// ErrEpoch is returned when the store belongs to another history.
	ErrEpoch = errors.New("store.epoch")
	// ErrRecord is returned by Reference.Put for what is no catalogue record.
	ErrRecord = errors.New("store.record")
)

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}
