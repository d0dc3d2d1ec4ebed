package agent

import (
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"

	"dcedge/edge"
)

// lamps keeps what was shown.
type lamps []string

func (l *lamps) Light(light, colour, reason string) { *l = append(*l, light+" "+colour+" "+reason) }

// TestGuestLabelLightsTheDesk from its intent until it is on its box, and only
// where it is not that desk's own.
func TestGuestLabelLightsTheDesk(t *testing.T) {
	g := &guests{policy: &edge.Policy{Stations: []edge.Station{{Name: "pack-1", Printers: []string{"p1", "p2"}}, {Name: "pack-2", Printers: []string{"p2", "p1"}}}},
		lamps: map[string]string{"pack-2": "lamp-2"}, log: slog.New(slog.DiscardHandler), lit: map[string]string{}}
	var shown lamps
	g.use(&shown)
	commit := func(t edge.Type, data edge.Data, box, station string) {
		g.Committed(&edge.Commit{Events: []edge.Event{{Type: t, Data: data}},
			Changes: []edge.Change{{Table: edge.TableBoxes, Key: box, Value: &edge.Box{ID: box, Station: station}}}})
	}
	commit(edge.EvLabelIntent, &edge.LabelEvent{Box: "B-1", Printer: "p2"}, "B-1", "pack-2")
	commit(edge.EvLabelIntent, &edge.LabelEvent{Box: "B-2", Printer: "p1"}, "B-2", "pack-1")
	assert.Empty(t, shown, "their own desks")
	commit(edge.EvLabelIntent, &edge.LabelEvent{Box: "B-2", Printer: "p2"}, "B-2", "pack-1")
	commit(edge.EvLabelIntent, &edge.LabelEvent{Box: "B-3", Printer: "p2"}, "B-3", "pack-1")
	commit(edge.EvBound, &edge.WaybillEvent{Box: "B-2"}, "B-2", "pack-1")
	assert.Equal(t, lamps{"lamp-2 blue guestLabel", "lamp-2 blue guestLabel", "lamp-2 blue guestLabel"}, shown, "one still lies there")
	commit(edge.EvLabelFailed, &edge.LabelEvent{Box: "B-3"}, "B-3", "pack-1")
	commit(edge.EvBound, &edge.WaybillEvent{Box: "B-1"}, "B-1", "pack-2")
	assert.Equal(t, "lamp-2  guestLabel", shown[3])
	assert.Len(t, shown, 4)
}
