package vault

import "errors"

// Errors of opening.
var (
	// ErrKEK is returned for a key that is no 32 bytes in base64.
	ErrKEK = errors.New("vault: the key is not 32 bytes in base64")
	// ErrKeyFile is returned for a key file that others than its owner may read.
	ErrKeyFile = errors.New("vault: the key file may be read by others: chmod 0400 it")
	// ErrWrongKEK is returned when the key is not the one that this vault was
	// made with.
	ErrWrongKEK = errors.New("vault: this is not the key that this vault was made with; give the right one, or none to run without labels")
)

// Errors of use.
var (
	// ErrLocked is returned while there is no key: nothing can be put or read.
	ErrLocked = errors.New("vault: locked: started without a key")
	// ErrNotFound is returned for a ref and version that the vault does not
	// hold, or holds no more.
	ErrNotFound = errors.New("vault: no such record")
	// ErrSealed is returned when a record does not open: damaged, moved, or its
	// day's key destroyed.
	ErrSealed = errors.New("vault: record does not open")
	// ErrPurpose is returned when a read does not say who, what and why.
	ErrPurpose = errors.New("vault: a read must say who, what and why")
)

// ErrDamaged is returned for a vault.db that was cut or cannot be opened as it is.
var ErrDamaged = errors.New("vault: vault.db is damaged: restore it from a backup")
