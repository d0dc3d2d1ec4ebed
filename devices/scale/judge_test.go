package scale_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"dcedge/devices/scale"
)

func newJudge() *scale.Judge {
	return scale.NewJudge(scale.JudgeConfig{Agree: 2, AgreeMore: 5, ZeroBelow: "5"})
}

// weigh gives the verdict on the last of the frames.
func weigh(t *testing.T, j *scale.Judge, protocol string, frames ...string) scale.Weight {
	t.Helper()
	var w scale.Weight
	for _, raw := range frames {
		f, err := scale.Parse(protocol, []byte(raw))
		require.NoError(t, err)
		w = j.Add(f, []byte(raw), time.Time{})
	}
	return w
}

func twice(frames ...string) []string {
	var out []string
	for _, f := range frames {
		out = append(out, f, f)
	}
	return out
}

// TestR3 is the verdict table: only a stable weight of known unit, above zero,
// after the scale was empty, is used; else the person is asked.
func TestR3VerdictTable(t *testing.T) {
	const zero = "ST,+0000.000 kg"
	for name, c := range map[string]struct {
		frames []string
		want   scale.Verdict
		grams  string
	}{
		"stable":                        {twice(zero, "ST,+0001.204 kg"), scale.OK, "1204"},
		"once is not yet":               {append(twice(zero), "ST,+0001.204 kg"), scale.Moving, ""},
		"unstable":                      {append(twice(zero), "US,+0001.204 kg", "US,+0001.204 kg"), scale.Moving, ""},
		"unstable between":              {append(twice(zero), "ST,+0001.204 kg", "US,+0001.204 kg", "ST,+0001.204 kg"), scale.Moving, ""},
		"two that differ":               {append(twice(zero), "ST,+0001.204 kg", "ST,+0001.206 kg"), scale.Moving, ""},
		"negative":                      {twice(zero, "ST,-0001.204 kg"), scale.Negative, "-1204"},
		"negative, then a parcel":       {twice(zero, "ST,-0001.204 kg", "ST,+0001.204 kg"), scale.NotZeroed, "1204"},
		"overload":                      {twice(zero, "OL,+9999999E+19"), scale.Over, ""},
		"pieces":                        {twice(zero, "QT,+00001234 PC"), scale.NoUnit, ""},
		"grams":                         {twice("ST,+0000.000  g", "ST,+1204.500  g"), scale.OK, "1204.5"},
		"unit changed under the load":   {append(twice(zero, "ST,+0001.204 kg"), "ST,+1204.000  g"), scale.Moving, ""},
		"unit changed, and settled":     {twice(zero, "ST,+0001.204 kg", "ST,+1204.000  g"), scale.OK, "1204"},
		"a unit that lost its k once":   {append(twice(zero), "ST,+0001.204 kg", "ST,+0001.204  g"), scale.Moving, ""},
		"never empty":                   {twice("ST,+0001.204 kg"), scale.NotZeroed, "1204"},
		"empty":                         {twice(zero), scale.Empty, "0"},
		"drift is empty":                {twice("ST,-0000.004 kg"), scale.Empty, "-4"},
		"a load that is light, no zero": {twice(zero, "ST,+0000.006 kg"), scale.OK, "6"},
	} {
		t.Run(name, func(t *testing.T) {
			w := weigh(t, newJudge(), "aandd", c.frames...)
			assert.Equal(t, c.want, w.Verdict)
			assert.Equal(t, c.grams, w.Grams)
		})
	}
	j := newJudge()
	assert.Equal(t, scale.Under, weigh(t, j, "sics", "S -").Verdict)
	assert.Equal(t, scale.NoWeight, weigh(t, j, "sics", "EL").Verdict)
}

// TestCAS10NeedsAUnitAndAgreement: it says neither.
func TestCAS10NeedsAUnitAndAgreement(t *testing.T) {
	j := newJudge()
	assert.Equal(t, scale.NoUnit, weigh(t, j, "cas10", "000000.0", "000000.0").Verdict)
	j = scale.NewJudge(scale.JudgeConfig{Unit: "kg", Agree: 2, AgreeMore: 5, ZeroBelow: "5"})
	assert.Equal(t, scale.Empty, weigh(t, j, "cas10", twice("000000.0", "000000.0", "000000.0")...).Verdict)
	assert.Equal(t, scale.Moving, weigh(t, j, "cas10", twice("000013.5", "000013.5")...).Verdict)
	w := weigh(t, j, "cas10", "000013.5")
	assert.Equal(t, []any{scale.OK, "13500", "kg"}, []any{w.Verdict, w.Grams, w.Unit})
}

// TestCAS10SentManyTimesIsOneReading: a scale that sends faster than it weighs
// repeats a weight that is still moving.
func TestCAS10SentManyTimesIsOneReading(t *testing.T) {
	j := scale.NewJudge(scale.JudgeConfig{Unit: "kg", Agree: 2, AgreeMore: 5, AgreeFor: 300 * time.Millisecond, ZeroBelow: "5"})
	began := time.Now()
	at := func(ms int, raw string) scale.Verdict {
		f, err := scale.Parse("cas10", []byte(raw))
		require.NoError(t, err)
		return j.Add(f, []byte(raw), began.Add(time.Duration(ms)*time.Millisecond)).Verdict
	}
	for ms := range 400 {
		at(ms, "000000.0")
	}
	for ms := 400; ms < 800; ms++ { // ten readings a second, a frame a millisecond
		require.Equal(t, scale.Moving, at(ms, fmt.Sprintf("%06d.0", ms/100)), "at %d ms", ms)
	}
	for ms := 800; ms < 1100; ms++ {
		require.Equal(t, scale.Moving, at(ms, "000009.0"), "at %d ms", ms)
	}
	assert.Equal(t, scale.OK, at(1100, "000009.0"))
}

// TestTwoParcelsOfTheSameWeight is trap 15: the second counts only after the
// scale was empty, and then as another load.
func TestTwoParcelsOfTheSameWeight(t *testing.T) {
	const zero, parcel = "ST,GS,+0000.00kg", "ST,GS,+0012.34kg"
	j := newJudge()
	assert.EqualValues(t, 1, weigh(t, j, "cas18", twice(zero, parcel, parcel)...).Load)
	assert.EqualValues(t, 1, weigh(t, j, "cas18", "US,GS,+0000.02kg", parcel, parcel).Load, "lifted for a moment")
	w := weigh(t, j, "cas18", twice(zero, parcel)...)
	assert.Equal(t, []any{uint64(2), scale.OK, true}, []any{w.Load, w.Verdict, w.Zeroed})
	j.Restart()
	assert.Equal(t, scale.NotZeroed, weigh(t, j, "cas18", twice(parcel)...).Verdict, "nobody knows what lay there meanwhile")
	assert.EqualValues(t, 3, weigh(t, j, "cas18", twice(zero, parcel)...).Load)
}

// TestR3Property: whatever comes, an OK weight was preceded by enough equal
// stable frames and by an empty scale, and loads never go back.
func TestR3Property(t *testing.T) {
	frames := []string{"ST,GS,+0000.00kg", "ST,GS,+0012.34kg", "ST,GS,+0012.35kg", "US,GS,+0012.34kg", "ST,GS,-0012.34kg", "OL,GS,+0000.00kg", "ST,GS,+0012.34 g"}
	rapid.Check(t, func(t *rapid.T) {
		j, empty, load := newJudge(), false, uint64(0)
		var before string
		for _, raw := range rapid.SliceOf(rapid.SampledFrom(frames)).Draw(t, "frames") {
			f, err := scale.Parse("cas18", []byte(raw))
			require.NoError(t, err)
			w := j.Add(f, []byte(raw), time.Time{})
			switch w.Verdict {
			case scale.OK:
				require.True(t, empty)
				require.Equal(t, before, raw)
				require.Contains(t, raw, "ST,GS,+")
				require.GreaterOrEqual(t, w.Load, load)
				require.Positive(t, w.Load)
				load = w.Load
			case scale.Empty:
				empty = true
			case scale.Negative:
				empty = false
			}
			before = raw
		}
	})
}
