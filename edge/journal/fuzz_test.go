package journal

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func sampleFrames(epoch string) []byte {
	var b Batch
	b.Event([]byte(`{"seq":1,"type":"pick.confirmed"}`))
	b.Outcome([]byte(`{"ok":true}`))
	b.EndMessage()
	b.Private([]byte("x"))
	b.EndMessage()
	stamp(b.buf[headerSize:], startCursor(epoch), epochTag(epoch))
	return b.buf[headerSize:]
}

// No bytes make the reader panic, read outside, or take for a frame what is
// not exactly one.
func FuzzFrameReader(f *testing.F) {
	good := sampleFrames("E")
	f.Add(good)
	f.Add(good[:100])
	f.Add(append(bytes.Repeat([]byte{0}, 80), good...))
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, b []byte) {
		tag := epochTag("E")
		w := newWalker(bytes.NewReader(b), int64(len(b)), tag, 0, nil)
		cur, at := startCursor("E"), int64(0)
		for {
			fr, err := w.next()
			if err != nil {
				require.Equal(t, at, w.off)
				break
			}
			require.Equal(t, at+int64(len(fr.raw)), w.off)
			require.Equal(t, frameSize(len(fr.Line)), len(fr.raw))
			require.LessOrEqual(t, fr.synced(), fr.Pos)
			at = w.off
			before := bytes.Clone(fr.raw)
			cur.take(&fr, true)
			require.Equal(t, before, fr.raw, "the check leaves the frame as it was")
		}
		l, err := w.survey(at &^ 7)
		require.NoError(t, err)
		require.Equal(t, l.dirty, !isZero(b[at&^7:]))
	})
}

func FuzzHeader(f *testing.F) {
	h := header{number: 3, size: 4096, basePos: 9, baseSeq: 4, epoch: "E"}
	block := make([]byte, headerSize)
	h.put(block)
	f.Add(bytes.Clone(block))
	f.Add(block[:headerSize-1])
	h.origin = origin{parent: "D", at: Place{Pos: 9, Seq: 4}, reason: "copied"}
	h.put(block)
	f.Add(block)
	f.Add(make([]byte, headerSize))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := parseHeader(b)
		if err != nil {
			return
		}
		again := make([]byte, headerSize)
		got.put(again)
		back, err := parseHeader(again)
		require.NoError(t, err)
		require.Equal(t, got, back)
	})
}

// A steady batch costs no allocation, however many entries it has.
func TestStampAndBuildDoNotAllocate(t *testing.T) {
	var b Batch
	line := bytes.Repeat([]byte("x"), 250)
	cur, tag := startCursor("E"), epochTag("E")
	build := func() {
		b.Reset()
		for range 128 {
			b.Event(line)
			b.Outcome(line[:100])
			b.EndMessage()
		}
		cur = stamp(b.buf[headerSize:], cur, tag)
	}
	build()
	require.Zero(t, testing.AllocsPerRun(20, build))
}

func TestSegmentNames(t *testing.T) {
	for name, want := range map[string]uint64{"000000000012.seg": 12, "000000000000.seg": 0, "12.seg": 0,
		"000000000012.seg.tmp": 0, "00000000001x.seg": 0, "lock": 0} {
		n, ok := segmentNumber(name)
		require.Equal(t, want > 0, ok, name)
		if ok {
			require.Equal(t, want, n)
			require.Equal(t, name, segmentName(n))
		}
	}
}
