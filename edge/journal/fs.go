package journal

import "io"

// File is one open segment.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Medium
}

// Medium is what a File does beyond reading and writing.
type Medium interface {
	// Datasync returns when data and size are on stable storage. After an error
	// the state is unknown and the call must not be repeated.
	Datasync() error
	Truncate(size int64) error
	Size() (int64, error)
}

// Reserver is an optional ability of a File: fail at once if the disk cannot
// take size bytes.
type Reserver interface {
	Reserve(size int64) error
}

// FS is the little of a file system that a log needs. Names are paths.
type FS interface {
	Opener
	Folder
	FolderKeeper
}

// Opener opens files.
type Opener interface {
	// Create makes an empty file for reading and writing, in place of one of
	// that name.
	Create(name string) (File, error)
	// Open opens a file that exists, for reading, or for writing too.
	Open(name string, write bool) (File, error)
}

// Folder changes names.
type Folder interface {
	List(dir string) ([]string, error) // base names, any order
	Rename(from, to string) error
	Remove(name string) error
}

// FolderKeeper makes folders and flushes their names.
type FolderKeeper interface {
	MkdirAll(dir string) error
	SyncDir(dir string) error
}
