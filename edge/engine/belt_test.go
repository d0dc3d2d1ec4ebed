package engine

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// read is a read of a tunnel.
func (s *site) read(id edge.ID, device, code string) *edge.Message {
	return &edge.Message{Kind: edge.Belt, ID: id, Device: device, Code: code, Hash: hashOf("read", code),
		Body: &edge.BeltReport{Belt: "line-1", Read: &edge.ParcelRead{ID: "r", Place: device}}}
}

func TestAReadOfATunnelIsDecidedOnce(t *testing.T) {
	s := newSite(t)
	id, late := s.id(), s.idAt(s.clock.wall.Add(-100*behindMax))
	first := s.one(s.read(id, "tunnel-1", "no such code"))
	assert.Equal(t, edge.Code(edge.ReasonUnknown), first.Code)
	assert.NotZero(t, first.Receipt.Seq)
	assert.Nil(t, first.Screen, "a tunnel sees none")
	for range 2 { // and again after a restart
		again := s.one(s.read(id, "tunnel-1", "no such code"))
		assert.True(t, again.Repeat)
		assert.Equal(t, [2]any{first.Code, first.Say}, [2]any{again.Code, again.Say})
		assert.Equal(t, first.Receipt.Seq, again.Receipt.Seq)
		assert.Equal(t, edge.IDReused, s.one(s.read(id, "tunnel-1", "another")).Code)
		assert.Equal(t, edge.NotYours, s.one(s.read(id, "tunnel-2", "no such code")).Code)
		assert.Equal(t, edge.NotYours, s.one(&edge.Message{Kind: edge.Scan, ID: id, Worker: "w-1", Code: "x"}).Code)
		s.restart()
	}
	assert.Equal(t, edge.Code(edge.ReasonUnknown), s.one(s.read(late, "tunnel-1", "no such code")).Code, "a parcel is where it is, whatever the clock of its tunnel says")
	n := 0
	for _, e := range s.events() {
		if e.Type == edge.EvParcelRead {
			n++
			assert.Equal(t, "tunnel-1", e.Device)
			assert.Empty(t, e.Worker)
		}
	}
	assert.Equal(t, 2, n)
	assert.Equal(t, stateHash(t, s.e.state), s.replayed())
	s.end()
}

func TestFactsOfABeltNeedNoID(t *testing.T) {
	s := newSite(t)
	fact := func(typ edge.Type, parcel string) *edge.Message {
		return &edge.Message{Kind: edge.Belt, Device: "line-1", Body: &edge.BeltReport{Belt: "line-1",
			Facts: []edge.ParcelFact{{Type: typ, ParcelEvent: edge.ParcelEvent{Parcel: parcel, Place: "eye-1"}}}}}
	}
	v := s.one(fact(edge.EvInducted, "p-1"))
	assert.True(t, v.OK)
	assert.Zero(t, s.one(fact(edge.EvInducted, "p-1")).Receipt.Seq, "it is on the belt already")
	assert.NotZero(t, s.one(fact(edge.EvParcelLost, "p-1")).Receipt.Seq)
	assert.Zero(t, s.one(fact(edge.EvParcelLost, "p-1")).Receipt.Seq, "it ends once")
	for _, m := range []*edge.Message{{Kind: edge.Belt}, {Kind: edge.Belt, Device: "line-1", Worker: "w-1"}} {
		require.ErrorIs(t, checkMessage(m), ErrMessage)
	}
	s.end()
}
