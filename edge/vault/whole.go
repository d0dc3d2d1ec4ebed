package vault

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// bbolt's meta page, little-endian on the machines that this runs on (bbolt,
// internal/common/meta.go): behind a page head of 16 bytes magic u32, version
// u32, page size u32, flags u32, root u64+u64, freelist u64, pages u64, tx u64.
const (
	metaMagic = 0xED0CDAED
	metaBytes = 16 + 56
)

// whole looks whether the file is as long as its newest meta page says. bbolt
// maps it into memory, and touching a page that has been cut off ends the
// process without a word.
func whole(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	defer func() { _ = f.Close() }() // only read from
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	var newest, need uint64
	for _, at := range []int64{0, int64(os.Getpagesize())} {
		var b [metaBytes]byte
		if _, err := f.ReadAt(b[:], at); errors.Is(err, io.EOF) {
			return ErrDamaged
		} else if err != nil {
			return fmt.Errorf("vault: %w", err)
		}
		le := binary.LittleEndian
		if m := b[16:]; le.Uint32(m) == metaMagic && le.Uint64(m[48:]) >= newest {
			newest, need = le.Uint64(m[48:]), le.Uint64(m[40:])*uint64(le.Uint32(m[8:]))
		}
	}
	if uint64(info.Size()) < need {
		return ErrDamaged
	}
	return nil
}
