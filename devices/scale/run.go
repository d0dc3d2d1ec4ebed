package scale

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"dcedge/devices"
)

const (
	// maxBatches bounds what waits while a weight is being stored.
	maxBatches = 64
	// manyFaults in a row mean that the line or the protocol is set up wrongly.
	manyFaults = 3
	// answerWait is how long a question waits for its answer before it is asked
	// again.
	answerWait = time.Second
	// gather is how long bytes may come together where the wire cannot wait for a
	// whole frame by itself: one at 9600 baud comes in five pieces or more, and each
	// wakes the edge.
	gather = 25 * time.Millisecond

	compareLine = "compare baud, bits, parity and format of the scale with `link` and `protocol`"
)

// batch is the frames that one Read of the wire made whole.
type batch struct {
	frames  [][]byte
	dropped int // stretches without an end
	at      time.Time
	turn    uint64
}

// run is one connection: a goroutine reads the wire, that of serve judges.
type run struct {
	*Scale
	conn    devices.Conn
	to      devices.Sink
	parse   func([]byte) (Frame, error)
	batches chan batch
	readErr chan error
	stop    chan struct{}

	faults int       // in a row
	asked  time.Time // question without an answer yet; zero: none
}

// read cuts what comes into frames. It is woken once a frame where the wire can do
// that, and a frame that repeats the one before wakes nobody else.
func (r *run) read() {
	var lines Lines
	wait := time.NewTimer(gather)
	defer wait.Stop()
	// What comes is read whole each time: a weight that waits behind others is not
	// that of now.
	buf, least := make([]byte, 16<<10), shortest(r.cfg.Protocol)
	devices.Gather(r.conn, least)
	for {
		dropped := lines.Dropped
		n, err := r.conn.Read(buf)
		b := batch{frames: lines.Feed(buf[:n]), dropped: lines.Dropped - dropped, at: time.Now()}
		if !r.give(b) {
			return
		}
		if err == nil && n == 0 { // must not be spun on
			err = io.ErrNoProgress
		}
		if err != nil {
			r.readErr <- err
			return
		}
		// With fewer bytes no frame can be whole: nothing is seen later for it.
		missing := least - lines.Begun()
		if devices.Gather(r.conn, max(missing, 1)) && missing > 0 {
			continue
		}
		wait.Reset(gather)
		select {
		case <-wait.C:
		case <-r.stop:
			return
		}
	}
}

// give hands frames over to be looked at; false: the run is over.
func (r *run) give(b batch) bool {
	if len(b.frames) == 0 && b.dropped == 0 {
		return true
	}
	same := false
	if b.turn, same = r.repeats(b.frames, b.at); same && b.dropped == 0 {
		return true
	}
	select {
	case r.batches <- b:
		return true
	case <-r.stop:
		return false
	}
}

// serve asks, listens and notices silence until the connection is lost.
func (r *run) serve(ctx context.Context) error {
	r.hears(time.Now())
	if r.cfg.Protocol == "sics" {
		if err := r.send("I2\r\nI3\r\nI4\r\n"); err != nil {
			return err
		}
	}
	every := time.Second // silence is noticed within this
	if r.cfg.Ask != "" {
		every = min(every, r.cfg.Poll)
	}
	tick := time.NewTimer(devices.Together(every))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case b := <-r.batches:
			r.take(ctx, b)
		case <-tick.C:
			tick.Reset(devices.Together(every))
			if err := r.ask(); err != nil {
				return err
			}
			r.silence()
		case err := <-r.readErr:
			for len(r.batches) > 0 {
				r.take(ctx, <-r.batches)
			}
			return err
		}
	}
}

// ask polls, one question at a time.
func (r *run) ask() error {
	if r.cfg.Ask == "" || !r.asked.IsZero() && time.Since(r.asked) < answerWait {
		return nil
	}
	r.asked = time.Now()
	return r.send(r.cfg.Ask)
}

func (r *run) silence() {
	if r.cfg.SilentAfter < 0 || len(r.batches) > 0 || r.mon.Status().Condition != devices.Ready {
		return
	}
	if !r.forget(r.cfg.SilentAfter) {
		return
	}
	if r.noise() {
		r.mon.Set(r.to, devices.Faulty, "sends nothing that can be read", compareLine)
		return
	}
	r.mon.Set(r.to, devices.Silent, "sends nothing", "switch the scale on and set it to send by itself (stream), in the format of `protocol`")
}

// noise says that bytes came lately.
func (r *run) noise() bool { return time.Since(r.mon.Status().LastIn) < r.cfg.SilentAfter }

// hears notes when something that could be read came.
func (r *run) hears(at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.heard = at
}

// forget says that nothing is known of the weight any more, unless something was
// heard within a time.
func (r *run) forget(within time.Duration) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.heard) < within {
		return false
	}
	r.judge.Restart()
	r.last, r.still = Weight{Verdict: NoWeight, At: time.Now()}, nil
	return true
}

// take looks at frames.
func (r *run) take(ctx context.Context, b batch) {
	for i, raw := range b.frames {
		f, err := r.parse(raw)
		if err != nil {
			r.fault(err)
			continue
		}
		r.faults, r.asked = 0, time.Time{}
		r.hears(b.at)
		if r.mon.Status().Condition != devices.Ready {
			r.mon.Set(r.to, devices.Ready, "", "")
		}
		if f.Told != "" {
			r.identify(f.Told)
			continue
		}
		w := r.judge.Add(f, raw, b.at)
		r.show(w)
		if r.hand(ctx, w) && w.Verdict != Moving && r.cfg.Ask == "" && i == len(b.frames)-1 && b.dropped == 0 {
			r.rests(raw, b.turn)
		}
	}
	if b.dropped > 0 {
		r.mon.Junked(b.dropped - 1)
		r.fault(fmt.Errorf("%w: more than %d bytes", ErrFrame, maxFrame))
	}
}

// hand stores a load's weight, once and again when it has changed: goods that
// are added belong to the same parcel. False: it is to be tried again.
func (r *run) hand(ctx context.Context, w Weight) bool {
	if w.Verdict != OK || w.Load == r.handed.Load && r.handed.Grams != "" && within(w.Grams, r.handed.Grams, r.cfg.ZeroBelow) {
		return true
	}
	_, err := devices.Hand(ctx, r.to, devices.Reading{Device: r.cfg.Name, At: w.At, Raw: w.Raw, Grams: w.Grams, Load: w.Load})
	if err != nil { // the next frame tries again
		if ctx.Err() == nil {
			r.mon.Note(&devices.Fault{Device: r.cfg.Name, Op: "store", Class: devices.Transient, Hint: "the weight was not stored: leave the parcel on the scale", Err: err})
		}
		return false
	}
	r.handed = w
	r.mon.Stored()
	return true
}

// identify takes an answer of MT-SICS about the scale itself.
func (r *run) identify(told string) {
	switch text := told[2:]; told[:2] {
	case "I2":
		r.mon.Identify(text, "", "")
	case "I3":
		r.mon.Identify("", "", text)
	case "I4":
		r.mon.Identify("", text, "")
	}
}

func (r *run) fault(err error) {
	r.mon.Junked(1)
	r.faults++
	f := &devices.Fault{Device: r.cfg.Name, Op: "read", Class: devices.Corrupt, Err: err,
		Hint: compareLine}
	if errors.Is(err, ErrBit7) {
		f.Hint = "set the line to 8 data bits without parity, here and on the scale: bits=8&parity=none"
	}
	r.mon.Note(f)
	r.log.Debug("left out", "err", err)
	if r.faults >= manyFaults && r.mon.Status().Condition != devices.Faulty {
		r.forget(0)
		r.mon.Set(r.to, devices.Faulty, "sends nothing that can be read", f.Hint)
	}
}

func (r *run) send(s string) error {
	if err := r.conn.SetWriteDeadline(time.Now().Add(r.cfg.WriteStall)); err != nil {
		return fmt.Errorf("scale: %w", err)
	}
	if _, err := r.conn.Write([]byte(s)); err != nil {
		return fmt.Errorf("scale: %w", err)
	}
	return nil
}
