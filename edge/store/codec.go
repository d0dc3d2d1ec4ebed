package store

import (
	"encoding/binary"
	"hash/crc32"
)

const crcSize = 4

// seal appends to payload the checksum that every stored value ends in.
func seal(bucket string, key, payload []byte) []byte {
	out := make([]byte, len(payload), len(payload)+crcSize)
	copy(out, payload)
	return binary.LittleEndian.AppendUint32(out, checksum(bucket, key, payload))
}

func checksum(bucket string, key, payload []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	c := crc32.Update(uint32(len(key)), table, []byte(bucket))
	return crc32.Update(crc32.Update(c, table, key), table, payload)
}

// open gives the payload of a stored value; it points into value.
func open(bucket string, key, value []byte) ([]byte, error) {
	if len(value) < crcSize {
		return nil, damaged("bucket %s: key %q: %d bytes", bucket, key, len(value))
	}
	payload := value[:len(value)-crcSize]
	if sumOf(value) != checksum(bucket, key, payload) {
		return nil, damaged("bucket %s: key %q: checksum does not match", bucket, key)
	}
	return payload, nil
}

// sumOf reads the checksum that a stored value carries.
func sumOf(value []byte) uint32 {
	if len(value) < crcSize {
		return 0
	}
	return binary.LittleEndian.Uint32(value[len(value)-crcSize:])
}

// tally is the count of a bucket and the sum of its checksums.
type tally struct{ n, sum uint64 }

func (t *tally) add(value []byte)  { t.n++; t.sum += uint64(sumOf(value)) }
func (t *tally) drop(value []byte) { t.n--; t.sum -= uint64(sumOf(value)) }

func (t *tally) bytes() []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, t.n), t.sum)
}

func parseTally(b []byte) (tally, error) {
	if len(b) != 16 {
		return tally{}, damaged("a bucket's tally has %d bytes", len(b))
	}
	return tally{n: binary.BigEndian.Uint64(b), sum: binary.BigEndian.Uint64(b[8:])}, nil
}
