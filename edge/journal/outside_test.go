package journal_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"dcedge/edge/journal/journaltest"
)

// outsider checks a log's files by the format as documented, with nothing of
// the package under test. It returns the events' lines.
func outsider(d *journaltest.Disk) ([]string, error) {
	names, err := d.List(dir)
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	var segs [][]byte
	for _, n := range names {
		if b := d.Bytes(filepath.Join(dir, n)); strings.HasSuffix(n, ".seg") && len(b) >= 512 && !bytes.Equal(b[:512], make([]byte, 512)) {
			segs = append(segs, b)
		}
	}
	if len(segs) == 0 {
		return nil, fmt.Errorf("no segments")
	}
	o := outside{le: binary.LittleEndian}
	o.begin(epochIn(segs[0]))
	for i, b := range segs {
		limit := ^uint64(0)
		if i+1 < len(segs) {
			limit = o.le.Uint64(segs[i+1][32:])
		}
		if err := o.segment(b, limit); err != nil {
			return nil, fmt.Errorf("segment %d: %w", i+1, err)
		}
	}
	return o.lines, nil
}

// epochIn is the epoch that a segment's header names.
func epochIn(b []byte) string { return string(b[113 : 113+int(b[112])]) }

// begin starts an epoch: seq and chains anew, pos goes on.
func (o *outside) begin(epoch string) {
	chain, other := sha256.Sum256([]byte(epoch)), sha256.Sum256([]byte("private\n"+epoch))
	o.epoch, o.seq, o.chain, o.other = epoch, 0, chain[:], other[:]
}

// seam checks the header of an epoch that follows another, and begins it.
func (o *outside) seam(b []byte) error {
	switch {
	case o.le.Uint32(b[8:]) != 2:
		return fmt.Errorf("version of a later epoch's header")
	case string(b[179:179+int(b[178])]) != o.epoch:
		return fmt.Errorf("parent")
	case o.le.Uint64(b[248:]) != o.pos, o.le.Uint64(b[256:]) != o.seq, !bytes.Equal(b[264:296], o.chain):
		return fmt.Errorf("parent's place")
	case b[296] == 0:
		return fmt.Errorf("no reason")
	}
	o.begin(epochIn(b))
	return nil
}

type outside struct {
	epoch        string
	le           binary.ByteOrder
	chain, other []byte
	pos, seq     uint64
	lines        []string
}

func (o *outside) segment(b []byte, limit uint64) error {
	table := crc32.MakeTable(crc32.Castagnoli)
	if epochIn(b) != o.epoch {
		if err := o.seam(b); err != nil {
			return err
		}
	}
	switch {
	case crc32.Checksum(b[:508], table) != o.le.Uint32(b[508:]):
		return fmt.Errorf("header CRC")
	case o.le.Uint64(b[32:]) != o.pos, o.le.Uint64(b[40:]) != o.seq:
		return fmt.Errorf("header place %d/%d, want %d/%d", o.le.Uint64(b[32:]), o.le.Uint64(b[40:]), o.pos, o.seq)
	case !bytes.Equal(b[48:80], o.chain), !bytes.Equal(b[80:112], o.other):
		return fmt.Errorf("header chain")
	}
	for at := 512; at+72 <= len(b) && o.pos < limit; {
		n := int(o.le.Uint32(b[at+4:]))
		if n == 0 && o.le.Uint32(b[at:]) == 0 {
			break
		}
		end := at + (72+n+7)/8*8
		if crc32.Checksum(b[at+4:end], table) != o.le.Uint32(b[at:]) {
			return fmt.Errorf("CRC at %d", at)
		}
		if b[at+16] != 5 {
			if err := o.frame(b[at:end], n); err != nil {
				return fmt.Errorf("at %d: %w", at, err)
			}
		}
		at = end
	}
	return nil
}

func (o *outside) frame(f []byte, n int) error {
	o.pos++
	line := f[72 : 72+n]
	var want [32]byte
	if f[16] == 1 {
		o.seq++
		want = sha256.Sum256(append(append([]byte(nil), o.chain...), line...))
		o.chain = want[:]
		o.lines = append(o.lines, string(line))
	} else {
		pre := append(append([]byte(nil), f[16:40]...), o.other...)
		want = sha256.Sum256(append(pre, line...))
		o.other = want[:]
	}
	if o.le.Uint64(f[24:]) != o.pos || o.le.Uint64(f[32:]) != o.seq {
		return fmt.Errorf("place %d/%d, want %d/%d", o.le.Uint64(f[24:]), o.le.Uint64(f[32:]), o.pos, o.seq)
	}
	if !bytes.Equal(f[40:72], want[:]) {
		return fmt.Errorf("chain of frame %d", o.pos)
	}
	return nil
}

func outsideCheck(t testing.TB, d *journaltest.Disk, events int) {
	t.Helper()
	lines, err := outsider(d)
	require.NoError(t, err)
	require.Len(t, lines, events)
}
