package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"fmt"
)

const (
	keySize   = 32
	nonceSize = 12
	tagSize   = 16
	wrapSize  = nonceSize + keySize + tagSize
)

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	return gcm, nil
}

// seal appends nonce and ciphertext of plain to dst.
func seal(dst, key, plain, aad []byte) ([]byte, error) {
	gcm, err := newGCM(key)
	if err != nil {
		return nil, err
	}
	var nonce [nonceSize]byte
	_, _ = rand.Read(nonce[:]) // never fails (crypto/rand)
	dst = append(dst, nonce[:]...)
	return gcm.Seal(dst, nonce[:], plain, aad), nil
}

// open gives the plaintext of what seal made. ErrSealed: it does not open.
func open(key, sealed, aad []byte) ([]byte, error) {
	gcm, err := newGCM(key)
	if err != nil {
		return nil, err
	}
	if len(sealed) < nonceSize+tagSize {
		return nil, ErrSealed
	}
	plain, err := gcm.Open(nil, sealed[:nonceSize], sealed[nonceSize:], aad)
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// bind makes additional data of parts, each with its length, so that no two
// lists of parts give the same bytes.
func bind(parts ...string) []byte {
	var b []byte
	for _, p := range parts {
		b = binary.BigEndian.AppendUint32(b, uint32(len(p)))
		b = append(b, p...)
	}
	return b
}

// A record's value: version byte, day (10), wrapped data key (60), sealed data.
const (
	recordVersion = 1
	daySize       = 10
	recordFixed   = 1 + daySize + wrapSize
)

func sealRecord(dayKey []byte, day, site, ref, version string, plain []byte) ([]byte, error) {
	aad := bind("dcedge vault record", site, ref, version, day, "schema 1")
	var dek [keySize]byte
	_, _ = rand.Read(dek[:]) // never fails (crypto/rand)
	defer clear(dek[:])
	out := make([]byte, 0, recordFixed+nonceSize+len(plain)+tagSize)
	out = append(append(out, recordVersion), day...)
	out, err := seal(out, dayKey, dek[:], aad)
	if err != nil {
		return nil, err
	}
	return seal(out, dek[:], plain, aad)
}

// recordDay tells which day's key opens a record.
func recordDay(value []byte) (string, error) {
	if len(value) < recordFixed || value[0] != recordVersion {
		return "", ErrSealed
	}
	return string(value[1 : 1+daySize]), nil
}

func openRecord(dayKey, value []byte, site, ref, version string) ([]byte, error) {
	day, err := recordDay(value)
	if err != nil {
		return nil, err
	}
	aad := bind("dcedge vault record", site, ref, version, day, "schema 1")
	dek, err := open(dayKey, value[1+daySize:recordFixed], aad)
	if err != nil {
		return nil, err
	}
	defer clear(dek)
	return open(dek, value[recordFixed:], aad)
}
