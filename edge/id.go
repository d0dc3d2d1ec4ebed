package edge

import (
	"encoding/hex"
	"errors"
	"time"
)

// ID is a UUIDv7 (RFC 9562): made by the sender of a message, it names that
// message for ever. The zero ID means none.
type ID [16]byte

// ErrBadID is returned when a text is no UUIDv7.
var ErrBadID = errors.New("edge: id is no UUIDv7")

// ParseID reads the 36 character text form, in either case.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return ID{}, ErrBadID
	}
	var hx [32]byte
	n := 0
	for i := range len(s) {
		if s[i] == '-' {
			if i != 8 && i != 13 && i != 18 && i != 23 {
				return ID{}, ErrBadID
			}
			continue
		}
		hx[n] = s[i]
		n++
	}
	if _, err := hex.Decode(id[:], hx[:]); err != nil {
		return ID{}, ErrBadID
	}
	if id[6]>>4 != 7 || id[8]>>6 != 2 {
		return ID{}, ErrBadID
	}
	return id, nil
}

// IsZero tells that there is no id.
func (id ID) IsZero() bool { return id == ID{} }

// Time is the instant that the id carries, in whole milliseconds.
func (id ID) Time() time.Time {
	ms := int64(id[0])<<40 | int64(id[1])<<32 | int64(id[2])<<24 | int64(id[3])<<16 | int64(id[4])<<8 | int64(id[5])
	return time.UnixMilli(ms)
}

// String gives the lower-case text form.
func (id ID) String() string { return string(id.AppendText(nil)) }

// AppendText appends the lower-case text form to b.
func (id ID) AppendText(b []byte) []byte {
	var out [36]byte
	hex.Encode(out[0:8], id[0:4])
	out[8] = '-'
	hex.Encode(out[9:13], id[4:6])
	out[13] = '-'
	hex.Encode(out[14:18], id[6:8])
	out[18] = '-'
	hex.Encode(out[19:23], id[8:10])
	out[23] = '-'
	hex.Encode(out[24:36], id[10:16])
	return append(b, out[:]...)
}

// NewID makes an ID from an instant and ten random bytes.
func NewID(at time.Time, random [10]byte) ID {
	var id ID
	ms := at.UnixMilli()
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	copy(id[6:], random[:])
	id[6] = 0x70 | id[6]&0x0f
	id[8] = 0x80 | id[8]&0x3f
	return id
}
