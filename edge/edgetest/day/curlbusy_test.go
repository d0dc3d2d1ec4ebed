package day

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"dcedge/edge/edgetest/sitetest"
)

// TestABusyBadgeLeavesNothingBehind: whoever is at work already is told so before the
// WMS sends a record: no orders stay on the floor that the next run would pick.
func TestABusyBadgeLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Printers: 1, Clock: 50})
	s.Basics()
	othersWave(s)
	s.Worker("W-P").Act("start", map[string]any{"flow": "pick", "mode": "total"})
	belt := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})) // it is asked whether it is there
	t.Cleanup(belt.Close)
	for _, name := range []string{"short.sh", "load.sh", "pack.sh", "hospital.sh", "wave.sh"} {
		code, said := script(t, s, name, "BADGE=W-P", "PRINTER="+s.Printers[0].ControlURL(), "BELT="+belt.URL, "STATION=pack-1", "PIN="+sitetest.LeadPIN,
			"SHORT=BUSY", "LOAD=BUSY", "PAIR=BUSY", "HOSP=BUSY", "WAVE=BUSY")
		assert.Equal(t, 2, code, name)
		assert.Contains(t, said, "W-P is at work already", name)
	}
	for _, e := range eventsOf(t, s) {
		assert.False(t, strings.HasPrefix(e.Order, "BUSY"), "%s %s", e.Type, e.Order)
	}
}
