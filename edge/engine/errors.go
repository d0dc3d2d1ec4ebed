package engine

import "errors"

// Errors of submitting. Any other than ErrFull and ErrStopped means that it is
// not known whether the message was decided: send it again with the same id.
var (
	// ErrFull is returned while the disk is full. Nothing was decided.
	ErrFull = errors.New("storeFull")
	// ErrFailed is returned after a write or a flush of the journal failed.
	ErrFailed = errors.New("storeFailed")
	// ErrStopped is returned after Run was told to end. Nothing was decided.
	ErrStopped = errors.New("stopping")
	// ErrLookup is returned when it cannot be known whether an id was decided
	// before. Nothing was decided.
	ErrLookup = errors.New("lookupFailed")
	// ErrRule is returned where a rule failed and not even its refusal could be
	// written. Nothing was decided.
	ErrRule = errors.New("internal")
	// ErrMessage is returned for a message that no caller may send: a scan or an
	// act without an id, an unknown kind, a private record that is no JSON.
	ErrMessage = errors.New("badMessage")
)

// Errors of recovering.
var (
	// ErrDiverged is returned when the state that the events make is not the one
	// that a checkpoint in the journal or the store's mark names.
	ErrDiverged = errors.New("engine: the journal gives another state than the one recorded in it")
	// ErrNoBase is returned when the journal no longer begins at its start and
	// there is no sound store or snapshot that reaches what is left of it.
	ErrNoBase = errors.New("engine: neither a sound store nor the journal's start is there: restore store.snap from a backup")
)
