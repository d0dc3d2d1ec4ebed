package scanner

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"dcedge/devices"
)

const (
	// maxChunks bounds what waits while a read is being stored; beyond it the
	// kernel's buffer holds the rest.
	maxChunks = 64
	// mostReads is how many reads a second are believed; more than any tunnel has. What
	// is not stored as fast as it comes would be taken later, for somebody else's work.
	mostReads = 250
	// manyFaults in a row without a read mean that the line is set up wrongly. Of an
	// SSI scanner one is enough before its first packet: it adds up what it sends, so
	// that another scanner was plugged in.
	manyFaults = 3
	// greetAfter is the silence after which an SSI scanner is asked who it is. One
	// that waits for the answer to a read, and has lost it with the line, would
	// take the acknowledgement of its own reply for that answer and forget the
	// read; it sends again within its time-out, 2 s by default.
	greetAfter = 3 * time.Second
	// answerWithin is an SSI decoder's longest time-out at its default.
	answerWithin = 2 * time.Second
	// lostAnswer is how long before a loss of the line a read can have been taken
	// whose answer did not arrive: the scanner will send it again as a new one.
	lostAnswer = time.Second
	// againWindow is how long a packet marked as sent again can be a repeat of
	// the last one: the longest time-out that SSI scanners can be set to.
	againWindow = 10 * time.Second
)

// chunk is what one Read of the wire gave.
type chunk struct {
	data []byte
	at   time.Time
}

// run is one connection: a goroutine reads the wire, that of serve owns the rest.
type run struct {
	*Scanner
	conn    devices.Conn
	to      devices.Sink
	framer  Framer
	chunks  chan chunk
	readErr chan error
	stop    chan struct{}

	faults  int  // in a row
	asked   bool // who it is, since it last said something that cannot be read
	answers bool // it said something in its protocol on this connection

	reads devices.Rate
}

// taken is the read that was taken last, for telling repeats. It outlives the
// connection: a scanner whose cable was pulled sends again what it has no answer
// for.
type taken struct {
	code, symbology string
	at              time.Time // when it was there last; monotonic, a clock set back changes nothing
	open            bool      // the line was lost so soon that its answer may not have arrived
}

func (r *run) read() {
	for {
		buf := make([]byte, 512)
		n, err := r.conn.Read(buf)
		if n > 0 {
			select {
			case r.chunks <- chunk{buf[:n], time.Now()}:
			case <-r.stop:
				return
			}
		}
		if err != nil {
			r.readErr <- err
			return
		}
		if n == 0 { // a wire that returns nothing and no error must not be spun on
			r.readErr <- io.ErrNoProgress
			return
		}
	}
}

// serve takes bytes, silences and signals until the connection is lost.
func (r *run) serve(ctx context.Context) error {
	greet := time.NewTimer(greetAfter)
	defer greet.Stop()
	quiet := time.NewTimer(time.Hour)
	defer quiet.Stop()
	last, wants := time.Now(), time.Duration(0)
	arm := func() {
		if wants = r.framer.Wants(); wants > 0 {
			quiet.Reset(time.Until(last.Add(wants)))
		}
	}
	arm()
	for {
		var events []Event
		select {
		case <-ctx.Done():
			return nil
		case c := <-r.chunks:
			last = c.at
			greet.Reset(greetAfter)
			events = r.framer.Feed(c.data)
		case <-greet.C:
			if r.cfg.Protocol != "ssi" || len(r.chunks) > 0 {
				continue
			}
			if r.asked { // it may only send, or sleep, or be another one
				r.unheard()
				continue
			}
			r.asked = true
			if err := r.send(hostPacket(opRequestRevision)); err != nil {
				return err
			}
			greet.Reset(answerWithin)
		case <-quiet.C:
			if wants == 0 || len(r.chunks) > 0 {
				continue // what lies there came in time
			}
			events = r.framer.Quiet(time.Since(last))
		case cue := <-r.cues:
			if err := r.signal(cue); err != nil {
				return err
			}
		case err := <-r.readErr:
			// What was read before the loss still counts.
			for len(r.chunks) > 0 {
				c := <-r.chunks
				if werr := r.take(ctx, r.framer.Feed(c.data), c.at); werr != nil {
					break
				}
			}
			return err
		}
		if err := r.take(ctx, events, last); err != nil {
			return err
		}
		arm()
	}
}

// take works off events; its error ends the connection.
func (r *run) take(ctx context.Context, events []Event, at time.Time) error {
	for _, e := range events {
		answer := e.Answer
		switch {
		case e.Fault != nil:
			r.fault(e)
			answer = slices.Concat(e.Answer, e.Refuse)
			if len(e.Refuse) > 0 {
				answer = e.Refuse
			}
		case e.Read:
			if err := r.pace(at); err != nil {
				return err
			}
			if answer = r.readEvent(ctx, e, at); ctx.Err() != nil && answer == nil {
				return nil
			}
		case len(e.Raw) > 0: // a packet that is no read
			r.readable()
			if e.Firmware != "" {
				r.mon.Identify("SSI decoder", "", e.Firmware)
			}
		}
		if len(answer) > 0 {
			if err := r.send(answer); err != nil {
				return err
			}
		}
	}
	return nil
}

// pace ends the connection of a scanner that sends more reads than there can be.
func (r *run) pace(at time.Time) error {
	if !r.reads.Over(1, at) {
		return nil
	}
	return &devices.Fault{Device: r.cfg.Name, Op: "read", Class: devices.Corrupt, Err: devices.ErrFlood,
		Hint: "switch the scanner off and on; if it stays, see that `link` leads to a scanner and to nothing else"}
}

// readEvent hands a read over and gives what the scanner is to be told: its
// acknowledgement only when the read is on disk.
func (r *run) readEvent(ctx context.Context, e Event, at time.Time) []byte {
	r.readable()
	none, last := r.noRead(e.Code), &r.last
	same := e.Code == last.code && e.Symbology == last.symbology && !last.at.IsZero()
	again := r.marks.repeat(e.Again, same)
	if gap := at.Sub(last.at); same && ((again || last.open) && gap < againWindow || !none && gap < r.cfg.Bounce) {
		last.at, last.open = at, false // it is still there: the window moves on
		r.mon.Repeated()
		r.log.Debug("repeat left out", "again", again)
		return e.Answer
	}
	reading := devices.Reading{Device: r.cfg.Name, At: at, Raw: e.Raw, Code: e.Code, Symbology: e.Symbology}
	if none {
		reading.Code, reading.Symbology, reading.NoRead = "", "", true
	}
	cue, err := devices.Hand(ctx, r.to, reading)
	if err != nil {
		if ctx.Err() != nil {
			return nil // the edge ends: the scanner hears nothing and may send it again
		}
		r.mon.Note(&devices.Fault{Device: r.cfg.Name, Op: "store", Class: devices.Transient,
			Hint: "the read was not stored: scan again", Err: err})
		r.log.Warn("read not stored", "err", err)
		*last, r.marks.lost = taken{}, true
		return slices.Concat(e.Refuse, r.beep(devices.CueBad))
	}
	r.mon.Stored()
	*last = taken{code: e.Code, symbology: e.Symbology, at: at}
	return slices.Concat(e.Answer, r.beep(cue))
}

// readable notes that the scanner speaks as it should.
func (r *run) readable() {
	r.answers = true
	r.faults = 0
	if st := r.mon.Status(); st.Condition != devices.Ready || st.Detail != "" {
		r.mon.Set(r.to, devices.Ready, "", "")
	}
}

// unheard notes that nothing on this line has answered in its protocol yet.
func (r *run) unheard() {
	if !r.answers && r.mon.Status().Condition == devices.Ready {
		r.mon.Set(r.to, devices.Ready, "it has not said who it is", "pull its trigger once: if it stays, see that this scanner is the one that is configured, and speaks SSI")
	}
}

func (r *run) fault(e Event) {
	r.mon.Junked(1)
	r.faults++
	r.marks.lost = true
	r.asked = false // it may be another one by now
	r.log.Debug("left out", "bytes", len(e.Raw), "err", e.Fault)
	f := &devices.Fault{Device: r.cfg.Name, Op: "read", Class: devices.Corrupt, Err: e.Fault,
		Hint: "scan again; if it stays, compare baud, bits, parity and suffix of the scanner with `link` and `protocol`"}
	r.mon.Note(f)
	if r.faults >= manyFaults || r.cfg.Protocol == "ssi" && !r.answers {
		r.mon.Set(r.to, devices.Faulty, "sends nothing that can be read", f.Hint)
	}
}

// signal tells a cue that came from outside.
func (r *run) signal(c devices.Cue) error {
	if b := r.tone(c); len(b) > 0 {
		return r.send(b)
	}
	return nil
}

// beep is the cue of a read; most scanners beep for a good one by themselves.
func (r *run) beep(c devices.Cue) []byte {
	if c == devices.CueGood && !r.cfg.GoodBeep {
		return nil
	}
	return r.tone(c)
}

// tone is a cue in the scanner's own words; nil where it has none for it.
func (r *run) tone(c devices.Cue) []byte {
	switch {
	case c == devices.CueNone:
	case r.cfg.Protocol == "ssi" && c == devices.CueGood:
		return hostPacket(opBeep, beepShortHigh)
	case r.cfg.Protocol == "ssi":
		return hostPacket(opBeep, beepLongLow4)
	case r.cfg.Bell && c == devices.CueGood:
		return []byte{bel}
	case r.cfg.Bell:
		return []byte{bel, bel, bel}
	}
	return nil
}

func (r *run) send(b []byte) error {
	if err := r.conn.SetWriteDeadline(time.Now().Add(r.cfg.WriteStall)); err != nil {
		return fmt.Errorf("scanner: %w", err)
	}
	if _, err := r.conn.Write(b); err != nil {
		return fmt.Errorf("scanner: %w", err)
	}
	return nil
}
