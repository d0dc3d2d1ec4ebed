package engine

import (
	"encoding/binary"
	"errors"
	"time"

	"dcedge/edge"
)

var errOutcome = errors.New("engine: not an outcome of a known version")

const outcomeVersion = 1

// outcome is what has to be known of a decided message to answer it again. It
// is the line of an outcome frame and what the store keeps per id:
//
//	version u8, id 16, content hash 16, screen key 16, seq u64, at u64 (ms),
//	rev u64, then worker, code, say key as length (uvarint) and bytes, the
//	number of arguments u8, per argument name, 0 and text or 1 and i64, and the
//	epoch where that is not the journal's first.
//
// One without a worker is of a message that was decided in a lost part of an
// epoch, by whomever and however.
type outcome struct {
	id     edge.ID
	hash   [16]byte
	key    [16]byte // of the worker's screen after it
	seq    uint64
	at     time.Time
	rev    uint64 // of that screen
	worker string
	code   edge.Code
	say    edge.Say
	epoch  string
}

const outcomeHead = 1 + 3*16 + 3*8

func (o *outcome) append(b []byte) []byte {
	b = append(b, outcomeVersion)
	b = append(append(append(b, o.id[:]...), o.hash[:]...), o.key[:]...)
	b = binary.BigEndian.AppendUint64(b, o.seq)
	b = binary.BigEndian.AppendUint64(b, uint64(o.at.UnixMilli()))
	b = binary.BigEndian.AppendUint64(b, o.rev)
	b = appendText(appendText(appendText(b, o.worker), string(o.code)), o.say.Key)
	b = append(b, byte(len(o.say.Args)))
	for _, a := range o.say.Args {
		b = appendText(b, a.Name)
		if a.IsNum {
			b = binary.BigEndian.AppendUint64(append(b, 1), uint64(a.N))
		} else {
			b = appendText(append(b, 0), a.Text)
		}
	}
	if o.epoch != "" {
		b = appendText(b, o.epoch)
	}
	return b
}

// size is an upper bound of what append adds.
func (o *outcome) size() int {
	n := outcomeHead + 5*binary.MaxVarintLen32 + len(o.epoch) + len(o.worker) + len(o.code) + len(o.say.Key)
	for _, a := range o.say.Args {
		n += 2*binary.MaxVarintLen32 + 9 + len(a.Name) + len(a.Text)
	}
	return n
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// parseOutcome reads an outcome, which is all of b.
func parseOutcome(b []byte) (outcome, error) {
	if len(b) < outcomeHead || b[0] != outcomeVersion {
		return outcome{}, errOutcome
	}
	var o outcome
	copy(o.id[:], b[1:])
	copy(o.hash[:], b[17:])
	copy(o.key[:], b[33:])
	o.seq = binary.BigEndian.Uint64(b[49:])
	o.at = time.UnixMilli(int64(binary.BigEndian.Uint64(b[57:])))
	o.rev = binary.BigEndian.Uint64(b[65:])
	r := reader{b: b[outcomeHead:]}
	o.worker, o.code, o.say.Key = r.text(), edge.Code(r.text()), r.text()
	for n := r.byte(); n > 0 && !r.bad; n-- {
		a := edge.Arg{Name: r.text()}
		if r.byte() == 1 {
			a.N, a.IsNum = int64(r.uint64()), true
		} else {
			a.Text = r.text()
		}
		o.say.Args = append(o.say.Args, a)
	}
	if len(r.b) > 0 {
		o.epoch = r.text()
	}
	if r.bad || len(r.b) > 0 {
		return outcome{}, errOutcome
	}
	return o, nil
}

// reader reads fields off b; bad is set where it ends early.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n uint64) []byte {
	if r.bad || n > uint64(len(r.b)) {
		r.bad = true
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uint64() uint64 {
	if b := r.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func (r *reader) text() string {
	n, used := binary.Uvarint(r.b)
	if used <= 0 {
		r.bad = true
		return ""
	}
	r.b = r.b[used:]
	return string(r.take(n))
}
