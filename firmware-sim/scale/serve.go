package scale

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"dcedge/firmware-sim/wire"
)

// sicsWait is how long S waits for a stable weight before it says S I.
const sicsWait = 5 * time.Second

// keepTold is how many frames are remembered.
const keepTold = 4096

// talk is one connection.
type talk struct {
	s      *Scale
	w      io.Writer
	mu     sync.Mutex // frames and answers do not run into each other
	stream bool       // of SIR; guarded by mu
}

// serve streams and answers on one connection until it breaks.
func (s *Scale) serve(ctx context.Context, conn io.ReadWriteCloser) {
	ctx, cancel := context.WithCancel(ctx)
	t := &talk{s: s, w: conn, stream: s.cfg.Protocol != "sics" && !s.cfg.Ask}
	var group sync.WaitGroup
	group.Go(func() {
		defer cancel()
		t.listen(ctx, conn)
	})
	t.run(ctx)
	cancel()
	_ = conn.Close() // wakes the listener
	group.Wait()
}

// run sends frames at the scale's rate.
func (t *talk) run(ctx context.Context) {
	tick := time.NewTicker(max(time.Millisecond, time.Duration(float64(time.Second)/t.s.cfg.Rate/t.s.cfg.Clock)))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		t.mu.Lock()
		on := t.stream
		t.mu.Unlock()
		if on && t.tell("S ") != nil {
			return
		}
	}
}

// tell sends the present reading.
func (t *talk) tell(prefix string) error {
	b := t.s.frame(prefix)
	if b == nil {
		return nil
	}
	return t.write(b)
}

func (t *talk) write(b []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, err := t.w.Write(b)
	return err
}

// frame is the present reading on the wire, with what faults make of it; nil
// where nothing is sent.
func (s *Scale) frame(prefix string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.faults
	if f.Silent {
		return nil
	}
	r := s.reading()
	b := Frame(s.cfg.Protocol, r)
	if prefix != "S " {
		b = append([]byte(prefix), b[2:]...)
	}
	s.frames++
	right := true
	if f.Point && bytes.IndexByte(b, '.') >= 0 {
		b, right = bytes.Replace(b, []byte("."), []byte("0"), 1), false
	}
	if f.Bit7 {
		for i := range b {
			right = right && b[i] < 0x80
			b[i] &= 0x7f
		}
	}
	if s.chance.Float64() < f.Half {
		b, right = b[:1+s.chance.IntN(len(b)-3)], false
	}
	if right {
		if len(s.told) >= keepTold {
			s.told = append(s.told[:0:0], s.told[1:]...)
		}
		s.told = append(s.told, string(b))
	}
	if s.chance.Float64() < f.Noise {
		rubbish := make([]byte, 1+s.chance.IntN(12))
		for i := range rubbish {
			rubbish[i] = byte(s.chance.IntN(256))
		}
		b = append(rubbish, b...)
	}
	return b
}

// Told gives the frames that were sent whole and right, the newest last.
func (s *Scale) Told() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.told...)
}

// listen takes the host's commands, which end in CR LF.
func (t *talk) listen(ctx context.Context, r io.Reader) {
	var line []byte
	buf := make([]byte, 64)
	for ctx.Err() == nil {
		n, err := r.Read(buf)
		for _, b := range buf[:n] {
			switch {
			case b == '\n':
				t.command(ctx, strings.TrimRight(string(line), "\r"))
				line = line[:0]
			case len(line) < 64:
				line = append(line, b)
			}
		}
		if err != nil {
			return
		}
	}
}

// command answers one command. What cannot be sent ends the connection.
func (t *talk) command(ctx context.Context, c string) {
	var err error
	switch p := t.s.cfg.Protocol; {
	case t.s.Faults().Silent:
	case p == "sics":
		err = t.sics(ctx, c)
	case strings.HasPrefix(p, "cas") && strings.HasSuffix(c, "RW"), p == "aandd" && c == "Q", p == "dini" && strings.HasSuffix(c, "R"):
		err = t.tell("S ")
	case strings.HasPrefix(p, "cas") && strings.HasSuffix(c, "MZ"), p == "aandd" && c == "Z", p == "dini" && strings.HasSuffix(c, "ZERO"):
		t.s.Zero()
	case strings.HasPrefix(p, "cas"):
		err = t.write([]byte("?\r\n"))
	}
	if err != nil {
		t.s.cfg.Log.Debug("scale answer", "scale", t.s.cfg.Name, "err", err)
	}
}

// sics answers MT-SICS (reference manual 11780711, levels 0 and 1).
func (t *talk) sics(ctx context.Context, c string) error {
	say := func(text string) error { return t.write([]byte(text + "\r\n")) }
	if c != "SIR" { // every other command ends the repetition
		t.setStream(false)
	}
	switch c {
	case "S", "T", "Z":
		if !t.s.settled(ctx) {
			return say(c + " I")
		}
		return t.acted(c)
	case "SI":
		return t.tell("S ")
	case "SIR":
		t.setStream(true)
		return nil
	case "ZI":
		t.s.Zero()
		return say("ZI S")
	case "TI":
		return t.acted("T")
	case "TAC":
		t.s.Tare(false)
		return say("TAC A")
	case "@", "I4":
		t.s.Tare(false)
		return say(`I4 A "SIM-` + t.s.cfg.Name + `"`)
	case "I2":
		return say(fmt.Sprintf(`I2 A "SIM-BENCH %d g"`, t.s.cfg.Capacity))
	case "I3":
		return say(`I3 A "1.00"`)
	}
	return say("ES")
}

// acted carries out S, T or Z on a weight that rests.
func (t *talk) acted(c string) error {
	switch c {
	case "T":
		t.s.Tare(true)
		return t.tell("T ")
	case "Z":
		t.s.Zero()
		return t.write([]byte("Z A\r\n"))
	}
	return t.tell("S ")
}

func (t *talk) setStream(on bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stream = on
}

// settled waits until the weight rests, for as long as S does.
func (s *Scale) settled(ctx context.Context) bool {
	limit := time.Now().Add(time.Duration(float64(sicsWait) / s.cfg.Clock))
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		s.mu.Lock()
		rests := s.faults.Stuck || s.age(time.Now()) >= s.cfg.Settle && s.faults.Shake == 0
		s.mu.Unlock()
		if rests {
			return true
		}
		if time.Now().After(limit) {
			return false
		}
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
}

// Zero presses the zero key.
func (s *Scale) Zero() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.zero, s.tare = s.load+s.drift(time.Now()), 0
}

// Tare presses the tare key; false clears the tare.
func (s *Scale) Tare(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tare = 0
	if on {
		s.tare = s.load - s.zero
	}
}

// Status is the scale as a person sees it.
type Status struct {
	Name   string `json:"name"`
	Addr   string `json:"addr"`
	Shows  string `json:"shows"` // number and unit
	Stable bool   `json:"stable"`
	Frames int64  `json:"frames"`
	Faults Faults `json:"faults"`
}

// Status is the present state.
func (s *Scale) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.reading()
	return Status{
		Name: s.cfg.Name, Addr: s.line.Name(), Shows: r.Value + " " + r.Unit, Stable: r.State == Stable,
		Frames: s.frames, Faults: s.faults,
	}
}

// ParseGrams reads grams as decimal text ("1204", "0.5") into milligrams.
func ParseGrams(text string) (int64, error) {
	whole, part, _ := strings.Cut(text, ".")
	rest, negative := strings.CutPrefix(whole, "-")
	if len(part) > 3 || rest == "" || len(rest) > 9 || strings.Trim(rest+part, "0123456789") != "" {
		return 0, fmt.Errorf("scale: %q is no number of grams", text)
	}
	var n int64
	for _, d := range rest + part + strings.Repeat("0", 3-len(part)) {
		n = n*10 + int64(d-'0')
	}
	if negative {
		n = -n
	}
	return n, nil
}

// Handler serves the control port:
//
//	POST /put     {"grams":"1204.5"}: what lies on it from now on; "0" clears it
//	POST /keys    {"key":"zero"|"tare"|"clear"}
//	GET  /status  Status
//	POST /faults  Faults, replacing those there are
func (s *Scale) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /put", func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Grams string `json:"grams"`
		}
		if !wire.Take(w, r, &body) {
			return
		}
		mg, err := ParseGrams(body.Grams)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s.Put(mg)
		wire.Reply(w, s.Status())
	})
	mux.HandleFunc("POST /keys", func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Key string `json:"key"`
		}
		if !wire.Take(w, r, &body) {
			return
		}
		switch body.Key {
		case "zero":
			s.Zero()
		case "tare", "clear":
			s.Tare(body.Key == "tare")
		default:
			http.Error(w, "key: zero, tare or clear", http.StatusBadRequest)
			return
		}
		wire.Reply(w, s.Status())
	})
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) { wire.Reply(w, s.Status()) })
	mux.HandleFunc("POST /faults", func(w http.ResponseWriter, r *http.Request) {
		var f Faults
		if !wire.Take(w, r, &f) {
			return
		}
		if f.Unit != "" && !knownUnit(f.Unit) {
			http.Error(w, "unit: kg, g, lb or t", http.StatusBadRequest)
			return
		}
		s.SetFaults(f)
		wire.Reply(w, s.Status())
	})
	return mux
}
