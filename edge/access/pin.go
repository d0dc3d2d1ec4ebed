package access

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"golang.org/x/crypto/argon2"
)

// ErrPINHash is returned when a worker's pinHash is no argon2id hash in PHC
// form, or one whose cost this edge does not carry.
var ErrPINHash = errors.New("access: pinHash is not a usable argon2id hash")

// Bounds of the cost that a WMS may choose: two at once must fit beside the
// floor's work.
const (
	maxMemoryKiB = 64 << 10
	minMemoryKiB = 8
	maxPasses    = 10
	maxLanes     = 4
	sealPrefix   = "edge1$"
)

// params is the cost and salt of one hash (RFC 9106; PHC string format).
type params struct {
	memory uint32 // KiB
	passes uint32
	lanes  uint8
	salt   []byte
	length uint32 // of the hash, bytes
}

// Seal makes of the WMS's "$argon2id$v=19$m=..,t=..,p=..$salt$hash" what the
// edge keeps: cost, salt and HMAC(pepper, hash). Error: ErrPINHash.
func (a *Access) Seal(pinHash string) (string, error) {
	parts := strings.Split(pinHash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return "", ErrPINHash
	}
	p, err := parseParams(parts[2], parts[3], parts[4])
	if err != nil {
		return "", err
	}
	hash, err := base64.RawStdEncoding.Strict().DecodeString(parts[5])
	if err != nil || len(hash) < 16 || len(hash) > 64 {
		return "", ErrPINHash
	}
	p.length = uint32(len(hash))
	return a.seal(p, hash), nil
}

func (a *Access) seal(p params, hash []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("%sargon2id$v=19$m=%d,t=%d,p=%d$%s$%d$%s", sealPrefix, p.memory, p.passes, p.lanes,
		b64(p.salt), p.length, b64(a.keyed("pin", hash)))
}

func parseParams(version, cost, salt string) (params, error) {
	var p params
	if version != "v=19" {
		return p, ErrPINHash
	}
	n, err := fmt.Sscanf(cost, "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.lanes)
	if err != nil || n != 3 || fmt.Sprintf("m=%d,t=%d,p=%d", p.memory, p.passes, p.lanes) != cost {
		return p, ErrPINHash
	}
	if p.memory < minMemoryKiB || p.memory > maxMemoryKiB || p.passes < 1 || p.passes > maxPasses || p.lanes < 1 || p.lanes > maxLanes {
		return p, fmt.Errorf("%w: cost out of bounds", ErrPINHash)
	}
	p.salt, err = base64.RawStdEncoding.Strict().DecodeString(salt)
	if err != nil || len(p.salt) < 8 || len(p.salt) > 64 {
		return p, ErrPINHash
	}
	return p, nil
}

// opens tells whether the PIN is the one that was sealed; it waits for one of
// the two slots.
func (a *Access) opens(ctx context.Context, seal, pin string) (bool, error) {
	rest, ok := strings.CutPrefix(seal, sealPrefix)
	parts := strings.Split(rest, "$")
	if !ok || len(parts) != 6 {
		return false, ErrPINHash
	}
	p, err := parseParams(parts[1], parts[2], parts[3])
	if err != nil {
		return false, err
	}
	if n, err := fmt.Sscanf(parts[4], "%d", &p.length); err != nil || n != 1 || p.length < 16 || p.length > 64 {
		return false, ErrPINHash
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false, ErrPINHash
	}
	select {
	case a.hashing <- struct{}{}:
		defer func() { <-a.hashing }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	got := argon2.IDKey([]byte(pin), p.salt, p.passes, p.memory, p.lanes, p.length)
	return hmac.Equal(a.keyed("pin", got), want), nil
}

// newPIN draws six digits and seals them.
func (a *Access) newPIN(ctx context.Context) (pin, seal string, err error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", "", fmt.Errorf("access: draw a PIN: %w", err)
	}
	pin = fmt.Sprintf("%06d", n)
	p := params{memory: 19 << 10, passes: 2, lanes: 1, salt: make([]byte, 16), length: 32}
	rand.Read(p.salt)
	select {
	case a.hashing <- struct{}{}:
		defer func() { <-a.hashing }()
	case <-ctx.Done():
		return "", "", ctx.Err()
	}
	return pin, a.seal(p, argon2.IDKey([]byte(pin), p.salt, p.passes, p.memory, p.lanes, p.length)), nil
}

// newDecoy makes a seal of the usual cost that nothing opens, so that an
// unknown badge takes as long as a wrong PIN.
func (a *Access) newDecoy() string {
	salt := make([]byte, 16)
	hash := make([]byte, 32)
	rand.Read(salt)
	rand.Read(hash)
	return a.seal(params{memory: 19 << 10, passes: 2, lanes: 1, salt: salt, length: 32}, hash)
}

// keyed is HMAC-SHA256 under the pepper, with its use in front.
func (a *Access) keyed(use string, data []byte) []byte {
	h := hmac.New(sha256.New, a.cfg.Pepper)
	h.Write([]byte("dcedge/access/" + use + "\x00"))
	h.Write(data)
	return h.Sum(nil)
}

// keyedName is a short name for something that must not stand in a record.
func (a *Access) keyedName(use, what string) string {
	return hex.EncodeToString(a.keyed(use, []byte(what))[:12])
}

// randomText gives 128 random bits as URL-safe text.
func randomText() string {
	b := make([]byte, 16)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}
