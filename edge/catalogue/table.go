package catalogue

import "hash/maphash"

const shards = 256

// table is a map that can be copied cheaply: 256 shards, copied when first
// written after a copy.
type table[V any] struct {
	seed  maphash.Seed
	parts [shards]map[string]V
	n     int
}

func newTable[V any]() *table[V] { return &table[V]{seed: maphash.MakeSeed()} }

func (t *table[V]) shard(key string) int {
	return int(maphash.String(t.seed, key) % shards)
}

func (t *table[V]) get(key string) (V, bool) {
	v, ok := t.parts[t.shard(key)][key]
	return v, ok
}

func (t *table[V]) each(fn func(string, V)) {
	for _, p := range t.parts {
		for k, v := range p {
			fn(k, v)
		}
	}
}

// draft is a table being written; base stays as it is.
type draft[V any] struct {
	table[V]
	own   [shards]bool
	dirty bool
}

func (t *table[V]) draft() *draft[V] { return &draft[V]{table: *t} }

func (d *draft[V]) put(key string, v V) {
	m := d.writable(key)
	if _, had := m[key]; !had {
		d.n++
	}
	m[key] = v
}

func (d *draft[V]) remove(key string) {
	m := d.writable(key)
	if _, had := m[key]; had {
		d.n--
		delete(m, key)
	}
}

func (d *draft[V]) writable(key string) map[string]V {
	i := d.shard(key)
	if !d.own[i] {
		next := make(map[string]V, len(d.parts[i])+1)
		for k, v := range d.parts[i] {
			next[k] = v
		}
		d.parts[i], d.own[i] = next, true
	}
	d.dirty = true
	return d.parts[i]
}

func (d *draft[V]) freeze() *table[V] {
	t := d.table
	return &t
}
