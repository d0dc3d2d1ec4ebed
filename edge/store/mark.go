package store

import (
	"encoding/binary"
	"time"

	"dcedge/edge/journal"
)

// Mark is the place of the journal at which the state in the store stands.
type Mark struct {
	Epoch string // "": the store is new
	journal.Place
	At time.Time // edge time of that place
}

func (m *Mark) bytes() []byte {
	b := binary.BigEndian.AppendUint64(nil, m.Pos)
	b = binary.BigEndian.AppendUint64(b, m.Seq)
	b = binary.BigEndian.AppendUint64(b, uint64(m.At.UnixMilli()))
	return append(b, m.Hash[:]...)
}

func parseMark(b []byte) (Mark, error) {
	if len(b) != 24+32 {
		return Mark{}, damaged("the mark has %d bytes", len(b))
	}
	m := Mark{At: time.UnixMilli(int64(binary.BigEndian.Uint64(b[16:])))}
	m.Pos, m.Seq = binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])
	copy(m.Hash[:], b[24:])
	return m, nil
}

// position is a place in the reference log.
type position struct {
	epoch string
	pos   uint64
}

func (p position) bytes() []byte {
	return append(binary.BigEndian.AppendUint64(nil, p.pos), p.epoch...)
}

func parsePosition(b []byte) (position, error) {
	if len(b) < 8 {
		return position{}, damaged("the place in the reference log has %d bytes", len(b))
	}
	return position{pos: binary.BigEndian.Uint64(b), epoch: string(b[8:])}, nil
}
