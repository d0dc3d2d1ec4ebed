package agent

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// keys are the edge's own secrets, all derived from one random key that never
// leaves data/keys. The vault's key is not among them: it comes from outside.
type keys struct{ root []byte }

const keyBytes = 32

// openKeys reads the root key, or makes it on the first start. The file is
// written aside, flushed and renamed; one that others may read is refused.
func openKeys(data string) (*keys, error) {
	dir := filepath.Join(data, "keys")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("agent: keys: %w", err)
	}
	file := filepath.Join(dir, "edge.key")
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Join(data, "vault.db")); err == nil {
			return nil, fmt.Errorf("agent: keys: %s is missing beside a vault that was made with it: restore it from the backup of the keys", file)
		}
		return makeKeys(dir, file)
	}
	if err != nil {
		return nil, fmt.Errorf("agent: keys: %w", err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("agent: keys: %s may be read by others: chmod 600 it, and think about who has seen it", file)
	}
	root, err := parseKey(string(text))
	if err != nil {
		return nil, fmt.Errorf("agent: keys: %s is damaged: restore it from the backup of the keys: %w", file, err)
	}
	return &keys{root: root}, nil
}

// errKey is returned for a key file that does not hold what was written.
var errKey = errors.New("not a key with its checksum")

// formatKey writes a key as base64 and a checksum: one flipped letter of base64
// alone would be another key, and every PIN wrong.
func formatKey(root []byte) string {
	sum := sha256.Sum256(root)
	return base64.StdEncoding.EncodeToString(root) + " " + hex.EncodeToString(sum[:4]) + "\n"
}

func parseKey(text string) ([]byte, error) {
	root, err := base64.StdEncoding.DecodeString(strings.SplitN(strings.TrimSpace(text), " ", 2)[0])
	if err != nil || len(root) != keyBytes || formatKey(root) != text {
		return nil, errKey
	}
	return root, nil
}

func makeKeys(dir, file string) (*keys, error) {
	root := make([]byte, keyBytes)
	if _, err := rand.Read(root); err != nil {
		return nil, fmt.Errorf("agent: keys: %w", err)
	}
	if err := writeDurably(dir, file, []byte(formatKey(root))); err != nil {
		return nil, fmt.Errorf("agent: keys: %w", err)
	}
	return &keys{root: root}, nil
}

// derive makes the key for one purpose (RFC 5869).
func (k *keys) derive(purpose string) []byte {
	out, err := hkdf.Key(sha256.New, k.root, nil, "dcedge "+purpose, keyBytes)
	if err != nil {
		panic(err) // only for lengths that SHA-256 cannot give
	}
	return out
}

// writeDurably creates a file whole: aside, flushed, renamed, folder flushed.
func writeDurably(dir, file string, text []byte) error {
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(0o600), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(f.Name(), file); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
