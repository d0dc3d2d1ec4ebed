package board

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"dcedge/edge"
)

func TestSpoiltDevicesAreListed(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	v := newView(now)
	scan := func(device string, at time.Time, data edge.Data) {
		v.now = at
		v.count(&edge.Event{Type: edge.EvRefused, At: at, Device: device, Data: data})
	}
	scan("pda-07", now, &edge.Refused{Code: edge.Unknown})
	assert.Empty(t, v.setUps(), "an unknown code says nothing of the device")
	scan("pda-07", now, &edge.Refused{Code: edge.Unknown, Damage: "unproven"})
	scan("pda-07", now.Add(time.Hour), &edge.DeviceState{Device: "pda-07", State: stateSetUp, Error: "hangul"})
	scan("pda-08", now, &edge.DeviceState{Device: "pda-08", State: "ready"})
	assert.Equal(t, []Exception{{Kind: "setUp", ID: "pda-07", Reason: "hangul", Units: 2, Since: now}}, v.setUps())
	v.now = now.Add(14 * time.Hour)
	assert.Empty(t, v.setUps(), "mended, or out of use")
}

func TestLeasesAreToldInHours(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	v := newView(now)
	l := &edge.Lease{ID: "a", Carrier: "cj", Client: "default", Count: 1000}
	v.leases["a"] = l
	assert.Equal(t, []Lease{{ID: "a", Carrier: "cj", Client: "default", Left: 1000}}, v.leaseList(), "no pace is known")
	l.Issue(100, now) // nine to ten
	v.now = now.Add(10 * time.Minute)
	assert.Zero(t, v.leaseList()[0].PerHour, "ten minutes are no pace")
	v.now = now.Add(30 * time.Minute)
	assert.Equal(t, 200, v.leaseList()[0].PerHour, "half an hour is")
	l.Issue(400, now.Add(time.Hour)) // ten to eleven
	v.now = now.Add(11 * time.Hour)  // a night without work
	l.Issue(100, v.now)
	assert.Equal(t, Lease{ID: "a", Carrier: "cj", Client: "default", Left: 400, PerHour: 400, Hours: 1}, v.leaseList()[0], "the busiest of the last three")
	l.Low = true
	assert.True(t, v.leaseList()[0].Low)
	assert.Contains(t, v.troubles(), Exception{Kind: "lease", ID: "a", Reason: "low", Units: 400, Hours: 1})
	v.leases["b"] = &edge.Lease{ID: "b", Carrier: "cj", Client: "default", Count: 1000}
	assert.False(t, v.leaseList()[0].Low, "more has come")
	delete(v.leases, "b")
	l.Issue(400, v.now)
	assert.Equal(t, "a", v.troubles()[0].ID, "used up and nothing follows")
	v.now = v.now.Add(48 * time.Hour)
	assert.Empty(t, v.leaseList())
}

// Every section that is rendered is one of a snapshot.
func TestLeasesAreInTheSnapshot(t *testing.T) {
	v := newView(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC))
	v.leases["a"] = &edge.Lease{ID: "a", Carrier: "cj", Count: 9}
	b := &Board{items: v.render(nil)}
	assert.JSONEq(t, `{"id":"a","carrier":"cj","client":"","left":9,"perHour":0}`, string(b.snapshot().Items["leases"]["a"]))
}

// A record that names a template or a format of numbers that is not here stays listed until
// it is mended: labels come out by another form meanwhile.
func TestNamesThatAreNotHereAreTroubles(t *testing.T) {
	b := newBoard(t, &fakeEngine{})
	list := []Stranger{{Kind: "carrierTemplate", Record: "nebula", Name: "nebula-1"}, {Kind: "carrierFormat", Record: "nebula", Name: "nebule"}}
	b.cfg.Strangers = func() []Stranger { return list }
	b.beat()
	assert.JSONEq(t, `{"kind":"carrierTemplate","id":"nebula","field":"nebula-1"}`, b.items["exceptions/carrierTemplate:nebula"])
	assert.JSONEq(t, `{"kind":"carrierFormat","id":"nebula","field":"nebule"}`, b.items["exceptions/carrierFormat:nebula"])
	list = nil
	b.beat()
	assert.Empty(t, b.view.troubles(), "mended")
}
