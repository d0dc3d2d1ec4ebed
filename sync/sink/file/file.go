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
	"syscall"

	"dcedge/sync/batch"
)

const (
	placeFile = "place.json"
	lockFile  = "lock"

	// SegmentBytes is where a file of events ends and the next begins.
	SegmentBytes = 256 << 20
)

// Errors of a folder.
var (
	// ErrInUse is returned when another process holds the folder.
	ErrInUse = errors.New("file: another process pulls into this folder")
	// ErrDamaged is returned when the folder does not hold what place.json says.
	ErrDamaged = errors.New("file: the folder does not hold what place.json says: restore it, or pull into a new one")
	// ErrSite is returned for a name that is no site's.
	ErrSite = errors.New("file: the site's name cannot name a folder")
)

// place is place.json.
type place struct {
	Site      string `json:"site"`
	Epoch     string `json:"epoch"`
	Seq       uint64 `json:"seq"`
	Hash      string `json:"hash"`
	Cursor    string `json:"cursor"`
	File      string `json:"file"`      // newest file of events
	Size      int64  `json:"size"`      // committed bytes of it
	FileFirst uint64 `json:"fileFirst"` // its first event
	FilePrev  string `json:"filePrev"`  // the chain's hash before it
}

// Sink stores one site's events in a folder. Not for several goroutines at
// once.
type Sink struct {
	dir     string
	segment int64
	lock    *os.File
	at      *place
	events  *os.File // newest file, nil before the first batch
}

// Dir is where a site's events lie below a folder.
func Dir(root, site string) (string, error) {
	if !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`).MatchString(site) {
		return "", ErrSite
	}
	return filepath.Join(root, site), nil
}

// Open takes a folder, cuts a torn batch and proves the newest file. The caller
// ends with Close. segment 0: SegmentBytes.
func Open(dir string, segment int64) (*Sink, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	if segment <= 0 {
		segment = SegmentBytes
	}
	s := &Sink{dir: dir, segment: segment, lock: lock}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %s", ErrInUse, dir), lock.Close())
	}
	if err := s.recover(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close lets the folder go.
func (s *Sink) Close() error {
	err := s.lock.Close()
	if s.events != nil {
		err = errors.Join(err, s.events.Close())
	}
	return err
}

func (s *Sink) recover() error {
	text, err := os.ReadFile(filepath.Join(s.dir, placeFile))
	if errors.Is(err, fs.ErrNotExist) {
		return s.dropUncommitted()
	}
	if err != nil {
		return fmt.Errorf("file: %w", err)
	}
	var at place
	if err := json.Unmarshal(text, &at); err != nil || at.Site == "" || at.Epoch == "" || at.File != "" && (at.File != filepath.Base(at.File) || at.Seq+1 < at.FileFirst) || at.File == "" && at.Seq > 0 {
		return fmt.Errorf("%w: %s cannot be read", ErrDamaged, placeFile)
	}
	// a next file that was begun and never committed
	next := filepath.Join(s.dir, eventsFile(at.Epoch, at.Seq+1))
	if err := os.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("file: %w", err)
	}
	if s.at = &at; at.File == "" { // before the first event of an epoch
		return nil
	}
	f, err := os.OpenFile(filepath.Join(s.dir, at.File), os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	s.events = f
	if err := prove(f, &at); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrDamaged, at.File, err)
	}
	if err := f.Truncate(at.Size); err != nil {
		return fmt.Errorf("file: %w", err)
	}
	return nil
}

func eventsFile(epoch string, first uint64) string {
	return fmt.Sprintf("events-%s-%020d.ndjson", epoch, first)
}

// dropUncommitted removes the file of a first batch that was never committed.
func (s *Sink) dropUncommitted() error {
	names, err := filepath.Glob(filepath.Join(s.dir, "events-*.ndjson"))
	if err != nil || len(names) == 0 {
		return err
	}
	if len(names) > 1 {
		return fmt.Errorf("%w: files of events and no %s", ErrDamaged, placeFile)
	}
	return os.Remove(names[0])
}

// prove walks the committed part of a file: dense, chained, ending at the place.
func prove(r io.Reader, at *place) error {
	hash, err := batch.ParseHex(at.FilePrev)
	if err != nil {
		return err
	}
	lines := bufio.NewReaderSize(io.LimitReader(r, at.Size), 256<<10)
	seq, size := at.FileFirst, int64(0)
	for {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			break
		}
		if err != nil {
			return fmt.Errorf("event %d is cut", seq)
		}
		size += int64(len(line))
		line = line[:len(line)-1]
		if n, err := batch.Seq(line); err != nil || n != seq {
			return fmt.Errorf("event %d is not where it should be", seq)
		}
		hash = batch.Link(hash, line)
		seq++
	}
	if size != at.Size || seq != at.Seq+1 || batch.Hex(hash) != at.Hash {
		return fmt.Errorf("%d of %d bytes, up to event %d of %d, or another chain", size, at.Size, seq-1, at.Seq)
	}
	return nil
}

// Place gives the committed place; nil: nothing yet.
func (s *Sink) Place(context.Context) (*batch.Stored, error) {
	if s.at == nil {
		return nil, nil
	}
	hash, err := batch.ParseHex(s.at.Hash)
	if err != nil {
		return nil, fmt.Errorf("%w: hash", ErrDamaged)
	}
	return &batch.Stored{Site: s.at.Site, Epoch: s.at.Epoch, Seq: s.at.Seq, Hash: hash, Cursor: s.at.Cursor}, nil
}

// Store commits a batch that the caller has proven to continue the place.
func (s *Sink) Store(ctx context.Context, head *batch.Head, lines []byte, behind batch.Stored) error {
	if head.Count == 0 {
		return s.Move(ctx, behind)
	}
	next := placeOf(behind)
	if at := s.at; at != nil && at.File != "" && at.Epoch == head.Epoch && at.Size < s.segment {
		next.File, next.Size, next.FileFirst, next.FilePrev = at.File, at.Size, at.FileFirst, at.FilePrev
	} else if err := s.begin(head, &next); err != nil {
		return err
	}
	if _, err := s.events.WriteAt(lines, next.Size); err != nil {
		return fmt.Errorf("file: %w", err)
	}
	if err := s.events.Sync(); err != nil {
		return fmt.Errorf("file: flush: %w", err)
	}
	next.Size += int64(len(lines))
	if next.Epoch != head.Epoch {
		next = placeOf(behind) // the epoch's file is whole
	}
	return s.commit(next)
}

// Move commits a place alone: before the first event of an epoch.
func (s *Sink) Move(_ context.Context, to batch.Stored) error {
	next := placeOf(to)
	if at := s.at; at != nil && at.Epoch == next.Epoch && at.Seq == next.Seq {
		next.File, next.Size, next.FileFirst, next.FilePrev = at.File, at.Size, at.FileFirst, at.FilePrev
	} else if next.Seq > 0 {
		return fmt.Errorf("file: a place behind event %d without its events", next.Seq)
	}
	return s.commit(next)
}

func placeOf(at batch.Stored) place {
	return place{Site: at.Site, Epoch: at.Epoch, Seq: at.Seq, Hash: batch.Hex(at.Hash), Cursor: at.Cursor}
}

func (s *Sink) commit(next place) error {
	text, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("file: %w", err)
	}
	if err := replace(filepath.Join(s.dir, placeFile), append(text, '\n')); err != nil {
		return err
	}
	s.at = &next
	return nil
}

// begin makes the next file of events.
func (s *Sink) begin(head *batch.Head, next *place) error {
	if !regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`).MatchString(head.Epoch) {
		return fmt.Errorf("file: epoch of %d characters cannot name a file", len(head.Epoch))
	}
	next.File = eventsFile(head.Epoch, head.First)
	next.FileFirst, next.FilePrev = head.First, head.PrevHash
	f, err := os.OpenFile(filepath.Join(s.dir, next.File), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("file: %w", err)
	}
	if s.events != nil {
		err = s.events.Close()
	}
	s.events = f
	return errors.Join(err, syncDir(s.dir))
}

// replace puts a file in the place of another, whole and durable.
func replace(path string, text []byte) error {
	tmp := path + ".tmp"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("file: %w", err)
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("file: write %s: %w", filepath.Base(path), err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("file: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("file: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}
