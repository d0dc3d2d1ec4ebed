package batch

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func codec(t testing.TB, key string) *Codec {
	t.Helper()
	c, err := NewCodec([]byte(key))
	require.NoError(t, err)
	return c
}

func TestCursor(t *testing.T) {
	c := codec(t, "0123456789abcdef")
	rapid.Check(t, func(rt *rapid.T) {
		p := Place{Epoch: rapid.StringMatching(`[0-9A-Z]{0,64}`).Draw(rt, "epoch"), Seq: rapid.Uint64().Draw(rt, "seq")}
		copy(p.Hash[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(rt, "hash"))
		text := c.Encode(p)
		got, err := c.Decode(text)
		require.NoError(rt, err)
		require.Equal(rt, p, got)
		i := rapid.IntRange(0, len(text)-1).Draw(rt, "place")
		bad := []byte(text)
		bad[i] = rapid.SampledFrom([]byte("ABCDxyz019-_= \n")).Draw(rt, "byte")
		if string(bad) != text {
			_, err = c.Decode(string(bad))
			require.ErrorIs(rt, err, ErrCursor)
		}
		_, err = c.Decode(text[:i])
		require.ErrorIs(rt, err, ErrCursor)
	})
	text := c.Encode(Place{Epoch: "E", Seq: 1})
	for _, bad := range []string{"", "start", "1", text + "\n", text + "=", "\n" + text, text + text, strings.Repeat("A", 10_000)} {
		_, err := c.Decode(bad)
		assert.ErrorIs(t, err, ErrCursor, bad)
	}
	_, err := codec(t, "another key 1234").Decode(text)
	assert.ErrorIs(t, err, ErrCursor, "another edge's cursor")
	_, err = NewCodec([]byte("short"))
	assert.ErrorIs(t, err, ErrCursorKey)
}

func FuzzCursor(f *testing.F) {
	c, err := NewCodec([]byte("0123456789abcdef"))
	require.NoError(f, err)
	f.Add(c.Encode(Place{Epoch: "01J", Seq: 7}))
	f.Add("start")
	f.Add(base64.RawURLEncoding.EncodeToString(make([]byte, 57)))
	f.Fuzz(func(t *testing.T, text string) {
		p, err := c.Decode(text)
		if err == nil && c.Encode(p) != text {
			t.Fatalf("%q is a second text for the cursor %v", text, p)
		}
	})
}

// events makes a batch behind a place.
func events(epoch string, from Place, n int) (*Head, []byte) {
	var b []byte
	hash := from.Hash
	for i := range n {
		line := fmt.Appendf(nil, `{"seq":%d,"type":"x"}`, from.Seq+uint64(i)+1)
		hash = Link(hash, line)
		b = append(append(b, line...), '\n')
	}
	return &Head{Epoch: epoch, First: from.Seq + 1, Last: from.Seq + uint64(n), Count: n, SHA256: Hex(sha256.Sum256(b)),
		PrevHash: Hex(from.Hash), LastHash: Hex(hash)}, b
}

func TestCheck(t *testing.T) {
	start := Place{Epoch: "E", Hash: Origin("E")}
	h, lines := events("E", start, 3)
	require.NoError(t, Check(h, lines, &start))
	require.NoError(t, Check(h, lines, nil))
	empty, none := events("E", start, 0)
	require.NoError(t, Check(empty, none, &start))

	resum := func(h Head, b []byte) (*Head, []byte) { h.SHA256 = Hex(sha256.Sum256(b)); return &h, b }
	for name, c := range map[string]struct {
		spoil func(h Head, b []byte) (*Head, []byte)
		want  error
	}{
		"flipped byte":  {func(h Head, b []byte) (*Head, []byte) { b[12] ^= 1; return &h, b }, ErrTorn},
		"cut":           {func(h Head, b []byte) (*Head, []byte) { return &h, b[:len(b)-1] }, ErrTorn},
		"cut, honest":   {func(h Head, b []byte) (*Head, []byte) { return resum(h, b[:len(b)-1]) }, ErrTorn},
		"line missing":  {func(h Head, b []byte) (*Head, []byte) { return resum(h, b[bytes.IndexByte(b, '\n')+1:]) }, ErrTorn},
		"count lies":    {func(h Head, b []byte) (*Head, []byte) { h.Last++; return &h, b }, ErrTorn},
		"first is zero": {func(h Head, b []byte) (*Head, []byte) { h.First, h.Last = 0, 2; return &h, b }, ErrTorn},
		"changed, resummed": {func(h Head, b []byte) (*Head, []byte) {
			return resum(h, bytes.Replace(b, []byte(`"x"`), []byte(`"y"`), 1))
		}, ErrChain},
		"not dense": {func(h Head, b []byte) (*Head, []byte) {
			return resum(h, bytes.Replace(b, []byte(`"seq":2`), []byte(`"seq":3`), 1))
		}, ErrChain},
		"another epoch":  {func(h Head, b []byte) (*Head, []byte) { h.Epoch = "F"; return &h, b }, ErrChain},
		"another past":   {func(h Head, b []byte) (*Head, []byte) { h.PrevHash = Hex(Origin("F")); return &h, b }, ErrChain},
		"lastHash lies":  {func(h Head, b []byte) (*Head, []byte) { h.LastHash = h.PrevHash; return &h, b }, ErrChain},
		"hash is no hex": {func(h Head, b []byte) (*Head, []byte) { h.PrevHash = strings.ToUpper(h.PrevHash); return &h, b }, ErrTorn},
	} {
		t.Run(name, func(t *testing.T) {
			head, b := c.spoil(*h, bytes.Clone(lines))
			assert.ErrorIs(t, Check(head, b, &start), c.want)
		})
	}
	later := Place{Epoch: "E", Seq: 1, Hash: start.Hash}
	assert.ErrorIs(t, Check(h, lines, &later), ErrChain, "a gap or a repetition is no continuation")
	wrong, b := events("E", Place{Epoch: "E", Hash: Origin("F")}, 1)
	assert.ErrorIs(t, Check(wrong, b, nil), ErrChain)
}

func TestHeadLine(t *testing.T) {
	h, _ := events("E", Place{}, 2)
	h.Site, h.Next = "ICN1", "<c>"
	line, err := h.AppendLine(nil)
	require.NoError(t, err)
	assert.True(t, bytes.HasPrefix(line, []byte(`{"batch":{"site":"ICN1","epoch":"E","instance":"","first":1,"last":2,"count":2,"sha256":"`)), string(line))
	assert.Equal(t, 1, bytes.Count(line, []byte("\n")))
	got, err := ParseHead(bytes.TrimSuffix(line, []byte("\n")))
	require.NoError(t, err)
	assert.Equal(t, h, got)
	for _, bad := range []string{"", "{}", `{"batch":null}`, `{"batch":{"first":-1}}`, `{"seq":1}`} {
		_, err := ParseHead([]byte(bad))
		assert.ErrorIs(t, err, ErrTorn, bad)
	}
}

func TestSeq(t *testing.T) {
	for in, want := range map[string]uint64{`{"seq":1,"at":"x"}`: 1, `{ "seq": 18446744073709551615 }`: 1<<64 - 1, `{"at":"x","seq":7}`: 7} {
		got, err := Seq([]byte(in))
		require.NoError(t, err, in)
		assert.Equal(t, want, got)
	}
	for _, in := range []string{"", "{}", `{"seq":-1}`, `{"seq":"1"}`, `{"seq":1`, `x`} {
		_, err := Seq([]byte(in))
		assert.Error(t, err, in)
	}
}

func TestProblem(t *testing.T) {
	err := fmt.Errorf("pull: %w", NewProblem(409, Fork, "another history", ""))
	assert.Equal(t, Fork, CodeOf(err))
	assert.Equal(t, "fork: another history", errors.Unwrap(err).Error())
	assert.Empty(t, CodeOf(errors.New("x")))
}
