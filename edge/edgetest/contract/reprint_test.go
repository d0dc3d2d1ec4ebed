package contract

import (
	"bytes"
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
)

// TestL7OneCopyForOneDecision: the button for one more copy, pressed at the same
// moment on several devices that show the same screen, gives one copy, with its number
// and its reason; what comes again under its id gives none.
func TestL7OneCopyForOneDecision(t *testing.T) {
	t.Parallel()
	s := site(t, 1)
	w := packed(t, s, "O-0007")
	sc := atStep(t, w, "waybill")
	const devices = 6
	var all sync.WaitGroup
	frames, faults := make([]sitetest.Frame, devices), make([]error, devices)
	messages := make([][]byte, devices)
	press := func(i int) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/floor/v1/actions", bytes.NewReader(messages[i]))
		if err == nil {
			r.Header.Set("Authorization", "Bearer "+w.Token)
			r.Header.Set("Content-Type", "application/json")
			var a *http.Response
			if a, err = http.DefaultClient.Do(r); err == nil {
				err = json.NewDecoder(a.Body).Decode(&frames[i])
				_ = a.Body.Close()
			}
		}
		faults[i] = err
	}
	for i := range devices {
		text, err := json.Marshal(map[string]any{"id": sitetest.ID(time.Now()), "action": "reprint", "rev": sc.Rev, "at": time.Now().Format(time.RFC3339Nano),
			"args": map[string]any{"box": sc.Task.Box, "reason": "smeared"}})
		require.NoError(t, err)
		messages[i] = text
	}
	for i := range devices {
		all.Go(func() { press(i) })
	}
	all.Wait()
	granted := -1
	for i, f := range frames {
		require.NoError(t, faults[i])
		if f.OK {
			assert.Equal(t, -1, granted, "a second copy")
			granted = i
		} else {
			assert.Equal(t, "unexpected", f.Code)
		}
	}
	require.GreaterOrEqual(t, granted, 0)
	press(granted)
	require.NoError(t, faults[granted])
	assert.True(t, frames[granted].Repeat)
	require.Eventually(t, func() bool { return s.Printers[0].Status().Odometer == 2 }, 30*time.Second, 20*time.Millisecond)
	atStep(t, w, "waybill")
	finish(t, s, w)
	var copies, reasons []any
	for _, e := range events(t, s) {
		switch e.Type {
		case "label.intent":
			copies = append(copies, e.Data["copy"])
		case "step.confirmed":
			if e.Data["kind"] == "reprint" {
				reasons = append(reasons, e.Data["reason"])
			}
		}
	}
	assert.Equal(t, []any{1.0, 2.0}, copies)
	assert.Equal(t, []any{"smeared"}, reasons)
	assert.EqualValues(t, 2, s.Printers[0].Status().Odometer)
}
