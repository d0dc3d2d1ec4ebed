package floor

import (
	"cmp"
	"slices"
)

// rank is a place in a queue: cut-off, then priority, then age, then number.
type rank struct {
	cutoff int64 // Unix milliseconds; math.MaxInt64 is none
	urgent int   // minus the priority
	age    int64 // Unix milliseconds
	seq    uint64
	key    string
}

func (a rank) compare(b rank) int {
	if c := cmp.Compare(a.cutoff, b.cutoff); c != 0 {
		return c
	}
	if c := cmp.Compare(a.urgent, b.urgent); c != 0 {
		return c
	}
	if c := cmp.Compare(a.age, b.age); c != 0 {
		return c
	}
	if c := cmp.Compare(a.seq, b.seq); c != 0 {
		return c
	}
	return cmp.Compare(a.key, b.key)
}

const chunkMax = 512

// ordered is a queue in the order of rank: sorted chunks, so that adding and
// removing move at most a chunk and the chunk list.
type ordered struct {
	chunks [][]rank
	at     map[string]rank
}

func newOrdered() *ordered { return &ordered{at: map[string]rank{}} }

func (o *ordered) len() int { return len(o.at) }

// set puts key at r, or takes it out with in false.
func (o *ordered) set(key string, r rank, in bool) {
	old, had := o.at[key]
	r.key = key
	if had && in && old == r || !had && !in {
		return
	}
	if had {
		o.drop(old)
	}
	if in {
		o.add(r)
	}
}

// chunk finds the chunk where r is or belongs.
func (o *ordered) chunk(r rank) int {
	i, _ := slices.BinarySearchFunc(o.chunks, r, func(c []rank, r rank) int { return c[len(c)-1].compare(r) })
	return min(i, len(o.chunks)-1)
}

func (o *ordered) add(r rank) {
	o.at[r.key] = r
	if len(o.chunks) == 0 {
		o.chunks = append(o.chunks, []rank{r})
		return
	}
	i := o.chunk(r)
	c := o.chunks[i]
	j, _ := slices.BinarySearchFunc(c, r, rank.compare)
	c = slices.Insert(c, j, r)
	o.chunks[i] = c
	if len(c) > chunkMax {
		half := len(c) / 2
		o.chunks = slices.Insert(o.chunks, i+1, slices.Clone(c[half:]))
		o.chunks[i] = slices.Clip(c[:half:half])
	}
}

func (o *ordered) drop(r rank) {
	delete(o.at, r.key)
	i := o.chunk(r)
	c := o.chunks[i]
	j, ok := slices.BinarySearchFunc(c, r, rank.compare)
	if !ok {
		return
	}
	if c = slices.Delete(c, j, j+1); len(c) == 0 {
		o.chunks = slices.Delete(o.chunks, i, i+1)
		return
	}
	o.chunks[i] = c
}

// upTo counts what has a cut-off up to limit.
func (o *ordered) upTo(limit int64) int {
	n := 0
	for _, c := range o.chunks {
		if c[0].cutoff > limit {
			break
		}
		if c[len(c)-1].cutoff <= limit {
			n += len(c)
			continue
		}
		i, _ := slices.BinarySearchFunc(c, limit+1, func(r rank, l int64) int { return cmp.Compare(r.cutoff, l) })
		n += i
	}
	return n
}

// each calls fn in order until it returns false.
func (o *ordered) each(fn func(rank) bool) {
	for _, c := range o.chunks {
		for _, r := range c {
			if !fn(r) {
				return
			}
		}
	}
}

// past calls fn in order for what has a cut-off after limit, until it returns false.
func (o *ordered) past(limit int64, fn func(rank) bool) {
	for _, c := range o.chunks {
		if c[len(c)-1].cutoff <= limit {
			continue
		}
		i, _ := slices.BinarySearchFunc(c, limit, func(r rank, l int64) int {
			if r.cutoff <= l {
				return -1
			}
			return 1
		})
		for _, r := range c[i:] {
			if !fn(r) {
				return
			}
		}
	}
}

// first gives the head of the queue.
func (o *ordered) first() (rank, bool) {
	if len(o.chunks) == 0 {
		return rank{}, false
	}
	return o.chunks[0][0], true
}
