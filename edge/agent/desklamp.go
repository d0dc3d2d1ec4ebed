package agent

import (
	"context"
	"sync"
	"time"

	"dcedge/devices/mqtt"
)

// lampAgain is how often a lamp that shows something is told so again: one that
// was away has forgotten it.
const lampAgain = 5 * time.Second

// deskLamps drives the lights of desks behind the broker.
type deskLamps struct {
	send  func(mqtt.Command) error
	newID func() string
	woken chan struct{} // holds one

	mu   sync.Mutex
	want map[string]mqtt.LightBody // by light
	told map[string]string         // the colour that it got last
}

var _ Lamp = (*deskLamps)(nil)

func newDeskLamps(send func(mqtt.Command) error, newID func() string) *deskLamps {
	return &deskLamps{send: send, newID: newID, woken: make(chan struct{}, 1), want: map[string]mqtt.LightBody{}, told: map[string]string{}}
}

// Light implements Lamp.
func (l *deskLamps) Light(light, colour, _ string) {
	b := mqtt.LightBody{Colour: colour}
	if colour != "" {
		b.Quantity = 1
	}
	l.mu.Lock()
	l.want[light] = b
	l.mu.Unlock()
	select {
	case l.woken <- struct{}{}:
	default:
	}
}

// Run tells the lamps what they are to show until ctx ends.
func (l *deskLamps) Run(ctx context.Context) error {
	again := time.NewTicker(lampAgain)
	defer again.Stop()
	for {
		all := false
		select {
		case <-ctx.Done():
			return nil
		case <-l.woken:
		case <-again.C:
			all = true
		}
		l.tell(all)
	}
}

// tell sends what a lamp does not know yet; with all, also what it should know. An
// error is a lamp that is not there: it is told again.
func (l *deskLamps) tell(all bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for light, b := range l.want {
		if told, ok := l.told[light]; ok && told == b.Colour && !(all && b.Colour != "") {
			continue
		}
		b.ID = l.newID()
		if l.send(mqtt.LightTo(light, b)) == nil {
			l.told[light] = b.Colour
		} else {
			delete(l.told, light)
		}
	}
}
