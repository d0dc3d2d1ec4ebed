package gs1

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The search for a lost separator takes a bounded number of steps, whatever the data:
// counted, not timed.
func TestSplitSearchIsBounded(t *testing.T) {
	for name, data := range map[string]string{
		"91 bytes": "0109521234543213" + "10" + strings.Repeat("1021", 18) + "#",
		"8 KiB":    "0109521234543213" + "10" + strings.Repeat("1021", 2000) + "#",
		"serials":  "0109521234543213" + strings.Repeat("21", 4000),
		"dates":    "0109521234543213" + "10" + strings.Repeat("A17270131", 800),
		"digits":   "0109521234543213" + "10" + strings.Repeat("10", 4000),
	} {
		s := newSplitter(data, &Options{})
		s.place(0)
		assert.LessOrEqual(t, s.steps, 2*maxSplits, name)
		_, err := ParseKeyed(data, Options{})
		var e *Error
		require.ErrorAs(t, err, &e, name)
	}
	s := newSplitter("01088065720024331725061610HP04AA21HP04AA003122", &Options{})
	assert.Positive(t, s.place(0))
	assert.Less(t, s.steps, 50, "a code of the world is nowhere near the bound")
}

// TestSplitsOfLongDataAreFew: the search is bounded by the bytes that it reads, not by
// the places alone: 2 KB of hostile data take the floor no longer than a few hundred
// honest codes.
func TestSplitsOfLongDataAreFew(t *testing.T) {
	for _, data := range []string{"10" + strings.Repeat("2110", 500), "10" + strings.Repeat("21A10B", 330), "010880123456789321" + strings.Repeat("10A", 600)} {
		work := testing.AllocsPerRun(3, func() {
			_, err := ParseKeyed(data, Options{SkipRequisites: true})
			var e *Error
			require.ErrorAs(t, err, &e)
		})
		assert.Less(t, work, 1000.0, data[:20])
	}
}
