package batch

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
)

const (
	cursorVersion = 1
	macSize       = 16
	maxEpoch      = 64
	cursorFixed   = 1 + 8 + 32 // version, seq, hash; then the epoch's text, then the MAC

	// MinCursorKey is the least length of a cursor key, in bytes.
	MinCursorKey = 16
)

// Errors of cursors.
var (
	// ErrCursor is returned for text that this edge never gave out.
	ErrCursor = errors.New("batch: not a cursor of this edge")
	// ErrCursorKey is returned when a codec is made with a key that is too short.
	ErrCursorKey = errors.New("batch: cursor key is too short")
)

// Place is a place in an edge's log: behind event Seq of Epoch, whose chain
// hash is Hash.
type Place struct {
	Epoch string
	Seq   uint64
	Hash  [32]byte
}

// Codec makes cursors and reads them back.
type Codec struct{ key []byte }

// NewCodec makes a codec; key is this site's own and outlives restarts, else
// stored cursors die with it.
func NewCodec(key []byte) (*Codec, error) {
	if len(key) < MinCursorKey {
		return nil, fmt.Errorf("%w: %d bytes, at least %d", ErrCursorKey, len(key), MinCursorKey)
	}
	return &Codec{key: append([]byte(nil), key...)}, nil
}

// Encode makes the cursor of a place; an epoch of more than 64 bytes is cut and
// will not decode to the same place.
func (c *Codec) Encode(p Place) string {
	epoch := p.Epoch[:min(len(p.Epoch), maxEpoch)]
	b := make([]byte, 0, cursorFixed+len(epoch)+macSize)
	b = append(b, cursorVersion)
	b = binary.BigEndian.AppendUint64(b, p.Seq)
	b = append(b, p.Hash[:]...)
	b = append(b, epoch...)
	b = append(b, c.mac(b)...)
	return base64.RawURLEncoding.EncodeToString(b)
}

// Decode reads a cursor back. ErrCursor: it is none of this codec's.
func (c *Codec) Decode(text string) (Place, error) {
	if len(text) > base64.RawURLEncoding.EncodedLen(cursorFixed+maxEpoch+macSize) {
		return Place{}, ErrCursor
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) < cursorFixed+macSize || b[0] != cursorVersion {
		return Place{}, ErrCursor
	}
	body, mac := b[:len(b)-macSize], b[len(b)-macSize:]
	if !hmac.Equal(mac, c.mac(body)) {
		return Place{}, ErrCursor
	}
	p := Place{Seq: binary.BigEndian.Uint64(body[1:]), Epoch: string(body[cursorFixed:])}
	copy(p.Hash[:], body[9:])
	if c.Encode(p) != text { // base64 skips newlines
		return Place{}, ErrCursor
	}
	return p, nil
}

func (c *Codec) mac(b []byte) []byte {
	h := hmac.New(sha256.New, c.key)
	h.Write([]byte("dcedge cursor\x00"))
	h.Write(b)
	return h.Sum(nil)[:macSize]
}

// Stored is the place that a consumer stores together with its events.
type Stored struct {
	Site   string
	Epoch  string
	Seq    uint64
	Hash   [32]byte
	Cursor string // of the edge, opaque
}
