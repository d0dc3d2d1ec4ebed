//go:build !noflush

package journal

// Flushing is false only in builds with the tag noflush.
const Flushing = true

func flush(f File) error { return f.Datasync() }
