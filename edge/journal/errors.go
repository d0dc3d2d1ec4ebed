package journal

import (
	"errors"
	"fmt"
)

// Errors of opening.
var (
	// ErrDamaged is returned when bytes that were flushed are bad or missing.
	// The error is a *DamageError. Nothing was cut or changed.
	ErrDamaged = errors.New("journal.damaged")
	// ErrVersion is returned for a segment of a newer format (*VersionError).
	ErrVersion = errors.New("journal.version")
	// ErrLocked is returned when another process holds the folder (*LockedError).
	ErrLocked = errors.New("journal.locked")
)

// Errors of appending.
var (
	// ErrFull is returned when the next segment cannot be made. Nothing of the
	// batch was written and the log stays usable: try again once there is space.
	ErrFull = errors.New("journal.full")
	// ErrFailed is returned after a write or a flush went wrong, for ever: what
	// is on the disk is unknown. End the process and open the log again.
	ErrFailed = errors.New("journal.failed")
	// ErrBatch is returned for a batch that cannot be written: empty, its last
	// message not ended, a line empty or too long, larger than a segment.
	ErrBatch = errors.New("journal.batch")
	// ErrClosed is returned after Close.
	ErrClosed = errors.New("journal.closed")
)

// Errors of reading.
var (
	// ErrGone is returned for a place older than the oldest segment kept.
	ErrGone = errors.New("journal.gone")
	// ErrAhead is returned for a place behind the last flushed one.
	ErrAhead = errors.New("journal.ahead")
	// ErrEpoch is returned for an epoch that the log never had, or no longer keeps.
	ErrEpoch = errors.New("journal.epoch")
)

// DamageError says where a log is damaged and what a person can do.
type DamageError struct {
	Segment string // file name
	Offset  int64  // byte in the file where good frames end
	Pos     uint64 // the frame that should stand there; 0 if unknown
	Seq     uint64 // seq of the last good event before it
	What    string
	Remedy  string
}

// Error tells place, kind and remedy.
func (e *DamageError) Error() string {
	return fmt.Sprintf("%v: %s at byte %d (frame %d, after event %d): %s; %s",
		ErrDamaged, e.Segment, e.Offset, e.Pos, e.Seq, e.What, e.Remedy)
}

// Unwrap makes errors.Is(err, ErrDamaged) hold.
func (e *DamageError) Unwrap() error { return ErrDamaged }

const remedy = "nothing was changed; copy the folder, run `edge verify`, and restore this file from a backup or the archive"

func damage(segment string, offset int64, c cursor, what string) error {
	return &DamageError{Segment: segment, Offset: offset, Pos: c.pos + 1, Seq: c.seq, What: what, Remedy: remedy}
}

// VersionError names the format version found and the newest one known.
type VersionError struct {
	Segment      string
	Found, Known uint32
}

// Error names both versions.
func (e *VersionError) Error() string {
	return fmt.Sprintf("%v: %s has format %d, this program knows up to %d: start the newer program",
		ErrVersion, e.Segment, e.Found, e.Known)
}

// Unwrap makes errors.Is(err, ErrVersion) hold.
func (e *VersionError) Unwrap() error { return ErrVersion }

// LockedError names the process that holds the folder.
type LockedError struct {
	Dir string
	PID int // 0 if the holder has not written it
}

// Error names the folder and the process.
func (e *LockedError) Error() string {
	return fmt.Sprintf("%v: %s is in use by process %d", ErrLocked, e.Dir, e.PID)
}

// Unwrap makes errors.Is(err, ErrLocked) hold.
func (e *LockedError) Unwrap() error { return ErrLocked }
