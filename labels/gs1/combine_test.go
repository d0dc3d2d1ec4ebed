package gs1

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func message(t require.TestingT, s string) Message {
	m, err := ParseMessage(s, Options{SkipRequisites: true})
	require.NoError(t, err, s)
	return m
}

// TestCombine joins the two stacked symbols of a medicine's pack in both orders, a
// lot that was scanned before its article, and an EAN with the rest beside it.
func TestCombine(t *testing.T) {
	const upper, lower = "^010880657200243317250616", "^10HP04AA^21HP04AA003122"
	low := message(t, lower)
	assert.Error(t, low.Requisites())
	for _, c := range []struct{ first, second, want string }{
		{upper, lower, "^01088065720024331725061610HP04AA^21HP04AA003122"},
		{lower, upper, "^10HP04AA^21HP04AA003122^010880657200243317250616"},
		{"^10HP04AA", "^0108806572002433", "^10HP04AA^0108806572002433"},
		{"^0108806572002433", "^10HP04AA", "^010880657200243310HP04AA"},
		{upper, upper, upper},
		{"8806572002433|^10HP04AA", "^17250616", "^010880657200243310HP04AA^17250616"},
		{"^17250616", "8806572002433|^10HP04AA", "^17250616010880657200243310HP04AA"},
		{"^17250200", "^17250228", "^17250228"},
		{"^17240229", "^17240200", "^17240229"},
	} {
		m, err := Combine(message(t, c.first), message(t, c.second), Options{SkipRequisites: true})
		require.NoError(t, err, "%s + %s", c.first, c.second)
		assert.Equal(t, c.want, m.String())
	}
	both, err := Combine(message(t, lower), message(t, upper), Options{})
	require.NoError(t, err, "nothing is missing together")
	assert.NoError(t, both.Requisites())
}

// TestCombineRefusesWhatDiffers names the AI and both values.
func TestCombineRefusesWhatDiffers(t *testing.T) {
	for _, c := range []struct{ first, second, ai, detail string }{
		{"^0108806572002433", "^0109521234543213", "01", "the first scan has 08806572002433, the second 09521234543213"},
		{"8806572002433|^10A", "^0109521234543213", "01", "the first scan has 08806572002433, the second 09521234543213"},
		{"^10A^21S", "^010880657200243310B", "10", "the first scan has A, the second B"},
		{"^21S1", "^21S2", "21", "the first scan has S1, the second S2"},
		{"^17250616", "^17250617", "17", "the first scan has 250616, the second 250617"},
		{"^17250200", "^17250227", "17", "the first scan has 250200, the second 250227"},
		{"^3103010100", "^3103010131", "3103", "the first scan has 010100, the second 010131"},
	} {
		_, err := Combine(message(t, c.first), message(t, c.second), Options{SkipRequisites: true})
		var e *Error
		require.ErrorAs(t, err, &e, "%s + %s", c.first, c.second)
		assert.Equal(t, CodeRepeated, e.Code)
		assert.Equal(t, c.ai, e.AI)
		assert.Equal(t, c.detail, e.Detail)
	}
	_, err := Combine(message(t, "^8111"+"0001"), message(t, "^3940"+"0010"), Options{SkipRequisites: true})
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, CodePair, e.Code, "each is good alone, not together")
}

// TestCombineHoldsWhatEachHeld: of any two scans, whichever comes first, nothing is
// lost and nothing added, or both orders are refused.
func TestCombineHoldsWhatEachHeld(t *testing.T) {
	part := rapid.Custom(func(t *rapid.T) string {
		s := "^"
		for _, el := range []string{"0108806572002433", "17250616", "17250600", "17250630", "10AB^", "10CD^", "21S1^", "310300120"} {
			if rapid.IntRange(0, 3).Draw(t, "in") == 0 {
				s += el
			}
		}
		if s == "^" {
			s += "10AB"
		}
		return s
	})
	rapid.Check(t, func(t *rapid.T) {
		o := Options{SkipRequisites: true}
		first, errA := ParseMessage(part.Draw(t, "first"), o)
		second, errB := ParseMessage(part.Draw(t, "second"), o)
		if errA != nil || errB != nil {
			return // one scan that contradicts itself
		}
		ab, errAB := Combine(first, second, o)
		ba, errBA := Combine(second, first, o)
		require.Equal(t, errAB == nil, errBA == nil)
		if errAB != nil {
			return
		}
		values := map[string]string{}
		for _, e := range ab.Elements {
			assert.NotContains(t, values, e.AI)
			values[e.AI] = e.Value
		}
		assert.Len(t, ba.Elements, len(ab.Elements))
		for _, m := range []Message{first, second, ba} {
			for _, e := range m.Elements {
				if e.AI == "17" && e.Value == "250600" {
					assert.Contains(t, []string{"250600", "250630"}, values["17"])
					continue
				}
				assert.Equal(t, e.Value, values[e.AI])
			}
		}
	})
}
