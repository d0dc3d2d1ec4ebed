package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"dcedge/firmware-sim/conveyor"
	"dcedge/firmware-sim/lights"
	"dcedge/firmware-sim/scale"
	"dcedge/firmware-sim/scanner"
	"dcedge/firmware-sim/wire"
)

type scannerCmd struct {
	At       string        `help:"Where the edge reaches it: pty:/tmp/tty-scan (a serial line under that name, ?baud=9600), host:port, or the broker of a tunnel (tcp://host:1883 with --tunnel)." required:"" placeholder:"PLACE"`
	Tunnel   bool          `help:"Play a scan tunnel at an MQTT broker."`
	Name     string        `help:"Name, in topics and fault scripts." default:"scan-1"`
	Protocol string        `help:"cr, lf, crlf, tab, stx, ack, none, ssi." default:"cr"`
	AIM      bool          `name:"aim" help:"Send the AIM identifier (]C1) before each code."`
	NoRead   string        `help:"What is sent where nothing was read." placeholder:"TEXT"`
	Codes    string        `help:"Scan these codes, one a line (- is standard input)." placeholder:"FILE"`
	Every    time.Duration `help:"Time between two codes, at speed 1." default:"2s"`
	ReadRate float64       `help:"Of a tunnel: how many parcels of one are read." default:"1"`
	Repeat   time.Duration `help:"Of a tunnel: a read without a verdict is sent again after so long." default:"1s"`
	broker
	chance
}

// Help is the long help.
func (scannerCmd) Help() string {
	return `A scanner on a serial line (a pseudo terminal) or TCP port sends each code with the end of its
protocol; ssi and ack wait for the edge's answer and send again. A tunnel publishes reads and
repeats each until a verdict names its id.

  firmware-sim scanner --at pty:/tmp/tty-scan --codes -      (type codes; configure serial:///tmp/tty-scan)
  firmware-sim scanner --tunnel --at tcp://127.0.0.1:1883 --name tunnel-1 --read-rate 0.99 --codes waybills.txt

By hand, on the control port: POST /scan {"code":"W-001"} (tunnel: POST /pass {"codes":["6512…"]}), GET /sent, GET /status.
Fault script, keys: away silent noRead double noise half bit7 corrupt deaf; tunnel: away noRead misread double retained rubbish deaf.`
}

// Run plays one scanner.
func (c *scannerCmd) Run(s *std) error {
	if c.Tunnel {
		return c.tunnel(s)
	}
	m, err := scanner.New(scanner.Config{
		Name: c.Name, Listen: c.At, Control: c.Control, Protocol: c.Protocol, AIM: c.AIM, NoRead: c.NoRead,
		Reader: c.Seed, Clock: c.Speed, Log: logger(s.err, c.Log),
	})
	if err != nil {
		return fmt.Errorf("%w: %w", errUse, err)
	}
	p, err := c.player(s, m)
	if err != nil {
		return err
	}
	return alone(s, m, p, func() string { return fmt.Sprintf("%s: on %s, control %s", c.Name, m.Addr(), m.ControlURL()) },
		lines(s, c.Codes, c.Every, c.Speed, func(code string) error { m.Pull(code, ""); return nil }))
}

func (c *scannerCmd) tunnel(s *std) error {
	m, err := scanner.NewTunnel(scanner.TunnelConfig{
		Broker: c.at(c.At), Site: c.Site, Name: c.Name, Control: c.Control, Repeat: c.Repeat, Reader: c.Seed, Clock: c.Speed,
		Log: logger(s.err, c.Log),
	})
	if err != nil {
		return fmt.Errorf("%w: %w", errUse, err)
	}
	m.SetFaults(scanner.TunnelFaults{NoRead: 1 - c.ReadRate})
	p, err := c.player(s, m)
	if err != nil {
		return err
	}
	return alone(s, m, p, func() string { return fmt.Sprintf("%s: at %s, control %s", c.Name, c.At, m.ControlURL()) },
		lines(s, c.Codes, c.Every, c.Speed, func(code string) error { m.Pass(code); return nil }))
}

type scaleCmd struct {
	At       string        `help:"Where the edge reaches it: pty:/tmp/tty-scale (a serial line under that name, ?baud=9600) or host:port." required:"" placeholder:"PLACE"`
	Name     string        `help:"Name in fault scripts." default:"scale-1"`
	Protocol string        `help:"cas (22 bytes), cas10, cas18, aandd, dini, sics." default:"cas"`
	Unit     string        `help:"kg, g, lb, t." default:"kg"`
	Rate     float64       `help:"Frames a second." default:"10"`
	Ask      bool          `help:"Do not stream, answer only (CAS RW, A&D Q, Dini R)."`
	Settle   time.Duration `help:"How long a load swings." default:"800ms"`
	Capacity int64         `help:"Grams; above is overload." default:"60000"`
	Loads    string        `help:"Lay these loads on it, grams, one a line; 0 clears it (- is standard input)." placeholder:"FILE"`
	Every    time.Duration `help:"Time between two loads, at speed 1." default:"5s"`
	chance
}

// Help is the long help.
func (scaleCmd) Help() string {
	return `A bench scale: a load that is laid on it swings, then rests, and is told as stable.

  firmware-sim scale --at pty:/tmp/tty-scale --protocol aandd --loads -     (type grams: 1204, then 0)
  firmware-sim scale --at 127.0.0.1:7101 --protocol sics

By hand, on the control port: POST /put {"grams":"1204"}, POST /keys {"key":"zero"}, GET /status.
Fault script, keys: away silent stuck shake drift unit noise half bit7 point, and put = "1204".`
}

// Run plays one scale.
func (c *scaleCmd) Run(s *std) error {
	m, err := scale.New(scale.Config{
		Name: c.Name, Listen: c.At, Control: c.Control, Protocol: c.Protocol, Unit: c.Unit, Rate: c.Rate, Ask: c.Ask,
		Settle: c.Settle, Capacity: c.Capacity, Seed: c.Seed, Clock: c.Speed, Log: logger(s.err, c.Log),
	})
	if err != nil {
		return fmt.Errorf("%w: %w", errUse, err)
	}
	p, err := c.player(s, m)
	if err != nil {
		return err
	}
	return alone(s, m, p, func() string { return fmt.Sprintf("%s: on %s, control %s", c.Name, m.Addr(), m.ControlURL()) },
		lines(s, c.Loads, c.Every, c.Speed, func(line string) error {
			mg, err := scale.ParseGrams(strings.TrimSpace(line))
			if err != nil {
				return err
			}
			m.Put(mg)
			return nil
		}))
}

type conveyorCmd struct {
	At      string        `help:"The MQTT broker, tcp://host:1883." required:"" placeholder:"URL"`
	Layout  string        `help:"What stands where (TOML); without one: eye-1, w-1, tunnel-1, divert-1 to -3 with an eye each, line-1." placeholder:"FILE"`
	Pins    string        `help:"Socket for the eyes and the encoder that the layout puts on pins." placeholder:"PATH"`
	Parcels string        `help:"Put these parcels on: a waybill number a line, or a JSON object (- is standard input)." placeholder:"FILE"`
	Every   time.Duration `help:"Time between two parcels, at speed 1 (the belt keeps its gaps by itself)." default:"0"`
	Ledger  string        `help:"Write where every parcel went to FILE (NDJSON)." placeholder:"FILE"`
	Patient bool          `help:"The belt waits for verdicts: for speeds at which the edge's milliseconds would be metres."`
	broker
	chance
}

// Help is the long help.
func (conveyorCmd) Help() string {
	return `A sorting line: parcels pass eyes, weigher and tunnel and are pushed into lanes as the edge commands.
A divert drops a command that is not for the parcel before it. At the end it says where every parcel went.

  firmware-sim conveyor --at tcp://127.0.0.1:1883 --parcels waybills.txt --ledger belt.ndjson
  {"codes":["651234567890"],"length":300,"grams":"1204","gap":500}      (a parcel as a JSON object)

Layout: speed length pulse stacklight, end (a lane, "hospital", or "loop"), encoder (its pin) or counter (its photo-eye at the broker), [[eye]] name at pin invert lane,
[tunnel] name at, [weigher] name at, [[divert]] name at lanes window, [[lane]] name capacity; mm from the start of the belt.
By hand, on the control port: POST /parcels [{…}], GET /parcels, POST /hands {"empty":"cj"}, GET /status.
Fault script, conveyor = "conveyor": stop speed jam stuckEye clearEye bounce dead blind full noEncoder touching late off pins;
device = "eye-1" (or a divert, the weigher): away; tunnel = "tunnel-1": as the tunnel's.`
}

func (c *conveyorCmd) layout() (conveyor.Layout, error) {
	if c.Layout == "" {
		eyes := []conveyor.Eye{{Name: "eye-1"}, {Name: "eye-2"}, {Name: "eye-3"}, {Name: "eye-4"}}
		return conveyor.Line(eyes, "tunnel-1", "w-1", []string{"divert-1", "divert-2", "divert-3"}, "line-1"), nil
	}
	text, err := os.ReadFile(c.Layout)
	if err != nil {
		return conveyor.Layout{}, err
	}
	l, err := conveyor.ReadLayout(text)
	if err != nil {
		return conveyor.Layout{}, fmt.Errorf("%s: %w", c.Layout, err)
	}
	return l, nil
}

// belt is a conveyor as a machine: it is ready when every device is.
type belt struct {
	*conveyor.Conveyor
	ready chan struct{}
}

// Ready is closed when every device was at the broker.
func (b belt) Ready() <-chan struct{} { return b.ready }

// Run plays and says when it is ready.
func (b belt) Run(ctx context.Context) error {
	return wire.Together(ctx, b.Conveyor.Run, func(ctx context.Context) error {
		if b.WaitReady(ctx) == nil {
			close(b.ready)
		}
		return nil
	})
}

// Run plays one line.
func (c *conveyorCmd) Run(s *std) error {
	l, err := c.layout()
	if err != nil {
		return err
	}
	cfg := conveyor.Config{
		Broker: c.at(c.At), Site: c.Site, Layout: l, Pins: c.Pins, Control: c.Control, Seed: c.Seed, Clock: c.Speed,
		Patient: c.Patient, Log: logger(s.err, c.Log),
	}
	if c.Ledger != "" {
		f, err := os.OpenFile(c.Ledger, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		defer f.Close()
		cfg.Ledger = f
	}
	m, err := conveyor.New(cfg)
	if err != nil {
		return fmt.Errorf("%w: %w", errUse, err)
	}
	p, err := c.player(s, m.Devices()...)
	if err != nil {
		return err
	}
	err = alone(s, belt{m, make(chan struct{})}, p,
		func() string { return fmt.Sprintf("%s: at %s, control %s", m.Name(), c.At, m.ControlURL()) },
		lines(s, c.Parcels, c.Every, c.Speed, func(line string) error {
			parcel, err := parcel(line)
			if err == nil {
				m.Put(parcel)
			}
			return err
		}))
	if err != nil {
		return err
	}
	return summary(s, m)
}

// parcel reads a line: a JSON object, or a code.
func parcel(line string) (conveyor.Parcel, error) {
	if line[0] != '{' {
		return conveyor.Parcel{Codes: []string{line}}, nil
	}
	var p conveyor.Parcel
	d := json.NewDecoder(strings.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return p, fmt.Errorf("parcel %s: %w", line, err)
	}
	return p, nil
}

func summary(s *std, m *conveyor.Conveyor) error {
	text, err := json.Marshal(m.Summary())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s: %s\n", m.Name(), text)
	return err
}

type lightCmd struct {
	At    string        `help:"The MQTT broker, tcp://host:1883." required:"" placeholder:"URL"`
	Name  string        `help:"Name, in topics and fault scripts." default:"W1-07"`
	Stack bool          `help:"A stack light, without number and button."`
	Press time.Duration `help:"Somebody presses so long after a number is shown (0: nobody)." default:"0"`
	broker
	chance
}

// Help is the long help.
func (lightCmd) Help() string {
	return `A put-to-light lamp with its button, or a stack light.

  firmware-sim light --at tcp://127.0.0.1:1883 --name W1-07 --press 3s

By hand, on the control port: GET /lights, POST /lights/W1-07/press. Fault script, keys: away dead.`
}

// Run plays one lamp.
func (c *lightCmd) Run(s *std) error {
	class := lights.Put
	if c.Stack {
		class = lights.Stack
	}
	m, err := lights.New(lights.Config{
		Broker: c.at(c.At), Site: c.Site, Name: c.Name, Class: class, Press: c.Press, Clock: c.Speed, Log: logger(s.err, c.Log),
	})
	if err != nil {
		return fmt.Errorf("%w: %w", errUse, err)
	}
	p, err := c.player(s, m)
	if err != nil {
		return err
	}
	control := wire.NewHTTP(c.Control, lights.Handler(m))
	return wire.Together(s.ctx, control.Run, control.Before(func(ctx context.Context) error {
		return alone(&std{ctx: ctx, in: s.in, out: s.out, err: s.err}, m, p,
			func() string { return fmt.Sprintf("%s: at %s, control %s", c.Name, c.At, control.URL()) })
	}))
}
