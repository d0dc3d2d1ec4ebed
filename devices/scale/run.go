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
	// maxChunks bounds what waits while a weight is being stored.
	maxChunks = 64
	// manyFaults in a row mean that the line or the protocol is set up wrongly.
	manyFaults = 3
	// answerWait is how long a question waits for its answer before it is asked
	// again.
	answerWait = time.Second
	// gather is how long bytes may come together before the wire is read again: a
	// frame at 9600 baud comes in five pieces or more, and each wakes the edge.
	gather = 25 * time.Millisecond
)

// chunk is what one Read of the wire gave.
type chunk struct {
	data []byte
	at   time.Time
}

// run is one connection: a goroutine reads the wire, that of serve owns the rest.
type run struct {
	*Scale
	conn    devices.Conn
	to      devices.Sink
	parse   func([]byte) (Frame, error)
	chunks  chan chunk
	readErr chan error
	stop    chan struct{}

	lines   Lines
	dropped int       // of lines, counted already
	faults  int       // in a row
	heard   time.Time // last frame that could be read
	asked   time.Time // question without an answer yet; zero: none
}

func (r *run) read() {
	wait := time.NewTimer(gather)
	defer wait.Stop()
	for {
		buf := make([]byte, 256)
		n, err := r.conn.Read(buf)
		if n > 0 {
			select {
			case r.chunks <- chunk{buf[:n], time.Now()}:
			case <-r.stop:
				return
			}
		}
		if err == nil && n == 0 { // must not be spun on
			err = io.ErrNoProgress
		}
		if err != nil {
			r.readErr <- err
			return
		}
		wait.Reset(gather)
		select {
		case <-wait.C:
		case <-r.stop:
			return
		}
	}
}

// serve asks, listens and notices silence until the connection is lost.
func (r *run) serve(ctx context.Context) error {
	r.heard = time.Now()
	if r.cfg.Protocol == "sics" {
		if err := r.send("I2\r\nI3\r\nI4\r\n"); err != nil {
			return err
		}
	}
	every := time.Second // silence is noticed within this
	if r.cfg.Ask != "" {
		every = min(every, r.cfg.Poll)
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case c := <-r.chunks:
			r.take(ctx, c)
		case <-tick.C:
			if err := r.ask(); err != nil {
				return err
			}
			r.silence()
		case err := <-r.readErr:
			for len(r.chunks) > 0 {
				r.take(ctx, <-r.chunks)
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
	if r.cfg.SilentAfter < 0 || time.Since(r.heard) < r.cfg.SilentAfter || len(r.chunks) > 0 {
		return
	}
	if r.mon.Status().Condition == devices.Ready {
		r.judge.Restart()
		r.show(Weight{Verdict: NoWeight, At: time.Now()})
		r.mon.Set(r.to, devices.Silent, "sends nothing", "switch the scale on and set it to send by itself (stream), in the format of `protocol`")
	}
}

// take works off one chunk.
func (r *run) take(ctx context.Context, c chunk) {
	for _, b := range r.lines.Feed(c.data) {
		f, err := r.parse(b)
		if err != nil {
			r.fault(err)
			continue
		}
		r.faults, r.heard, r.asked = 0, c.at, time.Time{}
		if r.mon.Status().Condition != devices.Ready {
			r.mon.Set(r.to, devices.Ready, "", "")
		}
		if f.Told != "" {
			r.identify(f.Told)
			continue
		}
		w := r.judge.Add(f, b, c.at)
		r.show(w)
		r.hand(ctx, w)
	}
	if n := r.lines.Dropped; n > r.dropped {
		r.mon.Junked(n - r.dropped - 1)
		r.dropped = n
		r.fault(fmt.Errorf("%w: more than %d bytes", ErrFrame, maxFrame))
	}
}

// hand stores a load's weight, once and again when it has changed: goods that
// are added belong to the same parcel.
func (r *run) hand(ctx context.Context, w Weight) {
	if w.Verdict != OK || w.Load == r.handed.Load && r.handed.Grams != "" && within(w.Grams, r.handed.Grams, r.cfg.ZeroBelow) {
		return
	}
	_, err := devices.Hand(ctx, r.to, devices.Reading{Device: r.cfg.Name, At: w.At, Raw: w.Raw, Grams: w.Grams, Load: w.Load})
	if err != nil { // the next frame tries again
		if ctx.Err() == nil {
			r.mon.Note(&devices.Fault{Device: r.cfg.Name, Op: "store", Class: devices.Transient, Hint: "the weight was not stored: leave the parcel on the scale", Err: err})
		}
		return
	}
	r.handed = w
	r.mon.Stored()
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
		Hint: "compare baud, bits, parity and format of the scale with `link` and `protocol`"}
	if errors.Is(err, ErrBit7) {
		f.Hint = "set the line to 8 data bits without parity, here and on the scale: bits=8&parity=none"
	}
	r.mon.Note(f)
	r.log.Debug("left out", "err", err)
	if r.faults >= manyFaults && r.mon.Status().Condition != devices.Faulty {
		r.judge.Restart()
		r.show(Weight{Verdict: NoWeight, At: time.Now()})
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
