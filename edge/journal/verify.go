package journal

import (
	"errors"
	"fmt"
	"path/filepath"
)

// Report is what Verify found.
type Report struct {
	Epoch    string  // the newest
	Epochs   []Epoch // the oldest first; Home and Oldest as their first segment says
	Segments int
	Frames   uint64
	Events   uint64
	Proven   uint64 // last pos that a later frame proves flushed
	Head     Place  // last whole message before any damage
	// Torn is set when the log ends in a write that never finished; the next
	// Open cuts it off. Not damage.
	Torn    bool
	Damaged []*DamageError
}

// OK tells that nothing is damaged.
func (r *Report) OK() bool { return len(r.Damaged) == 0 }

// Verify checks the whole log in dir, all frames of all segments: framing,
// CRC, both hash chains, density, whole messages, and that each epoch begins
// where the one before it was sealed. It changes nothing and goes
// on behind damage as far as it can. An error means that it could not look;
// damage is in the report.
func Verify(fs FS, dir string) (Report, error) {
	d, err := lookInto(fs, dir)
	if err != nil {
		return Report{}, err
	}
	v := verifier{fs: fs, dir: dir, r: Report{Segments: len(d.used)}}
	var first *DamageError
	if err := d.connected(^uint64(0)); errors.As(err, &first) {
		v.r.Damaged = append(v.r.Damaged, first)
	}
	for i := range d.used {
		if d.used[i].err != nil {
			continue
		}
		if v.r.Epoch == "" {
			v.r.Epoch, v.cur = d.used[i].epoch, d.used[i].cursor()
			v.r.Head = v.cur.place()
		}
		v.note(&d.used[i])
		limit := ^uint64(0)
		for j := i + 1; j < len(d.used); j++ {
			if d.used[j].err == nil {
				limit = d.used[j].basePos
				break
			}
		}
		if err := v.segment(d.used[i], limit); err != nil {
			return v.r, fmt.Errorf("verify %s: %w", d.used[i].name, err)
		}
	}
	for _, f := range d.rest {
		if err := v.behind(f); err != nil {
			return v.r, fmt.Errorf("verify %s: %w", f.name, err)
		}
	}
	v.conclude()
	return v.r, nil
}

type verifier struct {
	fs  FS
	dir string
	r   Report
	cur cursor

	lost    bool         // damage: the next segment begins anew
	claim   uint64       // highest `synced` seen
	pending *DamageError // the end of the last segment: damage if something behind it was flushed
}

func (v *verifier) add(name string, off int64, what string) {
	v.r.Damaged = append(v.r.Damaged, v.damage(name, off, what))
}

func (v *verifier) damage(name string, off int64, what string) *DamageError {
	return &DamageError{Segment: name, Offset: off, Pos: v.cur.pos + 1, Seq: v.cur.seq, What: what, Remedy: remedy}
}

// segment checks one segment up to the frame where the next one begins.
func (v *verifier) segment(s found, limit uint64) (err error) {
	f, err := v.fs.Open(filepath.Join(v.dir, s.name), false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if v.lost {
		v.lost = false
	} else if what := s.follows(v.r.Epoch, &v.cur); what != "" {
		v.add(s.name, 0, what)
	} else if s.epoch == v.r.Epoch && s.other != v.cur.other {
		v.add(s.name, 0, "does not continue the private records before it")
	}
	if s.epoch != v.r.Epoch && v.r.OK() {
		v.r.Head = s.place()
	}
	v.r.Epoch, v.cur = s.epoch, s.cursor()
	v.claim = max(v.claim, s.basePos)
	w := newWalker(f, s.size, epochTag(s.epoch), headerSize, nil)
	for v.cur.pos < limit {
		fr, err := w.next()
		if err != nil {
			if !isBad(err) && !errors.Is(err, errZero) {
				return err
			}
			return v.stopped(w, s, limit, err.Error())
		}
		if what := v.cur.take(&fr, true); what != "" {
			v.add(s.name, w.off-int64(len(fr.raw)), what)
			return v.skip(w, fr)
		}
		v.count(&fr)
	}
	return nil
}

// note keeps what a segment's header tells of the epochs.
func (v *verifier) note(s *found) {
	list := v.r.Epochs
	if n := len(list); n == 0 || list[n-1].ID != s.epoch {
		if n > 0 {
			list[n-1].Sealed = true
		}
		v.r.Epochs = append(list, Epoch{ID: s.epoch, Parent: s.origin.parent, At: s.origin.at, Reason: s.origin.reason,
			Home: s.origin.home, Oldest: s.baseSeq + 1, Head: s.place()})
	}
}

func (v *verifier) count(f *frame) {
	v.claim = max(v.claim, f.synced())
	if f.Kind == mark {
		return
	}
	v.r.Frames++
	if f.Kind == Event {
		v.r.Events++
	}
	if f.Last && v.r.OK() {
		v.r.Head = v.cur.place()
		v.r.Epochs[len(v.r.Epochs)-1].Head = v.r.Head
	}
}

// stopped is reached where good frames end. In a segment with a successor that
// is damage; in the last one it depends on what lies behind.
func (v *verifier) stopped(w *walker, s found, limit uint64, what string) error {
	at := w.off
	if limit == ^uint64(0) {
		v.pending = v.damage(s.name, at, what)
	} else {
		v.add(s.name, at, what)
		v.lost = true
	}
	behind, err := w.survey(at)
	v.r.Torn = v.r.Torn || behind.dirty
	v.claim = max(v.claim, behind.synced)
	return err
}

// skip goes on behind a frame that is whole but does not fit.
func (v *verifier) skip(w *walker, f frame) error {
	v.lost = true
	v.claim = max(v.claim, f.synced())
	behind, err := w.survey(w.off)
	v.claim = max(v.claim, behind.synced)
	return err
}

// behind looks at a segment without a header.
func (v *verifier) behind(s found) (err error) {
	f, err := v.fs.Open(filepath.Join(v.dir, s.name), false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	behind, err := newWalker(f, s.size, epochTag(v.r.Epoch), 0, nil).survey(0)
	v.r.Torn = v.r.Torn || behind.dirty
	v.claim = max(v.claim, behind.synced)
	return err
}

// conclude tells a torn end from a damaged one.
func (v *verifier) conclude() {
	v.r.Proven = min(v.claim, v.r.Head.Pos)
	if v.pending != nil && v.claim > v.r.Head.Pos && v.r.OK() {
		v.pending.What = fmt.Sprintf("%s, but frames up to %d were flushed", v.pending.What, v.claim)
		v.r.Damaged = append(v.r.Damaged, v.pending)
	}
	v.r.Torn = (v.r.Torn || v.cur.pos > v.r.Head.Pos) && v.r.OK()
}
