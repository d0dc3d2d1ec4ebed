package desk

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/porttest"
	"dcedge/edge/edgetest/sitetest"
)

type cue struct {
	ID, Box, Cue string
	At           time.Time
}

// TestACameraIsToldOfABox: a camera of the desk, as its maker built it, hears
// start with the first piece and stop when the label is scanned on the box, with
// the box of the events and the instants at which they were.
func TestACameraIsToldOfABox(t *testing.T) {
	t.Parallel()
	broker := porttest.Free(t)
	s := sitetest.Start(t, sitetest.Options{Printers: 1, Clock: 20, Device: fmt.Sprintf("[mqtt]\nlisten = %q\n[[device]]\nname = \"cam-1\"\ndriver = \"camera\"\nlink = \"mqtt:\"\nstation = \"pack-1\"\n", broker)})
	s.Basics()
	d := &desk{Site: s}
	w := s.Worker("W-001")
	d.picked(t, w, "O-1", "TOTE-00001")

	cues := make(chan cue, 16)
	c := paho.NewClient(paho.NewClientOptions().AddBroker("tcp://" + broker).SetClientID("cam-1"))
	token := c.Connect()
	require.True(t, token.WaitTimeout(10*time.Second))
	require.NoError(t, token.Error())
	t.Cleanup(func() { c.Disconnect(0) })
	token = c.Subscribe("dc/ICN1/camera/cam-1/cue", 1, func(_ paho.Client, m paho.Message) {
		var x cue
		if assert.NoError(t, json.Unmarshal(m.Payload(), &x)) {
			cues <- x
		}
	})
	require.True(t, token.WaitTimeout(10*time.Second))
	require.NoError(t, token.Error())
	next := func() cue {
		t.Helper()
		select {
		case x := <-cues:
			return x
		case <-time.After(10 * time.Second):
			require.Fail(t, "no cue")
			return cue{}
		}
	}

	require.True(t, w.Act("start", map[string]any{"flow": "pack", "station": "pack-1", "orders": []string{"O-1"}}).OK)
	require.True(t, w.Scan("TOTE-00001").OK)
	assert.Empty(t, cues, "there is no box yet")
	before := time.Now()
	require.True(t, w.Scan(sitetest.Mug).OK)
	first := next()
	assert.Equal(t, "start", first.Cue)
	assert.WithinRange(t, first.At, before.Add(-time.Second), time.Now().Add(time.Second))
	require.True(t, w.Scan(sitetest.Pen).OK)
	sc := d.until(t, w, "the label's code", func(sc *sitetest.Screen) bool { k, code := sc.First(); return k == "waybill" && code != "" })
	assert.Empty(t, cues, "once")
	_, waybill := sc.First()
	require.True(t, w.Scan(waybill).OK, "%v", w.Last)
	last := next()
	assert.Equal(t, "stop", last.Cue)
	assert.Equal(t, first.Box, last.Box)
	assert.NotEqual(t, first.ID, last.ID)
	assert.True(t, last.At.After(first.At))
	bound := ""
	for _, e := range d.events(t) {
		if e.Type == "waybill.bound" {
			bound = fmt.Sprint(e.Data["box"])
		}
	}
	assert.Equal(t, bound, first.Box, "the box of the events")
}
