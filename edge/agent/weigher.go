package agent

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"dcedge/devices"
	"dcedge/devices/scale"
	"dcedge/edge"
)

const weighRetry = time.Second // after an answer that did not come

// floorScreens is the engine as a weigher uses it.
type floorScreens interface {
	floorSubmit
	Screen(ctx context.Context, worker string, roles []edge.Role) (*edge.Screen, error)
}

// weigher gives what lies on a desk's scale to the box that is to be weighed
// there, as the packer's act weight. A load is used for one box: also one that
// was closed otherwise while it lay there.
type weigher struct {
	device   string
	stations []string // that the scale belongs to
	desks    *desks
	floor    floorScreens
	weight   func() scale.Weight
	shown    func(worker string, v edge.Verdict)
	key      []byte
	now      func() time.Time
	log      *slog.Logger
	woken    chan struct{} // holds one

	mu   sync.Mutex
	used uint64 // the last load that belongs to a box

	tried weighing      // of Run: what was refused last
	open  *edge.Message // of Run: an act whose outcome is not known
	asked weighing      // of Run: what open is about
}

// weighing is one try: the same load with the same weight is told once a box.
type weighing struct {
	box, worker, grams string
	load               uint64
}

var _ devices.Sink = (*weigher)(nil)

func newWeigher(device string, d *desks, floor floorScreens, weight func() scale.Weight) *weigher {
	w := &weigher{device: device, desks: d, floor: floor, weight: weight, woken: make(chan struct{}, 1)}
	for _, s := range d.stations {
		if s.Scale == device {
			w.stations = append(w.stations, s.Name)
		}
	}
	return w
}

// Read implements devices.Sink. A weight is no event of its own: it counts once
// a box wants it, and what lies on the scale then is asked for then.
func (w *weigher) Read(context.Context, devices.Reading) error {
	w.wake()
	return nil
}

// State implements devices.Sink; the device's monitor keeps it.
func (w *weigher) State(x devices.State) {
	w.log.Info("scale state", "condition", string(x.Condition), "detail", x.Detail)
}

func (w *weigher) wake() {
	select {
	case w.woken <- struct{}{}:
	default:
	}
}

// spend marks what lies on the scale as used: a box was closed beside it.
func (w *weigher) spend() {
	if x := w.weight(); x.Load > 0 {
		w.mu.Lock()
		w.used = x.Load
		w.mu.Unlock()
	}
}

func (w *weigher) fresh(load uint64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return load != w.used
}

// Run looks whenever scale or floor changed, until ctx ends.
func (w *weigher) Run(ctx context.Context) error {
	retry := time.NewTimer(time.Hour)
	defer retry.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-w.woken:
		case <-retry.C:
		}
		if again := w.look(ctx); again {
			retry.Reset(weighRetry)
		}
	}
}

// look gives the weight to the first desk that wants one; true: look again soon.
func (w *weigher) look(ctx context.Context) (again bool) {
	x := w.weight()
	if x.Verdict != scale.OK || !w.fresh(x.Load) {
		return false
	}
	for _, station := range w.stations {
		at, ok := w.desks.working(station)
		if !ok {
			continue
		}
		sc, err := w.floor.Screen(ctx, at.worker, at.roles)
		if err != nil {
			return true
		}
		if sc == nil || len(sc.Expect) == 0 || sc.Expect[0].Kind != expectWeight || sc.Station != station {
			continue
		}
		try := weighing{box: sc.Expect[0].Box, worker: at.worker, grams: x.Grams, load: x.Load}
		if try == w.tried {
			continue
		}
		return w.tell(ctx, at, sc, try)
	}
	return false
}

// expectWeight is what a desk's screen expects that wants a weight (floor
// contract, section 3).
const expectWeight = "weight"

// tell submits the weight. Without an answer the same act is told again.
func (w *weigher) tell(ctx context.Context, at who, sc *edge.Screen, try weighing) (again bool) {
	if w.open == nil || w.asked != try {
		w.open = &edge.Message{Kind: edge.Act, ID: newMessageID(w.now()), Worker: at.worker, Roles: at.roles, Session: at.session, Proven: at.proven,
			Device: w.device, Action: "weight", Args: edge.Args{Grams: try.grams, Source: "scale"}}
		w.open.Hash = contentHash(w.key, "act", "weight", try.grams)
		w.asked = try
	}
	once := *w.open
	once.DeviceAt, once.Rev = time.Now(), sc.Rev
	in, cancel := context.WithTimeout(ctx, decideWithin)
	defer cancel()
	v, err := w.floor.Submit(in, &once)
	if err != nil {
		if ctx.Err() == nil {
			w.log.Warn("weight without an answer; it is told again", "err", err)
		}
		return true
	}
	w.open = nil
	if v.Say.Key == "screen.changed" { // somebody pressed in the same moment
		return true
	}
	w.shown(at.worker, v)
	if !v.OK {
		w.tried = try
		return false
	}
	w.mu.Lock()
	w.used = try.load
	w.mu.Unlock()
	return false
}
