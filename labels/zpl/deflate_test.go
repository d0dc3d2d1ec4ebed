package zpl

import (
	"bytes"
	"compress/zlib"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	klauspost "github.com/klauspost/compress/zlib"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// inflate asks two readers that are not ours.
func inflate(t require.TestingT, z []byte) []byte {
	r, err := zlib.NewReader(bytes.NewReader(z))
	require.NoError(t, err)
	out, err := io.ReadAll(r)
	require.NoError(t, err)
	k, err := klauspost.NewReader(bytes.NewReader(z))
	require.NoError(t, err)
	again, err := io.ReadAll(k)
	require.NoError(t, err)
	if !bytes.Equal(out, again) {
		require.Fail(t, "two readers differ")
	}
	return out
}

// A deflater is used for one picture after the other, of any size and content.
func TestDeflateAnything(t *testing.T) {
	d := new(deflater)
	for _, c := range []struct {
		bits   []byte
		stride int
	}{
		{[]byte{0}, 1}, {[]byte{1, 2, 3}, 3}, {bytes.Repeat([]byte{0}, 100_000), 100}, {bytes.Repeat([]byte{0xFF}, 258), 1},
		{bytes.Repeat([]byte("0123456789abcdef0123456789ABCDEF-"), 5000), 33}, {bytes.Repeat([]byte{0xAA, 0x55}, 40_000), 40_000},
		{bytes.Repeat([]byte{0xAA, 0x55}, maxDistance), maxDistance}, {bytes.Repeat([]byte{0xAA, 0x55}, maxDistance+1), maxDistance + 1},
	} {
		assert.Equal(t, c.bits, inflate(t, d.compress(c.bits, c.stride)))
	}
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	assert.Equal(t, noise, inflate(t, d.compress(noise, 100)))
	rapid.Check(t, func(t *rapid.T) {
		bits := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 0, 0, 0xFF, 0xF0, 0x18, 0x3C}), 1, 3000).Draw(t, "bits")
		got := inflate(t, d.compress(bits, rapid.IntRange(1, 400).Draw(t, "stride")))
		if !bytes.Equal(bits, got) {
			t.Fatalf("%d bytes in, %d out", len(bits), len(got))
		}
	})
}

// Counts that grow like Fibonacci's numbers ask for codes longer than there are: the
// lengths stay within the limit and still make a whole code (Kraft's sum is 1).
func TestHuffmanLengths(t *testing.T) {
	for _, limit := range []int{7, maxLength} {
		h, n := new(huffman), min(limit+12, 40)
		a, b := uint32(1), uint32(1)
		for s := range n {
			h.count[s] = a
			a, b = b, a+b
			if a > 1<<21 {
				a, b = 1, 1
			}
		}
		h.build(new(workshop), n, limit)
		sum := 0
		for _, s := range h.size[:n] {
			require.LessOrEqual(t, int(s), limit)
			require.Positive(t, s)
			sum += 1 << (limit - int(s))
		}
		assert.Equal(t, 1<<limit, sum)
	}
	lone := new(huffman)
	lone.count[5] = 3
	lone.build(new(workshop), distances, maxLength)
	assert.Equal(t, []uint8{1, 0, 0, 0, 0, 1}, lone.size[:6], "one symbol alone gets a companion")
}

// Noise grows a little, never much.
func TestDeflateOfNoise(t *testing.T) {
	noise := make([]byte, 1000)
	r := rand.New(rand.NewPCG(3, 4))
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	assert.Less(t, len(new(deflater).compress(noise, 10)), 1200)
}

// Matches end at the longest length, at the end of the data and beside it: a row that
// repeats the one above for n bytes, in the middle of the picture and at its end.
func TestDeflateMatchLengths(t *testing.T) {
	d := new(deflater)
	for n := range 530 {
		for _, tail := range []string{"", "x", "tail", "a longer tail"} {
			row := make([]byte, n)
			for i := range row {
				row[i] = byte(i * 7)
			}
			for _, bits := range [][]byte{slices.Concat(row, row, []byte(tail)), slices.Concat(bytes.Repeat([]byte{'r'}, n), []byte(tail))} {
				if got := inflate(t, d.compress(bits, max(n, 1))); !bytes.Equal(bits, got) {
					t.Fatalf("%d bytes with %q behind: %x comes back as %x", n, tail, bits, got)
				}
			}
		}
	}
}

// What repeats the row above is short, and what repeats only the row before that is
// not: the compressor's rule, seen from outside.
func TestDeflateLooksAbove(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	one, two := make([]byte, 90), make([]byte, 90)
	for i := range one {
		one[i], two[i] = byte(r.Uint32()), byte(r.Uint32())
	}
	same, turns := bytes.Repeat(one, 40), bytes.Repeat(slices.Concat(one, two), 20)
	d := new(deflater)
	assert.Less(t, len(d.compress(same, 90)), 250)
	assert.Greater(t, len(d.compress(turns, 90)), 1000)
	assert.Less(t, len(d.compress(turns, 180)), 400, "the control: the same bytes with the row they have")
}

func TestCRCByteByByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "bytes")
		want := uint16(0)
		for _, b := range s {
			want ^= uint16(b) << 8
			for range 8 {
				top := want&0x8000 != 0
				if want <<= 1; top {
					want ^= 0x1021
				}
			}
		}
		if got := crc16(s); got != want {
			t.Fatalf("%x: %04x, want %04x", s, got, want)
		}
	})
}

func FuzzDeflate(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0xFF, 0xFF, 0xFF}, 2)
	f.Add(bytes.Repeat([]byte{1, 2, 3, 4}, 100), 4)
	d := new(deflater)
	f.Fuzz(func(t *testing.T, bits []byte, stride int) {
		if len(bits) == 0 || stride < 1 || stride > len(bits) {
			return
		}
		if got := inflate(t, d.compress(bits, stride)); !bytes.Equal(bits, got) {
			t.Fatalf("%x (%d a row) comes back as %x", bits, stride, got)
		}
	})
}
