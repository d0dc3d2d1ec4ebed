package floor

import (
	"slices"
	"strconv"
	"time"

	"dcedge/edge"
)

// soldKeep is how long the serial numbers of shipped orders are remembered.
const soldKeep = 90 * 24 * time.Hour

// forgetSerials lets the serial numbers of an order go. Those that were shipped
// are remembered as hashes: a number is never picked twice, and eight bytes each is
// what that costs once the order has left the state.
func (s *State) forgetSerials(o *edge.Order, at time.Time) {
	var sold []uint64
	for _, l := range o.Lines {
		if l.Captured == nil {
			continue
		}
		for _, n := range l.Captured.Serials {
			key := serialKey(o.Client, l.SKU, n)
			if u := s.serials.get(key); u == nil || u.Order != o.ID {
				continue
			}
			s.serials.remove(key)
			if o.Stage == edge.StageShipped {
				sold = append(sold, serialHash(key))
			}
		}
	}
	if len(sold) > 0 {
		s.rememberSold(sold, at)
	}
}

func (s *State) rememberSold(sold []uint64, at time.Time) {
	hour := at.Truncate(time.Hour).Unix()
	key := edge.SoldPrefix + strconv.FormatInt(hour, 10)
	r := s.sold.edit(key)
	if r == nil {
		r = &edge.SoldSerials{Hour: hour}
		s.sold.put(key, r)
	}
	r.Hashes = append(r.Hashes, sold...) // the history of a row is a line
}

// serialsBack lets serial numbers be picked again whose pieces came back good, or no
// more where that is taken back.
func (s *State) serialsBack(client string, d *edge.ReturnEvent, at time.Time) {
	for _, n := range d.Serials {
		key := serialKey(client, d.SKU, n)
		switch u := s.serials.get(key); {
		case d.Undone && u == nil:
			s.rememberSold([]uint64{serialHash(key)}, at)
		case d.Undone: // picked again meanwhile
		case u == nil:
			s.forgetSold(serialHash(key))
		case s.shipped(u):
			s.serials.remove(key)
		}
	}
}

// shipped tells that the order that has a serial number left the site.
func (s *State) shipped(u *edge.SerialUse) bool {
	o := s.Order(u.Client, u.Order)
	return o == nil || o.Stage == edge.StageShipped
}

// forgetSold takes one number out of what is remembered.
func (s *State) forgetSold(hash uint64) {
	key, at := "", 0
	s.idx.soldHours.each(func(r rank) bool {
		if at = slices.Index(s.sold.get(r.key).Hashes, hash); at >= 0 {
			key = r.key
		}
		return key == ""
	})
	switch r := s.sold.edit(key); {
	case r == nil:
	case len(r.Hashes) == 1:
		s.sold.remove(key)
	default:
		r.Hashes = slices.Delete(slices.Clone(r.Hashes), at, at+1)
	}
}

// serialHash is the same in every process: rows hold it.
func serialHash(key string) uint64 { h, _ := sum([]byte(key)); return h }

// serialUsed tells whether a serial number of an article was picked before.
func (s *State) serialUsed(key string) bool {
	if s.serials.get(key) != nil {
		return true
	}
	return len(s.idx.sold) > 0 && s.idx.sold[serialHash(key)] > 0
}

func (s *State) indexSold(r *row[edge.SoldSerials]) {
	x := &s.idx
	for _, h := range x.soldOf[r.key] {
		if x.sold[h]--; x.sold[h] == 0 {
			delete(x.sold, h)
		}
	}
	delete(x.soldOf, r.key)
	if r.now == nil {
		x.soldHours.set(r.key, rank{}, false)
		return
	}
	x.soldOf[r.key] = r.now.Hashes
	x.soldHours.set(r.key, rank{cutoff: r.now.Hour}, true)
	for _, h := range r.now.Hashes {
		x.sold[h]++
	}
}

// expireSold drops what was shipped too long ago.
func (s *State) expireSold(at time.Time) bool {
	r, ok := s.idx.soldHours.first()
	if !ok || r.cutoff > at.Add(-soldKeep).Unix() {
		return false
	}
	s.sold.remove(r.key)
	return true
}
