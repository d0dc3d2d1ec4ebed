package engine

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"dcedge/edge"
)

const maxPrivate = 64 << 10

var errPrivate = errors.New("engine: not a private record")

// appendPrivate appends the line of a private record; Value is JSON and is
// left out where it is nil.
func appendPrivate(b []byte, p edge.Private) []byte {
	b = edge.AppendQuoted(append(b, `{"kind":`...), p.Kind)
	b = edge.AppendQuoted(append(b, `,"key":`...), p.Key)
	if p.Value != nil {
		b = append(append(b, `,"value":`...), p.Value...)
	}
	return append(b, '}')
}

func parsePrivate(line []byte) (edge.Private, error) {
	var p struct {
		Kind  string          `json:"kind"`
		Key   string          `json:"key"`
		Value json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(line, &p); err != nil {
		return edge.Private{}, fmt.Errorf("%w: %w", errPrivate, err)
	}
	if p.Kind == "" {
		return edge.Private{}, errPrivate
	}
	return edge.Private{Kind: p.Kind, Key: p.Key, Value: p.Value}, nil
}

func checkPrivate(p edge.Private) error {
	if p.Kind == "" || p.Kind == edge.RevKind || p.Kind == markKind || len(p.Key)+len(p.Value) > maxPrivate || p.Value != nil && !json.Valid(p.Value) {
		return fmt.Errorf("%w: private record %q of %d bytes", ErrMessage, p.Kind, len(p.Value))
	}
	return nil
}

// revMark is the rev of a worker's screen and the key of that screen.
type revMark struct {
	rev uint64
	key [16]byte
}

func (m revMark) of(worker string) edge.Rev {
	return edge.Rev{Worker: worker, Rev: m.rev, Key: m.key}
}

func parseRev(value []byte) (revMark, error) {
	var v struct {
		Rev uint64 `json:"rev"`
		Key string `json:"key"`
	}
	if err := json.Unmarshal(value, &v); err != nil {
		return revMark{}, fmt.Errorf("%w: rev: %w", errPrivate, err)
	}
	m := revMark{rev: v.Rev}
	if n, err := hex.Decode(m.key[:], []byte(v.Key)); err != nil || n != len(m.key) {
		return revMark{}, fmt.Errorf("%w: rev: key %q", errPrivate, v.Key)
	}
	return m, nil
}
