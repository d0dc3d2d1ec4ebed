package agent

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"dcedge/devices/mqtt"
	"dcedge/edge"
	"dcedge/edge/config"
)

// Bounds of camera cues.
const (
	cueAgain = time.Second // between two tries to tell a camera that is away
	maxCues  = 64          // that wait for one camera; the oldest goes
)

// The two cues of a box.
const (
	cueStart = "start"
	cueStop  = "stop"
)

// cameras marks for the cameras of desks when a box is packed: start with its
// first piece, stop with its bound label, or when it leaves the desk otherwise. A
// cue is news: a dead camera stops nobody. No picture comes to the edge.
type cameras struct {
	at    map[string][]string // cameras by station
	send  func(mqtt.Command) error
	newID func() string
	now   func() time.Time
	log   *slog.Logger
	woken chan struct{} // holds one

	mu    sync.Mutex
	works map[string]string         // station of a pack work that is open
	shot  map[string]string         // the box that is on camera, by station
	ended map[string]string         // the last one that was bound, by station
	wait  map[string][]mqtt.CueBody // by camera
}

// camerasOf gives the cameras of each station.
func camerasOf(cfg *config.Config) map[string][]string {
	out := map[string][]string{}
	for _, d := range cfg.Devices {
		if d.Driver == mqtt.Camera {
			out[d.Station] = append(out[d.Station], d.Name)
		}
	}
	return out
}

func newCameras(at map[string][]string, send func(mqtt.Command) error, newID func() string, now func() time.Time, log *slog.Logger) *cameras {
	return &cameras{at: at, send: send, newID: newID, now: now, log: log, woken: make(chan struct{}, 1),
		works: map[string]string{}, shot: map[string]string{}, ended: map[string]string{}, wait: map[string][]mqtt.CueBody{}}
}

// Committed follows the engine. It does not block.
func (c *cameras) Committed(x *edge.Commit) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range x.Events {
		if b, ok := x.Events[i].Data.(*edge.WaybillEvent); ok && x.Events[i].Type == edge.EvBound && !x.Events[i].Practice {
			c.bound(b.Box)
		}
	}
	for i := range x.Changes {
		if x.Changes[i].Table == edge.TableWork {
			w, _ := x.Changes[i].Value.(*edge.Work)
			c.work(x.Changes[i].Key, w)
		}
	}
}

// bound ends the box whose label was scanned on it.
func (c *cameras) bound(box string) {
	for station, on := range c.shot {
		if on == box {
			c.stop(station)
			c.ended[station] = box
		}
	}
}

// work follows a piece of work; nil: it is over.
func (c *cameras) work(key string, w *edge.Work) {
	if w == nil || w.Flow != edge.Pack || len(c.at[w.Station]) == 0 {
		if station, ok := c.works[key]; ok {
			delete(c.works, key)
			c.stop(station)
			delete(c.ended, station) // whoever goes on with the box is seen again
		}
		return
	}
	c.works[key] = w.Station
	if w.Box == "" || w.Box == c.shot[w.Station] || w.Box == c.ended[w.Station] {
		return
	}
	c.stop(w.Station)
	c.shot[w.Station] = w.Box
	c.cue(w.Station, w.Box, cueStart)
}

func (c *cameras) stop(station string) {
	if box := c.shot[station]; box != "" {
		delete(c.shot, station)
		c.cue(station, box, cueStop)
	}
}

// cue has the cameras of a station told. The caller holds mu.
func (c *cameras) cue(station, box, what string) {
	for _, camera := range c.at[station] {
		list := append(c.wait[camera], mqtt.CueBody{ID: c.newID(), Box: box, At: c.now(), Cue: what})
		if len(list) > maxCues {
			list = slices.Delete(list, 0, 1)
			c.log.Warn("a camera is away for long and misses cues", "camera", camera)
		}
		c.wait[camera] = list
	}
	select {
	case c.woken <- struct{}{}:
	default:
	}
}

// Run tells the cameras until ctx ends, each in order. One that is away is told
// when it is back, with the instants at which it was.
func (c *cameras) Run(ctx context.Context) error {
	again := time.NewTicker(cueAgain)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-c.woken:
		case <-again.C:
		}
		c.tell()
	}
}

// tell sends what waits. The broker may take its time: nothing is locked meanwhile,
// the engine follows on.
func (c *cameras) tell() {
	for _, list := range c.at {
		for _, camera := range list {
			for cue, ok := c.next(camera); ok && c.send(mqtt.CueTo(camera, cue)) == nil; cue, ok = c.next(camera) {
				c.told(camera, cue.ID)
			}
		}
	}
}

func (c *cameras) next(camera string) (cue mqtt.CueBody, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if list := c.wait[camera]; len(list) > 0 {
		return list[0], true
	}
	return cue, false
}

// told takes a cue that was sent from those that wait; it may have been dropped.
func (c *cameras) told(camera, id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := c.wait[camera]
	if i := slices.IndexFunc(list, func(b mqtt.CueBody) bool { return b.ID == id }); i >= 0 {
		list = slices.Delete(list, i, i+1)
	}
	if c.wait[camera] = list; len(list) == 0 {
		delete(c.wait, camera)
	}
}
