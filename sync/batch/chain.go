package batch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// Errors of a batch that a consumer checks; none of it may be applied.
var (
	// ErrTorn is returned when a batch is not what its head says: cut, longer,
	// or its bytes changed on the way. Ask again.
	ErrTorn = errors.New("batch: body is not what its head says")
	// ErrChain is returned when a batch does not continue the stored history.
	ErrChain = errors.New("batch: does not continue the stored history")
)

// Origin is the chain's hash before the first event.
func Origin(epoch string) [32]byte { return sha256.Sum256([]byte(epoch)) }

// Link is the hash after line, which has no newline.
func Link(prev [32]byte, line []byte) [32]byte {
	h := sha256.New()
	h.Write(prev[:])
	h.Write(line)
	var out [32]byte
	h.Sum(out[:0])
	return out
}

// Hex is the wire form of a hash.
func Hex(h [32]byte) string { return hex.EncodeToString(h[:]) }

// ParseHex reads a hash's wire form: 64 lower-case digits.
func ParseHex(s string) ([32]byte, error) {
	var out [32]byte
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(out) || hex.EncodeToString(b) != s {
		return out, fmt.Errorf("batch: %d characters are no SHA-256 in lower-case hex", len(s))
	}
	copy(out[:], b)
	return out, nil
}

// Chunk is a run of events as an edge's log gives them.
type Chunk struct {
	First uint64 // seq of the first; the one after the place asked for when Count is 0
	Count int
	Lines []byte // each with its newline
	Prev  [32]byte
	Last  [32]byte
}

// Check proves a batch against its head and against the place stored before it:
// length, digest, density, order and chain. At a new consumer's first batch
// from is nil and the head's own prevHash begins the chain.
func Check(h *Head, lines []byte, from *Place) error {
	if sum := sha256.Sum256(lines); Hex(sum) != h.SHA256 {
		return fmt.Errorf("%w: sha256 differs", ErrTorn)
	}
	if n := bytes.Count(lines, []byte{'\n'}); n != h.Count || len(lines) > 0 && lines[len(lines)-1] != '\n' {
		return fmt.Errorf("%w: %d lines, the head says %d", ErrTorn, n, h.Count)
	}
	if h.Count < 0 || h.First == 0 || h.Last != h.First+uint64(h.Count)-1 {
		return fmt.Errorf("%w: first %d, last %d, count %d", ErrTorn, h.First, h.Last, h.Count)
	}
	hash, err := ParseHex(h.PrevHash)
	if err != nil {
		return fmt.Errorf("%w: prevHash: %w", ErrTorn, err)
	}
	if from != nil {
		switch {
		case h.Epoch != from.Epoch:
			return fmt.Errorf("%w: epoch %q, stored %q", ErrChain, h.Epoch, from.Epoch)
		case h.First != from.Seq+1:
			return fmt.Errorf("%w: begins at event %d, stored up to %d", ErrChain, h.First, from.Seq)
		case hash != from.Hash:
			return fmt.Errorf("%w: prevHash differs at event %d", ErrChain, from.Seq)
		}
	} else if h.First == 1 && hash != Origin(h.Epoch) {
		return fmt.Errorf("%w: the first event does not begin the epoch's chain", ErrChain)
	}
	return checkLines(h, lines, hash)
}

func checkLines(h *Head, lines []byte, hash [32]byte) error {
	seq := h.First
	for len(lines) > 0 {
		end := bytes.IndexByte(lines, '\n')
		line := lines[:end]
		lines = lines[end+1:]
		n, err := Seq(line)
		if err != nil || n != seq {
			return fmt.Errorf("%w: event %d stands where %d should (%w)", ErrChain, n, seq, orNil(err))
		}
		hash = Link(hash, line)
		seq++
	}
	if Hex(hash) != h.LastHash {
		return fmt.Errorf("%w: lastHash differs at event %d", ErrChain, h.Last)
	}
	return nil
}

func orNil(err error) error {
	if err == nil {
		return errors.New("not dense")
	}
	return err
}

// Seq reads an event line's seq.
func Seq(line []byte) (uint64, error) {
	const lead = `{"seq":`
	if rest, ok := bytes.CutPrefix(line, []byte(lead)); ok {
		var n uint64
		i := 0
		for ; i < len(rest) && i < 19 && rest[i] >= '0' && rest[i] <= '9'; i++ {
			n = n*10 + uint64(rest[i]-'0')
		}
		if i > 0 && i < len(rest) && rest[i] == ',' {
			return n, nil
		}
	}
	var e struct {
		Seq *uint64 `json:"seq"`
	}
	if err := json.Unmarshal(line, &e); err != nil {
		return 0, fmt.Errorf("event line: %w", err)
	}
	if e.Seq == nil {
		return 0, errors.New("event line has no seq")
	}
	return *e.Seq, nil
}
