package floor

import (
	"encoding/json"
	"iter"
	"slices"
	"strings"

	"dcedge/edge"
)

// row is one place of a table. A row that is edited is cloned first and the old
// one is kept, per message and per batch, until the message is accepted and the
// batch settled: dropping puts the old one back.
type row[V any] struct {
	key     string
	now     *V // nil: gone, or not there any more once the batch is settled
	before  *V // as it was before this message, while inMsg
	settled *V // as it was before this batch, while inBatch
	inMsg   bool
	inBatch bool
	byValue bool // before is in table.saved
	dirty   bool // its indexes are to be looked at again
	mark    *orderMark
}

// rows is a table as the life of a message, of a batch and of the state needs it.
type rows interface {
	accept()
	dropMessage()
	open() int // rows that the open batch changed
	seal(out []edge.Change) []edge.Change
	settle()
	dropBatch()
	reindex()

	size() int
	freeze(out []frozenRow) []frozenRow
	visit(fn func(table, key string, v any))
	load(key string, data []byte) error
	holds(table, key string) bool // the key would stand here
	named() string
}

// ledger is the tables of a state, and which of them a message touched.
type ledger struct {
	tables []rows
	msg    []rows // touched by this message
	dirty  []rows // with rows whose indexes are to be looked at again
}

// table holds the rows of one kind of entity.
type table[V any] struct {
	in      *ledger
	name    string
	prefix  string // of its keys, where it stands in the table of another
	rows    map[string]*row[V]
	last    *row[V] // that was looked up last: one message asks for the same rows again and again
	clone   func(*V) *V
	index   func(*row[V]) // looks at a row that changed; nil: no index does
	inPlace bool          // one row that every event edits: cloned once per batch
	saved   V             // of inPlace: the row before this message
	msg     []*row[V]
	batch   []*row[V]
	sealed  []kept[V] // of the batch that is on its way to the disk
	dirty   []*row[V]
}

// kept is a row of the sealed batch as it was before it.
type kept[V any] struct {
	row    *row[V]
	before *V
}

func newTable[V any](in *ledger, name, prefix string, clone func(*V) *V) *table[V] {
	t := &table[V]{in: in, name: name, prefix: prefix, rows: map[string]*row[V]{}, clone: clone}
	in.tables = append(in.tables, t)
	return t
}

// find gives the row of a key, nil where there is none. A row that is gone is
// looked up anew: another may stand in its place.
func (t *table[V]) find(key string) *row[V] {
	if r := t.last; r != nil && r.now != nil && r.key == key {
		return r
	}
	r := t.rows[key]
	if r != nil {
		t.last = r
	}
	return r
}

// findBytes is find without making a string of the key.
func (t *table[V]) findBytes(key []byte) *row[V] {
	if r := t.last; r != nil && r.now != nil && r.key == string(key) {
		return r
	}
	r := t.rows[string(key)]
	if r != nil {
		t.last = r
	}
	return r
}

// get gives a row to read, nil where there is none.
func (t *table[V]) get(key string) *V {
	if r := t.find(key); r != nil {
		return r.now
	}
	return nil
}

func (t *table[V]) getBytes(key []byte) *V {
	if r := t.findBytes(key); r != nil {
		return r.now
	}
	return nil
}

// edit gives a row to change, nil where there is none.
func (t *table[V]) edit(key string) *V { return t.indexed(t.find(key)) }

func (t *table[V]) editBytes(key []byte) *V { return t.indexed(t.findBytes(key)) }

// editQuiet is edit for a change that no index looks at.
func (t *table[V]) editQuiet(key string) *V { return t.version(t.find(key)) }

func (t *table[V]) editBytesQuiet(key []byte) *V { return t.version(t.findBytes(key)) }

// indexed gives this message's version of a row and has its indexes looked at.
func (t *table[V]) indexed(r *row[V]) *V {
	v := t.version(r)
	if v != nil {
		t.soil(r)
	}
	return v
}

// version gives this message's version of a row.
func (t *table[V]) version(r *row[V]) *V {
	if r == nil || r.now == nil {
		return nil
	}
	if !r.inMsg {
		if t.inPlace && r.inBatch && r.now != r.settled {
			t.saved, r.byValue = *r.now, true
			t.note(r)
		} else {
			t.keep(r)
			r.now = t.clone(r.now)
		}
	}
	return r.now
}

// keep notes the row as it is before this message.
func (t *table[V]) keep(r *row[V]) {
	if !r.inMsg {
		r.before = r.now
		t.note(r)
	}
}

// note has the row put back, or taken over, with this message.
func (t *table[V]) note(r *row[V]) {
	r.inMsg = true
	if len(t.msg) == 0 {
		t.in.msg = append(t.in.msg, t)
	}
	t.msg = append(t.msg, r)
}

func (t *table[V]) soil(r *row[V]) {
	if t.index == nil || r.dirty {
		return
	}
	r.dirty = true
	if len(t.dirty) == 0 {
		t.in.dirty = append(t.in.dirty, t)
	}
	t.dirty = append(t.dirty, r)
}

func (t *table[V]) reindex() {
	list := t.dirty
	t.dirty = t.dirty[:0] // an index of one table never changes a row of another
	for _, r := range list {
		r.dirty = false
		t.index(r)
	}
}

// put adds or replaces a row; v belongs to the table from now on.
func (t *table[V]) put(key string, v *V) {
	r := t.rows[key]
	if r == nil {
		r = &row[V]{key: key}
		t.rows[key] = r
	}
	t.keep(r)
	r.now = v
	t.soil(r)
}

func (t *table[V]) remove(key string) {
	r := t.rows[key]
	if r == nil {
		return
	}
	t.keep(r)
	r.now = nil
	t.soil(r)
}

func (t *table[V]) accept() {
	for _, r := range t.msg {
		if !r.inBatch {
			r.inBatch, r.settled = true, r.before
			t.batch = append(t.batch, r)
		}
		r.inMsg, r.byValue, r.before = false, false, nil
	}
	t.msg = t.msg[:0]
}

// dropMessage and dropBatch put the saved rows back.
func (t *table[V]) dropMessage() {
	for _, r := range t.msg {
		if r.byValue {
			*r.now = t.saved
		} else {
			r.now = r.before
		}
		r.inMsg, r.byValue, r.before = false, false, nil
		t.soil(r)
		if r.now == nil && !r.inBatch {
			delete(t.rows, r.key)
		}
	}
	t.msg = t.msg[:0]
}

// dropBatch puts back the open batch, then the sealed one.
func (t *table[V]) dropBatch() {
	for _, r := range t.batch {
		r.now, r.settled, r.inBatch = r.settled, nil, false
		t.restored(r)
	}
	t.batch = emptied(t.batch)
	for _, k := range t.sealed {
		k.row.now = k.before
		t.restored(k.row)
	}
	t.sealed = emptied(t.sealed)
}

func (t *table[V]) restored(r *row[V]) {
	t.soil(r)
	if r.now == nil {
		delete(t.rows, r.key)
	} else {
		t.rows[r.key] = r
	}
}

func (t *table[V]) open() int { return len(t.batch) }

// seal ends the open batch and tells what it changed, in the order of the first
// change. The next batch begins on top of it; settle makes it final.
func (t *table[V]) seal(out []edge.Change) []edge.Change {
	for _, r := range t.batch {
		if r.now != nil || r.settled != nil { // else it came and went within the batch
			c := edge.Change{Table: t.name, Key: r.key}
			if r.now != nil {
				c.Value = r.now
			}
			out = append(out, c)
		}
		t.sealed = append(t.sealed, kept[V]{row: r, before: r.settled})
		r.settled, r.inBatch = nil, false
	}
	t.batch = emptied(t.batch)
	return out
}

// settle makes the sealed batch final.
func (t *table[V]) settle() {
	for _, k := range t.sealed {
		if r := k.row; r.now == nil && !r.inMsg && !r.inBatch && t.rows[r.key] == r {
			delete(t.rows, r.key)
		}
	}
	t.sealed = emptied(t.sealed)
}

// emptied keeps the array for the next batch, but not one of a giant batch, and
// lets the rows go.
func emptied[E any](list []E) []E {
	if cap(list) > 1<<14 {
		return nil
	}
	clear(list)
	return list[:0]
}

// all gives every row, in no order.
func (t *table[V]) all() iter.Seq[*V] {
	return func(yield func(*V) bool) {
		for _, r := range t.rows {
			if r.now != nil && !yield(r.now) {
				return
			}
		}
	}
}

// each calls fn for every row in the order of the keys.
func (t *table[V]) each(fn func(string, *V)) {
	list := make([]*row[V], 0, len(t.rows))
	for _, r := range t.rows {
		if r.now != nil {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b *row[V]) int { return strings.Compare(a.key, b.key) })
	for _, r := range list {
		fn(r.key, r.now)
	}
}

func (t *table[V]) size() int { return len(t.rows) }

func (t *table[V]) freeze(out []frozenRow) []frozenRow {
	for _, r := range t.rows {
		if r.now != nil {
			out = append(out, frozenRow{table: t.name, key: r.key, value: r.now})
		}
	}
	return out
}

func (t *table[V]) visit(fn func(table, key string, v any)) {
	t.each(func(k string, v *V) { fn(t.name, k, v) })
}

func (t *table[V]) named() string { return t.name }

func (t *table[V]) holds(table, key string) bool {
	return table == t.name && strings.HasPrefix(key, t.prefix)
}

// load puts a row that was kept as JSON back, outside any message.
func (t *table[V]) load(key string, data []byte) error {
	v := new(V)
	if err := json.Unmarshal(data, v); err != nil {
		return err
	}
	if c, ok := any(v).(interface{ Whole() bool }); ok && !c.Whole() {
		return errHalf
	}
	r := t.rows[key]
	if r == nil {
		r = &row[V]{key: key}
		t.rows[key] = r
	}
	r.now = v
	t.soil(r)
	return nil
}
