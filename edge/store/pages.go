package store

import (
	"encoding/binary"
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"
)

// bbolt's pages, little-endian on the machines that this runs on (bbolt,
// internal/common/page.go): id u64, flags u16, count u16, overflow u32, then the
// elements. Of a branch: pos u32, key size u32, page u64. Of a leaf: flags u32,
// pos u32, key size u32, value size u32. pos counts from the element.
const (
	pageHead    = 16
	elementSize = 16
	flagBranch  = 1
	flagLeaf    = 2
	maxDepth    = 32
)

// checkTrees reads the pages of all buckets from the file and finds those whose
// elements point out of their page: bbolt would follow them.
func checkTrees(db *bolt.DB, tx *bolt.Tx) error {
	f, err := os.Open(db.Path())
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read from
	t := trees{file: f, size: int64(db.Info().PageSize)}
	return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
		if b == nil || len(name) > 1<<10 {
			return damaged("the list of buckets")
		}
		if root := uint64(b.Root()); root != 0 { // 0: it lies within the list
			return t.check(root, 0)
		}
		return nil
	})
}

type trees struct {
	file *os.File
	size int64
}

func (t *trees) check(id uint64, depth int) error {
	if depth > maxDepth || id < 2 || id > 1<<40 {
		return damaged("page %d: at depth %d", id, depth)
	}
	page, err := t.read(id)
	if err != nil {
		return err
	}
	le := binary.LittleEndian
	flags, count := le.Uint16(page[8:]), int(le.Uint16(page[10:]))
	if le.Uint64(page) != id || flags != flagBranch && flags != flagLeaf || pageHead+count*elementSize > len(page) {
		return damaged("page %d: head", id)
	}
	for i := range count {
		at := pageHead + i*elementSize
		e := page[at : at+elementSize]
		pos, size := uint64(le.Uint32(e)), uint64(le.Uint32(e[4:]))
		if flags == flagLeaf {
			pos, size = uint64(le.Uint32(e[4:])), uint64(le.Uint32(e[8:]))+uint64(le.Uint32(e[12:]))
		}
		if uint64(at)+pos+size > uint64(len(page)) {
			return damaged("page %d: element %d points out of it", id, i)
		}
		if flags == flagBranch {
			if err := t.check(le.Uint64(e[8:]), depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// read gives a page with its overflow.
func (t *trees) read(id uint64) ([]byte, error) {
	page := make([]byte, t.size)
	if _, err := t.file.ReadAt(page, int64(id)*t.size); err != nil {
		return nil, damaged("page %d: %v", id, err)
	}
	more := int64(binary.LittleEndian.Uint32(page[12:]))
	if more == 0 {
		return page, nil
	}
	info, err := t.file.Stat()
	if err != nil {
		return nil, fmt.Errorf("size of the store: %w", err)
	}
	if (int64(id)+1+more)*t.size > info.Size() {
		return nil, damaged("page %d: it ends behind the file", id)
	}
	page = append(page, make([]byte, more*t.size)...)
	if _, err := t.file.ReadAt(page, int64(id)*t.size); err != nil {
		return nil, damaged("page %d: %v", id, err)
	}
	return page, nil
}
