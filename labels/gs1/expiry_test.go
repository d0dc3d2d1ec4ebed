package gs1

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestExpiryWithTime: AI 7003 is a use-by date that ends within its day.
func TestExpiryWithTime(t *testing.T) {
	kst := time.FixedZone("KST", 9*3600)
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, kst) }
	for in, want := range map[string]struct {
		Expiry
		good, over time.Time
	}{
		"^70032611221405":          {Expiry{AI: "7003", Year: 2026, Month: 11, Day: 22, Timed: true, Hour: 14, Minute: 5}, at(22, 14, 4), at(22, 14, 5)},
		"^70032611220000":          {Expiry{AI: "7003", Year: 2026, Month: 11, Day: 21, Timed: true, Hour: 24}, at(21, 23, 59), at(22, 0, 0)},
		"^17261122^70032611221405": {Expiry{AI: "7003", Year: 2026, Month: 11, Day: 22, Timed: true, Hour: 14, Minute: 5}, at(22, 14, 4), at(22, 14, 5)},
		"^70032611231405^17261122": {Expiry{AI: "17", Year: 2026, Month: 11, Day: 22}, at(22, 23, 59), at(23, 0, 0)},
		"^1526112870032611221405":  {Expiry{AI: "7003", Year: 2026, Month: 11, Day: 22, Timed: true, Hour: 14, Minute: 5}, at(22, 14, 4), at(22, 14, 5)},
		"^1526110017261122":        {Expiry{AI: "17", Year: 2026, Month: 11, Day: 22}, at(22, 23, 59), at(23, 0, 0)},
	} {
		m, err := ParseMessage(in, Options{SkipRequisites: true})
		require.NoError(t, err, in)
		e, ok, err := m.Expiry(at(1, 0, 0), false)
		require.NoError(t, err, in)
		require.True(t, ok, in)
		assert.Equal(t, want.Expiry, e, in)
		assert.False(t, e.Passed(want.good), in)
		assert.True(t, e.Passed(want.over), in)
	}
	for _, value := range []string{"", "26112214", "2611222505", "261122140x", "26112214050"} {
		m := Message{Elements: []Element{{AI: "7003", Value: value}}}
		_, ok, err := m.Expiry(at(1, 0, 0), false)
		assert.True(t, ok)
		var e *Error
		require.ErrorAs(t, err, &e, value)
		assert.Equal(t, "7003", e.AI)
	}
}

// A date that is none says which part of it.
func TestDateSaysWhichPart(t *testing.T) {
	for data, want := range map[string]string{"17271332": "there is no month 13", "17270232": "there is no day 32", "8008270101250000": "there is no hour 25"} {
		_, err := Parse(data, Options{SkipRequisites: true})
		var e *Error
		require.ErrorAs(t, err, &e, data)
		assert.Equal(t, want, e.Detail, data)
	}
}
