package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"dcedge/edge"
)

// generation is everything taken since the last one; of several values of one
// key the newest counts.
type generation struct {
	steps     []edge.Step
	catalogue map[string][]byte
	reference position
	mark      Mark
}

// item is one key to be written; a nil payload removes it. undo: the value
// belongs to the state at the mark, so what it overwrites is kept until the
// mark is there.
type item struct {
	bucket  string
	key     string
	payload []byte
	undo    bool
}

func (g *generation) empty() bool { return len(g.steps) == 0 && len(g.catalogue) == 0 }

type slot struct{ bucket, key string }

// items coalesces the generation: first what may be ahead of the mark, then
// the state, each in the order of buckets and keys.
func (g *generation) items() (ahead, state []item, err error) {
	values := make(map[slot]any)
	private := make(map[slot][]byte)
	revs := make(map[string]edge.Rev)
	closed := make(map[string]*edge.Order)
	var outcomes []edge.Remembered
	for _, st := range g.steps {
		for _, c := range st.Changes {
			values[slot{c.Table, c.Key}] = c.Value
			if o, ok := c.Value.(*edge.Order); ok && (o.Stage == edge.StageShipped || o.Stage == edge.StageCancelled) {
				closed[c.Key] = o
			}
		}
		for _, p := range st.Privates {
			private[slot{bucketPrivates, string(joined(p.Kind, p.Key))}] = p.Value
		}
		for _, r := range st.Revs {
			revs[r.Worker] = r
		}
		outcomes = append(outcomes, st.Outcomes...)
		g.mark.Pos, g.mark.Seq, g.mark.Hash, g.mark.At = st.Pos, st.Seq, st.Hash, st.At
	}
	for _, r := range revs {
		p := r.Private()
		private[slot{bucketPrivates, string(joined(p.Kind, p.Key))}] = p.Value
	}
	for k, v := range private {
		ahead = append(ahead, item{bucket: k.bucket, key: k.key, payload: v})
	}
	for k, v := range g.catalogue {
		ahead = append(ahead, item{bucket: bucketCatalogue, key: k, payload: v})
	}
	for k, o := range closed {
		ahead = append(ahead, item{bucket: bucketClosed, key: k, payload: closedValue(o)})
	}
	ahead = append(ahead, blocks(outcomes, g.mark.Pos)...)
	for k, v := range values {
		it := item{bucket: k.bucket, key: k.key, undo: true}
		if v != nil {
			if it.payload, err = json.Marshal(v); err != nil {
				return nil, nil, fmt.Errorf("store %s %q: %w", k.bucket, k.key, err)
			}
		}
		state = append(state, it)
	}
	slices.SortFunc(ahead, byPlace)
	slices.SortFunc(state, byPlace)
	return ahead, state, nil
}

func byPlace(a, b item) int {
	if c := strings.Compare(a.bucket, b.bucket); c != 0 {
		return c
	}
	return strings.Compare(a.key, b.key)
}

// write writes a generation in commits of at most MaxCommit keys. If it all
// fits into one there is nothing to be undone.
func (s *Store) write(g *generation) error {
	ahead, state, err := g.items()
	if err != nil {
		return err
	}
	for len(ahead)+len(state) > MaxCommit && len(ahead) > 0 {
		n, from := min(len(ahead), MaxCommit), time.Now()
		if err := s.commit(ahead[:n], false, nil); err != nil {
			return err
		}
		ahead = ahead[n:]
		s.rest(time.Since(from))
	}
	all := append(ahead, state...)
	split := len(all) > MaxCommit
	for split && len(all) > MaxCommit/2 { // each key is written twice: its old value too
		from := time.Now()
		if err := s.commit(all[:MaxCommit/2], true, nil); err != nil {
			return err
		}
		all = all[MaxCommit/2:]
		s.rest(time.Since(from))
	}
	return s.commit(all, split, g)
}

// commit is one bbolt transaction. last is nil but in a generation's last one,
// which moves the mark and forgets what could be undone.
func (s *Store) commit(items []item, split bool, last *generation) error {
	return update(s.db, func(t *txn) error {
		for _, it := range items {
			if split && it.undo && last == nil {
				if err := t.keepOld(it); err != nil {
					return err
				}
			}
			if err := t.put(it.bucket, []byte(it.key), it.payload); err != nil {
				return fmt.Errorf("store %s %q: %w", it.bucket, it.key, err)
			}
		}
		if last == nil {
			return nil
		}
		if err := t.forgetUndo(); err != nil {
			return err
		}
		if len(last.steps) > 0 {
			if err := t.meta(keyMark, last.mark.bytes()); err != nil {
				return err
			}
		}
		return t.meta(keyReference, last.reference.bytes())
	})
}
