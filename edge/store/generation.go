package store

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"dcedge/edge"
)

// generation is everything taken since the last one; of several values of one
// key the newest counts. Steps are folded into it as they come, so that it
// holds what is open and not what happened.
type generation struct {
	values    map[string]map[string]any // by table and key
	privates  map[string][]byte
	revs      map[string]edge.Rev
	closed    map[string]*edge.Order
	outcomes  []edge.Remembered
	catalogue map[string][]byte
	reference position
	mark      Mark
	moved     bool // there were steps: mark is theirs
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

func newGeneration() *generation {
	return &generation{values: make(map[string]map[string]any), privates: make(map[string][]byte),
		revs: make(map[string]edge.Rev), closed: make(map[string]*edge.Order)}
}

func (g *generation) empty() bool { return !g.moved && len(g.catalogue) == 0 }

// fold takes a step in.
func (g *generation) fold(st *edge.Step) {
	table, rows := "", map[string]any(nil)
	for i := range st.Changes {
		c := &st.Changes[i]
		if c.Table != table || rows == nil {
			if table, rows = c.Table, g.values[c.Table]; rows == nil {
				rows = make(map[string]any)
				g.values[table] = rows
			}
		}
		rows[c.Key] = c.Value
		if o, ok := c.Value.(*edge.Order); ok && (o.Stage == edge.StageShipped || o.Stage == edge.StageCancelled) {
			g.closed[c.Key] = o
		}
	}
	for _, p := range st.Privates {
		g.privates[string(joined(p.Kind, p.Key))] = p.Value
	}
	for i := range st.Revs {
		g.revs[st.Revs[i].Worker] = st.Revs[i]
	}
	g.outcomes = append(g.outcomes, st.Outcomes...)
	if st.Epoch != "" {
		g.mark.Epoch = st.Epoch
	}
	g.mark.Pos, g.mark.Seq, g.mark.Hash, g.mark.At, g.moved = st.Pos, st.Seq, st.Hash, st.At, true
}

// absorb takes a later generation in.
func (g *generation) absorb(later *generation) {
	for table, rows := range later.values {
		if g.values[table] == nil {
			g.values[table] = rows
			continue
		}
		maps.Copy(g.values[table], rows)
	}
	maps.Copy(g.privates, later.privates)
	maps.Copy(g.revs, later.revs)
	maps.Copy(g.closed, later.closed)
	g.outcomes = append(g.outcomes, later.outcomes...)
	if later.moved {
		g.mark, g.moved = later.mark, true
	}
}

// items lists the generation: first what may be ahead of the mark, then the
// state, each in the order of buckets and keys.
func (g *generation) items() (ahead, state []item, err error) {
	for _, r := range g.revs {
		p := r.Private()
		g.privates[string(joined(p.Kind, p.Key))] = p.Value
	}
	for k, v := range g.privates {
		ahead = append(ahead, item{bucket: bucketPrivates, key: k, payload: v})
	}
	for k, v := range g.catalogue {
		ahead = append(ahead, item{bucket: bucketCatalogue, key: k, payload: v})
	}
	for k, o := range g.closed {
		ahead = append(ahead, item{bucket: bucketClosed, key: k, payload: closedValue(o)})
	}
	ahead = append(ahead, blocks(g.outcomes, g.mark.Pos)...)
	for table, rows := range g.values {
		for k, v := range rows {
			it := item{bucket: table, key: k, undo: true}
			if v != nil {
				if it.payload, err = encode(v); err != nil {
					return nil, nil, fmt.Errorf("store %s %q: %w", table, k, err)
				}
			}
			state = append(state, it)
		}
	}
	slices.SortFunc(ahead, byPlace)
	slices.SortFunc(state, byPlace)
	return ahead, state, nil
}

// encode gives the JSON of an entity.
func encode(v any) ([]byte, error) {
	if w, ok := v.(interface{ AppendJSON([]byte) []byte }); ok {
		var room [1 << 10]byte
		return slices.Clone(w.AppendJSON(room[:0])), nil
	}
	return json.Marshal(v)
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
	if s.bulk {
		return s.writeBulk(append(ahead, state...), g)
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

// bulkCommit is how many keys one commit of a bulk writes.
const bulkCommit = 16 << 10

// writeBulk writes a generation without keeping what it overwrites.
func (s *Store) writeBulk(all []item, g *generation) error {
	for len(all) > bulkCommit {
		if err := s.commit(all[:bulkCommit], false, nil); err != nil {
			return err
		}
		all = all[bulkCommit:]
	}
	return s.commit(all, false, g)
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
		if last.moved {
			if err := t.meta(keyEpoch, []byte(last.mark.Epoch)); err != nil {
				return err
			}
			if err := t.meta(keyMark, last.mark.bytes()); err != nil {
				return err
			}
		}
		return t.meta(keyReference, last.reference.bytes())
	})
}
