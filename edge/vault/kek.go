package vault

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"os"
)

// KEK is the key that everything hangs from. The zero value is no key: the
// vault opens locked. It shows nothing when formatted.
type KEK struct {
	key   [32]byte
	given bool
}

// String shows nothing.
func (KEK) String() string { return "[kek]" }

// GoString shows nothing.
func (KEK) GoString() string { return "[kek]" }

// id names a KEK without telling anything of it.
func (k KEK) id() [8]byte {
	sum := sha256.Sum256(append([]byte("dcedge kek id\x00"), k.key[:]...))
	return [8]byte(sum[:8])
}

// ParseKEK reads 32 bytes in base64 (standard or URL alphabet, padded or not);
// an empty text is no key.
func ParseKEK(text string) (KEK, error) {
	trimmed := bytes.TrimSpace([]byte(text))
	if len(trimmed) == 0 {
		return KEK{}, nil
	}
	trimmed = bytes.TrimRight(trimmed, "=")
	for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		var k KEK
		if b, err := enc.DecodeString(string(trimmed)); err == nil && len(b) == len(k.key) {
			copy(k.key[:], b)
			k.given = true
			return k, nil
		}
	}
	return KEK{}, ErrKEK
}

// ReadKEK reads a key file: base64 as ParseKEK, or the 32 bytes themselves. It
// refuses a file that group or others may touch.
func ReadKEK(path string) (KEK, error) {
	st, err := os.Stat(path)
	if err != nil {
		return KEK{}, fmt.Errorf("vault: key file: %w", err)
	}
	if !st.Mode().IsRegular() || st.Mode().Perm()&0o077 != 0 {
		return KEK{}, fmt.Errorf("%w: %s has mode %s", ErrKeyFile, path, fs.FileMode(st.Mode().Perm()))
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return KEK{}, fmt.Errorf("vault: key file: %w", err)
	}
	if len(b) == 32 {
		return KEK{key: [32]byte(b), given: true}, nil
	}
	k, err := ParseKEK(string(b))
	if err == nil && !k.given {
		err = ErrKEK
	}
	if err != nil {
		return KEK{}, fmt.Errorf("%w: %s", err, path)
	}
	return k, nil
}
