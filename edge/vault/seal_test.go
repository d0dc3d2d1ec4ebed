package vault

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The vectors are of McGrew and Viega, "The Galois/Counter Mode of Operation",
// appendix B, test cases 13 to 16, as NIST's validation suite carries them.
func TestGCMVectors(t *testing.T) {
	const key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
	const iv = "cafebabefacedbaddecaf888"
	const text = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"
	const sealed = "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
	const zero = "0000000000000000000000000000000000000000000000000000000000000000"
	for _, c := range []struct{ name, key, iv, plain, aad, want string }{
		{"13", zero, zero[:24], "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
		{"14", zero, zero[:24], zero[:32], "", "cea7403d4d606b6e074ec5d3baf39d18" + "d0d1c8a799996bf0265b98b5d48ab919"},
		{"15", key, iv, text, "", sealed + "b094dac5d93471bdec1a502270e3cc6c"},
		{"16", key, iv, text[:120], "feedfacedeadbeeffeedfacedeadbeefabaddad2", sealed[:120] + "76fc6ece0f4e1768cddf8853bb2d551b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := func(s string) []byte {
				out, err := hex.DecodeString(s)
				require.NoError(t, err)
				return out
			}
			got, err := open(b(c.key), append(b(c.iv), b(c.want)...), b(c.aad))
			require.NoError(t, err)
			assert.Equal(t, c.plain, hex.EncodeToString(got))
			gcm, err := newGCM(b(c.key))
			require.NoError(t, err)
			assert.Equal(t, c.want, hex.EncodeToString(gcm.Seal(nil, b(c.iv), b(c.plain), b(c.aad))))
		})
	}
}

func TestEveryFlippedBitIsSeen(t *testing.T) {
	key := make([]byte, keySize)
	good, err := sealRecord(key, "2026-11-21", "ICN1", "ref", "1", []byte("plain text of a record"))
	require.NoError(t, err)
	plain, err := openRecord(key, good, "ICN1", "ref", "1")
	require.NoError(t, err)
	require.Equal(t, "plain text of a record", string(plain))
	for i := range len(good) * 8 {
		bad := append([]byte(nil), good...)
		bad[i/8] ^= 1 << (i % 8)
		got, err := openRecord(key, bad, "ICN1", "ref", "1")
		assert.ErrorIs(t, err, ErrSealed, "bit %d", i)
		assert.Nil(t, got)
	}
	for i := range good {
		_, err := openRecord(key, good[:i], "ICN1", "ref", "1")
		assert.ErrorIs(t, err, ErrSealed, "cut at %d", i)
	}
	for name, args := range map[string][3]string{"site": {"ICN2", "ref", "1"}, "ref": {"ICN1", "reg", "1"}, "version": {"ICN1", "ref", "2"}, "shifted": {"ICN1", "re", "f1"}} {
		_, err := openRecord(key, good, args[0], args[1], args[2])
		assert.ErrorIs(t, err, ErrSealed, name)
	}
}

func TestNoncesDiffer(t *testing.T) {
	seen := map[string]bool{}
	key := make([]byte, keySize)
	for range 20_000 {
		b, err := seal(nil, key, nil, nil)
		require.NoError(t, err)
		require.False(t, seen[string(b[:nonceSize])])
		seen[string(b[:nonceSize])] = true
	}
}
