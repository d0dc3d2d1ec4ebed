package journal

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// found is one segment file as it lies in the folder.
type found struct {
	header
	name string
	size int64 // of the file
	err  error // of its header: nil, errZero (blank), or bad
}

// folder is a log's folder before anything is decided.
type folder struct {
	used  []found  // with good headers, oldest first
	rest  []found  // behind them: prepared, or torn while being taken into use
	temps []string // left by a crash; they hold nothing that counts
}

// lookInto reads names and headers. It changes nothing.
func lookInto(fs FS, dir string) (folder, error) {
	var d folder
	names, err := fs.List(dir)
	if err != nil {
		return d, fmt.Errorf("list %s: %w", dir, err)
	}
	var all []found
	for _, name := range names {
		if strings.HasSuffix(name, tempSuffix) {
			d.temps = append(d.temps, name)
		}
		n, ok := segmentNumber(name)
		if !ok {
			continue
		}
		f, err := readHeader(fs, dir, name)
		if err != nil {
			return d, err
		}
		f.number = n
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b found) int { return cmp.Compare(a.number, b.number) })
	split := len(all)
	for split > 0 && all[split-1].err != nil {
		split--
	}
	d.used, d.rest = all[:split], all[split:]
	return d, nil
}

func readHeader(fs FS, dir, name string) (f found, err error) {
	f.name = name
	file, err := fs.Open(filepath.Join(dir, name), false)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if f.size, err = file.Size(); err != nil {
		return f, err
	}
	if f.size < headerSize {
		f.err = errShort
		return f, nil
	}
	var b [headerSize]byte
	if _, err := file.ReadAt(b[:], 0); err != nil {
		return f, fmt.Errorf("read %s: %w", name, err)
	}
	number, _ := segmentNumber(name)
	f.header, f.err = parseHeader(b[:])
	var newer *VersionError
	if errors.As(f.err, &newer) {
		newer.Segment = name
		return f, newer
	}
	if f.err == nil && f.header.number != number {
		f.err = errFrame
	}
	return f, nil
}

// connected checks that the used segments follow one another, as far as their
// headers tell.
func (d *folder) connected(purged uint64) error {
	if err := d.prepared(); err != nil || len(d.used) == 0 {
		return err
	}
	first := &d.used[0]
	if first.err == nil && first.basePos > purged {
		return damage(first.name, 0, cursor{}, fmt.Sprintf("segments before frame %d are missing", first.basePos+1))
	}
	for i := range d.used {
		f := &d.used[i]
		if f.err != nil {
			return damage(f.name, 0, cursor{}, "header: "+f.err.Error())
		}
		if i == 0 {
			continue
		}
		before := &d.used[i-1]
		seam := f.epoch != before.epoch
		switch {
		case f.number != before.number+1:
			return damage(before.name, before.size, before.cursor(), fmt.Sprintf("segment %d is missing", before.number+1))
		case seam && !(f.opens() && f.origin.parent == before.epoch), !seam && f.origin != before.origin:
			return damage(f.name, 0, before.cursor(), "belongs to another epoch")
		case f.basePos < before.basePos || !seam && f.baseSeq < before.baseSeq || seam && f.origin.at.Seq < before.baseSeq:
			return damage(f.name, 0, before.cursor(), "begins before the segment before it")
		}
	}
	last := &d.used[len(d.used)-1]
	if last.size != int64(last.header.size) {
		return damage(last.name, last.size, last.cursor(),
			fmt.Sprintf("the file has %d bytes and was made with %d", last.size, last.header.size))
	}
	return nil
}

// prepared checks what lies behind the used segments. A segment has its name
// only once its zeros are flushed, and the header is one sector: a power cut
// leaves it as zeros or whole. Anything else is damage.
func (d *folder) prepared() error {
	for i, f := range d.rest {
		c, want := cursor{}, f.number
		if len(d.used) > 0 {
			last := &d.used[len(d.used)-1]
			c, want = last.cursor(), last.number+uint64(i)+1
		}
		switch {
		case !errors.Is(f.err, errZero):
			return damage(f.name, 0, c, "header: "+f.err.Error())
		case len(d.used) == 0:
			return damage(f.name, 0, c, "no segment has a header")
		case f.number != want:
			return damage(f.name, 0, c, fmt.Sprintf("segment %d is missing", want))
		}
	}
	return nil
}
