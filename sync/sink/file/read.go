package file

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"dcedge/sync/batch"
)

// held is one file of events as it lies in the folder.
type held struct {
	name  string
	epoch string
	first uint64
	size  int64 // committed bytes; -1: all
}

// files lists the files of events, by epoch and first event.
func files(dir string, at *place) ([]held, error) {
	names, err := filepath.Glob(filepath.Join(dir, "events-*.ndjson"))
	if err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	slices.Sort(names)
	form := regexp.MustCompile(`^events-(.{1,64})-(\d{20})\.ndjson$`)
	var out []held
	for _, n := range names {
		m := form.FindStringSubmatch(filepath.Base(n))
		if m == nil {
			continue
		}
		first, err := strconv.ParseUint(m[2], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%w: %s", ErrDamaged, filepath.Base(n))
		}
		h := held{name: n, epoch: m[1], first: first, size: -1}
		switch {
		case at.File == filepath.Base(n):
			h.size = at.Size
		case at.Epoch == h.epoch && first > at.Seq:
			continue // begun and not committed
		}
		out = append(out, h)
	}
	return out, nil
}

// Read calls fn for every event that a folder holds, epoch by epoch and in
// order, also while another process pulls into it. The line is fn's until it
// returns. A folder without a place holds none.
func Read(dir string, fn func(epoch string, seq uint64, line []byte) error) error {
	text, err := os.ReadFile(filepath.Join(dir, placeFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("file: %w", err)
	}
	var at place
	if err := json.Unmarshal(text, &at); err != nil {
		return fmt.Errorf("%w: %s cannot be read", ErrDamaged, placeFile)
	}
	list, err := files(dir, &at)
	if err != nil {
		return err
	}
	for _, h := range list {
		if err := h.read(fn); err != nil {
			return err
		}
	}
	return nil
}

func (h *held) read(fn func(string, uint64, []byte) error) error {
	f, err := os.Open(h.name)
	if err != nil {
		return fmt.Errorf("file: %w", err)
	}
	defer func() { _ = f.Close() }() // only read from
	var r io.Reader = f
	if h.size >= 0 {
		r = io.LimitReader(f, h.size)
	}
	lines := bufio.NewReaderSize(r, 256<<10)
	for seq := h.first; ; seq++ {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %s: event %d is cut", ErrDamaged, filepath.Base(h.name), seq)
		}
		line = line[:len(line)-1]
		if n, err := batch.Seq(line); err != nil || n != seq {
			return fmt.Errorf("%w: %s: event %d is not where it should be", ErrDamaged, filepath.Base(h.name), seq)
		}
		if err := fn(h.epoch, seq, line); err != nil {
			return err
		}
	}
}

var errFound = errors.New("found")

// HashAt implements pull.Memory: it reads the epoch from its start, which is
// long for a long epoch and asked for only after a restore. false: the folder
// does not hold the epoch from its first event to seq.
func (s *Sink) HashAt(_ context.Context, epoch string, seq uint64) (hash [32]byte, ok bool, err error) {
	if s.at == nil {
		return hash, false, nil
	}
	list, err := files(s.dir, s.at)
	if err != nil {
		return hash, false, err
	}
	hash, next := batch.Origin(epoch), uint64(1)
	for _, h := range list {
		if h.epoch != epoch || seq < next {
			continue
		}
		err = h.read(func(_ string, n uint64, line []byte) error {
			if n != next || n > seq {
				return errFound
			}
			hash, next = batch.Link(hash, line), n+1
			return nil
		})
		if err != nil && !errors.Is(err, errFound) {
			return hash, false, err
		}
	}
	return hash, next == seq+1, nil
}
