package edge

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func TestALaneTakesWhatItsPlanSaysAtThatTime(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 11, 21, hour, 0, 0, 0, time.UTC) }
	send := func(old *LaneRecord, lt LaneTime) *LaneRecord {
		return (&LaneRecord{ID: "L3", Plan: []LaneTime{lt}}).After(old)
	}
	carrier := func(l *LaneRecord, hour int) string { now, _ := l.At(at(hour)); return now.Carrier }

	l := send(nil, LaneTime{Carrier: "cj"})
	l = send(l, LaneTime{Carrier: "lotte", From: at(18)})
	l = send(l, LaneTime{Carrier: "hanjin", From: at(14)})
	assert.Equal(t, []string{"cj", "hanjin", "lotte"}, []string{carrier(l, 13), carrier(l, 14), carrier(l, 19)})
	same := send(l, LaneTime{Carrier: "hanjin", From: at(14)})
	assert.Equal(t, l, same, "sent again it changes nothing")
	l = send(l, LaneTime{Carrier: "cj", From: at(14)})
	assert.Equal(t, "cj", carrier(l, 15), "the last word for that time")
	l = send(l, LaneTime{From: at(20)})
	assert.Equal(t, "", carrier(l, 21), "closed")
	l = send(l, LaneTime{Carrier: "logen"})
	assert.Equal(t, []string{"logen", "logen"}, []string{carrier(l, 1), carrier(l, 23)}, "without a time it is the whole plan")

	later := send(nil, LaneTime{Carrier: "cj", From: at(14)})
	_, any := later.At(at(13))
	assert.False(t, any, "nothing before its first time")
}

// The plan is what a reader of all records, in their order, would say: the oracle
// keeps them as they came.
func TestALanePlanIsTheSumOfWhatWasSent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var sent []LaneTime
		var l *LaneRecord
		for range rapid.IntRange(1, 20).Draw(t, "records") {
			lt := LaneTime{Carrier: rapid.SampledFrom([]string{"", "cj", "hanjin"}).Draw(t, "carrier")}
			if h := rapid.IntRange(0, 9).Draw(t, "from"); h > 0 {
				lt.From = time.Unix(int64(h)*3600, 0)
			}
			l = (&LaneRecord{ID: "L", Plan: []LaneTime{lt}}).After(l)
			if lt.From.IsZero() {
				sent = nil
			}
			sent = append(sent, lt)
		}
		now := time.Unix(int64(rapid.IntRange(0, 10).Draw(t, "now"))*3600, 0)
		want, found := LaneTime{}, false
		for _, s := range sent {
			if !s.From.After(now) && (!found || !s.From.Before(want.From)) {
				want, found = s, true
			}
		}
		got, ok := l.At(now)
		assert.Equal(t, found, ok)
		assert.Equal(t, want, got)
	})
}

func TestAnAnswerIsReadBackFromItsVerdict(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := ParcelAnswer{Box: rapid.String().Draw(t, "box"), Lane: rapid.String().Draw(t, "lane"),
			Why: Reason(rapid.SampledFrom([]string{"", "noRead", "cancelled"}).Draw(t, "why")), Round: rapid.IntRange(0, 9).Draw(t, "round")}
		assert.Equal(t, a, ParcelAnswerOf(&Verdict{Code: a.Code(), Say: a.Say()}))
	})
}

// A read that comes again because its verdict was lost is the same message, also past
// midnight; long afterwards, as of a device that counts anew, it is another one.
func TestAnIDOfADevicePastMidnight(t *testing.T) {
	var ids DeviceIDs
	now := time.Date(2026, 11, 21, 23, 59, 59, 0, time.UTC)
	first := ids.Of("scan-h", "42", now)
	for range 5 {
		now = now.Add(50 * time.Minute)
		assert.Equal(t, first, ids.Of("scan-h", "42", now))
	}
	assert.NotEqual(t, first, ids.Of("scan-9", "42", now))
	for i := range 1000 { // others do not grow it
		ids.Of("scan-h", strconv.Itoa(1000+i), now)
	}
	assert.LessOrEqual(t, len(ids.made), len(ids.ring))
	first = ids.Of("scan-h", "42", now)
	assert.NotEqual(t, first, ids.Of("scan-h", "42", now.Add(26*time.Hour)))
}

func TestAnIDOfADevice(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	own := NewID(now.Add(-time.Hour), [10]byte{1})
	assert.Equal(t, own, DeviceID("tunnel-1", own.String(), now))
	for _, text := range []string{"42", "", NewID(now.Add(time.Hour), [10]byte{1}).String(), NewID(now.Add(-80*time.Hour), [10]byte{1}).String()} {
		id := DeviceID("tunnel-1", text, now)
		assert.Equal(t, id, DeviceID("tunnel-1", text, now.Add(30*time.Minute)), "%q comes again", text)
		assert.NotEqual(t, id, DeviceID("tunnel-2", text, now))
		_, err := ParseID(id.String())
		assert.NoError(t, err)
		assert.WithinDuration(t, now, id.Time(), 24*time.Hour)
	}
}
