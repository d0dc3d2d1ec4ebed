package floor

import "slices"

// table holds the rows of one kind of entity. A row that is edited is cloned
// first and the old one is kept, per message and per batch, until the message
// is accepted and the batch committed: dropping puts the old ones back.
type table[V any] struct {
	name  string
	rows  map[string]*V
	clone func(*V) *V
	msg   map[string]*V // rows before this message; nil: there was none
	batch map[string]*V // rows as committed; nil: there was none
	dirty []string      // keys whose indexes are to be looked at again
}

func newTable[V any](name string, clone func(*V) *V) *table[V] {
	return &table[V]{name: name, rows: map[string]*V{}, clone: clone, msg: map[string]*V{}, batch: map[string]*V{}}
}

// get gives a row to read, nil where there is none.
func (t *table[V]) get(key string) *V { return t.rows[key] }

// edit gives a row to change, nil where there is none.
func (t *table[V]) edit(key string) *V {
	v := t.rows[key]
	if v == nil {
		return nil
	}
	if _, mine := t.msg[key]; !mine {
		t.msg[key] = v
		v = t.clone(v)
		t.rows[key] = v
	}
	t.dirty = append(t.dirty, key)
	return v
}

// put adds or replaces a row; v belongs to the table from now on.
func (t *table[V]) put(key string, v *V) {
	if _, mine := t.msg[key]; !mine {
		t.msg[key] = t.rows[key]
	}
	t.rows[key] = v
	t.dirty = append(t.dirty, key)
}

func (t *table[V]) remove(key string) {
	if _, mine := t.msg[key]; !mine {
		t.msg[key] = t.rows[key]
	}
	delete(t.rows, key)
	t.dirty = append(t.dirty, key)
}

func (t *table[V]) accept() {
	for k, old := range t.msg {
		if _, had := t.batch[k]; !had {
			t.batch[k] = old
		}
	}
	t.msg = emptied(t.msg)
}

// emptied gives an empty map: the same one while it is small, for a map that
// was once large is slow to walk and to clear ever after.
func emptied[V any](m map[string]V) map[string]V {
	if len(m) > 64 {
		return map[string]V{}
	}
	clear(m)
	return m
}

// dropMessage and dropBatch put the saved rows back.
func (t *table[V]) dropMessage() {
	if len(t.msg) > 0 {
		t.restore(t.msg)
		t.msg = emptied(t.msg)
	}
}

func (t *table[V]) dropBatch() {
	t.restore(t.batch)
	t.batch = emptied(t.batch)
}

func (t *table[V]) restore(saved map[string]*V) {
	for k, old := range saved {
		if old == nil {
			delete(t.rows, k)
		} else {
			t.rows[k] = old
		}
		t.dirty = append(t.dirty, k)
	}
}

// touched lists the keys of the batch in order.
func (t *table[V]) touched() []string {
	keys := make([]string, 0, len(t.batch))
	for k := range t.batch {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// each calls fn for every row in the order of the keys.
func (t *table[V]) each(fn func(string, *V)) {
	keys := make([]string, 0, len(t.rows))
	for k := range t.rows {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		fn(k, t.rows[k])
	}
}
