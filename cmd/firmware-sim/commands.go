package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"dcedge/firmware-sim/conveyor"
	"dcedge/firmware-sim/crew"
	"dcedge/firmware-sim/fault"
	"dcedge/firmware-sim/floor"
	"dcedge/firmware-sim/printer"
	"dcedge/firmware-sim/scenario"
)

type commands struct {
	Floor    floorCmd    `cmd:"" help:"Play the devices and the crew of a configuration."`
	Printer  printerCmd  `cmd:"" help:"Play one label printer."`
	Scanner  scannerCmd  `cmd:"" help:"Play one barcode scanner or scan tunnel."`
	Scale    scaleCmd    `cmd:"" help:"Play one scale."`
	Conveyor conveyorCmd `cmd:"" help:"Play one sorting line: belt, eyes, tunnel, diverts."`
	Light    lightCmd    `cmd:"" help:"Play one put-to-light lamp or stack light."`
	Crew     crewCmd     `cmd:"" help:"Play pickers, packers and loaders."`
	Scenario scenarioCmd `cmd:"" help:"Make up a site and a day of orders, as reference records."`
}

// std is what a command reads and writes.
type std struct {
	ctx      context.Context
	in       io.Reader
	out, err io.Writer
}

// people are the flags of floor and crew.
type people struct {
	Seed      uint64        `help:"Makes a run repeatable." default:"1"`
	Speed     float64       `help:"How many times faster than people and motors." default:"1"`
	Pace      time.Duration `help:"Mean time of one hand movement at speed 1." default:"1500ms"`
	Pickers   int           `help:"Pickers (badges W-001 on)." default:"6"`
	Packers   int           `help:"Packers (the badges after the pickers')." default:"3"`
	Loaders   int           `help:"Loaders (the badges after the packers')." default:"4"`
	Wrong     float64       `help:"Rate of wrong scans." default:"0.01"`
	Double    float64       `help:"Rate of doubled trigger pulls." default:"0.005"`
	Cut       float64       `help:"Rate of lines lost before the verdict." default:"0.002"`
	Repeat    float64       `help:"Rate of decided messages sent again." default:"0.002"`
	Short     float64       `help:"Rate of lines that come up short." default:"0.002"`
	Undo      float64       `help:"Rate of item scans taken back." default:"0.002"`
	Skip      float64       `help:"Rate of lines put off." default:"0.002"`
	Tote      float64       `help:"Rate of lines with another tote." default:"0.001"`
	Odd       float64       `help:"Rate of returned parcels and boxes in the hospital that are not as they were told." default:"0.05"`
	Ledger    string        `help:"Write every message and verdict to FILE (NDJSON, appended)." placeholder:"FILE"`
	StopAfter time.Duration `help:"Go home when nothing happened for so long (0: never)." default:"0"`
	Log       string        `help:"debug, info, warn." default:"info" enum:"debug,info,warn"`
}

func (p people) traits() crew.Traits {
	return crew.Traits{
		Wrong: p.Wrong, Double: p.Double, Cut: p.Cut, Repeat: p.Repeat, Short: p.Short,
		Undo: p.Undo, Skip: p.Skip, Tote: p.Tote, Odd: p.Odd,
	}
}

func logger(w io.Writer, level string) *slog.Logger {
	l := map[string]slog.Level{"debug": slog.LevelDebug, "warn": slog.LevelWarn}[level]
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: l}))
}

// ledger opens the ledger file; without one it is nil.
func (p people) ledger() (io.Writer, func(), error) {
	if p.Ledger == "" {
		return nil, func() {}, nil
	}
	f, err := os.OpenFile(p.Ledger, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, err
	}
	return f, func() { _ = f.Close() }, nil
}

type floorCmd struct {
	Config  string        `help:"Configuration of the edge." required:"" placeholder:"FILE"`
	Faults  string        `help:"Fault script (TOML)." placeholder:"FILE"`
	Labels  string        `help:"Keep every label's ZPL under DIR." placeholder:"DIR"`
	Parcels string        `help:"Write where every parcel of the belt went to FILE (NDJSON)." placeholder:"FILE"`
	ToBelt  time.Duration `help:"A printed label lies on the belt as a parcel after so long, at speed 1 (0: never)." default:"0"`
	NoReads float64       `help:"Rate of parcels that the belt's tunnel does not read." default:"0.01"`
	Belt    string        `name:"belt-control" help:"Address of the belt's HTTP port (parcels, faults, hands)." default:"127.0.0.1:0"`
	Hands   string        `help:"Address of an HTTP port that breaks and pulls devices (GET /devices, POST /devices/NAME); none by default." placeholder:"ADDR"`
	Layout  string        `help:"Layout of the belt (TOML); without one it is made of the devices in the configuration." placeholder:"FILE"`
	Refill  time.Duration `help:"After which paper is put in, at speed 1 (0: never)." default:"20s"`
	Above   int           `name:"control-above" help:"A printer's control port (GET /labels, /labels/N.png) is its ZPL port plus N (0: a free one)." placeholder:"N" default:"100"`
	Mix     string        `help:"How the crew divides its work: order, cluster, wave, zones (where the site picks by zones), returns (order by order, and the returns desks and the hospital), all." default:"order"`
	Day     string        `help:"Reference records of the day: parcels of its returns still wear their old labels." placeholder:"FILE"`
	Who     bool          `help:"Only tell who works what."`
	people
	desks
}

// desks are the flags of those who are there beside pickers, packers and loaders,
// and of everybody's shift.
type desks struct {
	Returns  int           `help:"People at the returns desks (mixes returns and all)." default:"2"`
	Hospital int           `help:"People in the hospital (mixes returns and all); 0: somebody carries its boxes to their lanes." default:"1"`
	Guests   int           `help:"Pickers with a badge of the day; wants a lead." default:"1"`
	Lead     string        `help:"Badge of a lead who works with the crew." placeholder:"BADGE"`
	PINEnv   string        `name:"lead-pin-env" help:"Environment variable with the lead's PIN." placeholder:"NAME"`
	Shift    time.Duration `help:"Length of a shift at speed 1; then others take over (0: there are no shifts)." default:"0"`
	Work     time.Duration `help:"Time from one rest to the next at speed 1." default:"50m"`
	Rest     time.Duration `help:"Length of a rest at speed 1." default:"10m"`
}

// staff are everybody that the flags name.
func (c *floorCmd) staff() (floor.Staff, error) {
	mix, err := floor.MixOf(c.Mix)
	return floor.Staff{
		Mix: mix, Pickers: c.Pickers, Packers: c.Packers, Loaders: c.Loaders, Returns: c.Returns, Hospital: c.Hospital,
		Guests: c.Guests, Lead: c.Lead, PIN: os.Getenv(c.PINEnv),
	}, err
}

// old reads the labels that are still on returned parcels.
func (c *floorCmd) old() (map[string][]string, error) {
	if c.Day == "" {
		return nil, nil
	}
	f, err := os.Open(c.Day)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	old, err := floor.OldLabels(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Day, err)
	}
	return old, nil
}

// Run plays the floor of a configuration.
func (c *floorCmd) Run(s *std) error {
	text, err := os.ReadFile(c.Config)
	if err != nil {
		return err
	}
	plan, err := floor.ReadPlan(text, os.Getenv)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Config, err)
	}
	staff, err := c.staff()
	if err != nil {
		return err
	}
	if c.Who {
		for _, line := range floor.Roster(staff.People(len(plan.Lights) > 0, c.Shift > 0)) {
			fmt.Fprintln(s.out, line)
		}
		return nil
	}
	old, err := c.old()
	if err != nil {
		return err
	}
	var faults []fault.Step
	if c.Faults != "" {
		if text, err = os.ReadFile(c.Faults); err != nil {
			return err
		}
		if faults, err = floor.ReadFaults(text); err != nil {
			return fmt.Errorf("%s: %w", c.Faults, err)
		}
	}
	ledger, done, err := c.ledger()
	if err != nil {
		return err
	}
	defer done()
	belt, layout, end, err := c.line()
	if err != nil {
		return err
	}
	defer end()
	f, err := floor.New(floor.Config{
		Staff: staff, Hours: crew.Hours{Shift: c.Shift, Work: c.Work, Rest: c.Rest}, Old: old, Parcels: belt, ToBelt: c.ToBelt, Layout: layout, NoReads: c.NoReads, BeltControl: c.Belt, Hands: c.Hands,
		Plan: plan, Faults: faults, Seed: c.Seed, Speed: c.Speed, Pace: c.Pace, Traits: c.traits(), Folder: c.Labels, Control: c.Above, Refill: c.Refill,
		Ledger: ledger, StopAfter: c.StopAfter, Log: logger(s.err, c.Log),
	})
	if err != nil {
		return err
	}
	if err := f.Run(s.ctx); err != nil {
		return err
	}
	report(s.out, f.Stats())
	for _, p := range f.Printers() {
		fmt.Fprintf(s.out, "%s: %d labels\n", p.Name(), p.Status().Odometer)
	}
	if belt := f.Conveyor(); belt != nil {
		return summary(s, belt)
	}
	return nil
}

// line opens what the belt writes and reads; both are nil where the flags name
// none.
func (c *floorCmd) line() (io.Writer, *conveyor.Layout, func(), error) {
	var layout *conveyor.Layout
	if c.Layout != "" {
		text, err := os.ReadFile(c.Layout)
		if err != nil {
			return nil, nil, nil, err
		}
		l, err := conveyor.ReadLayout(text)
		if err != nil {
			return nil, nil, nil, fmt.Errorf("%s: %w", c.Layout, err)
		}
		layout = &l
	}
	if c.Parcels == "" {
		return nil, layout, func() {}, nil
	}
	f, err := os.OpenFile(c.Parcels, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, nil, err
	}
	return f, layout, func() { _ = f.Close() }, nil
}

func report(w io.Writer, n crew.Stats) {
	fmt.Fprintf(w, "crew: %d messages, %d accepted, %d items, %d waybills, %d trucks; refused %v; sent again %d; answered otherwise %d\n",
		n.Sent, n.OK, n.Items, n.Waybills, n.Trucks, n.Refused, n.Resent, n.Broken)
	fmt.Fprintf(w, "crew: %d returns opened, %d boxes through the hospital, %d shifts, %d rests, %d works handed over, %d badges of the day, %d cases\n",
		n.Parcels, n.Patients, n.Shifts, n.Rests, n.Handed, n.Guests, n.Cases)
}

type printerCmd struct {
	Listen  string  `help:"Where the edge reaches it: host:port, or pty:/tmp/tty-zebra (a serial line under that name, ?baud=9600)." default:"127.0.0.1:9100"`
	Control string  `help:"Address of the HTTP port (status, labels, faults)." default:"127.0.0.1:0"`
	Name    string  `help:"Name." default:"printer-1"`
	Folder  string  `help:"Keep every label's ZPL in DIR." placeholder:"DIR"`
	Dots    int     `help:"Dots per mm: 6, 8, 12, 24." default:"8"`
	Paper   int     `help:"Labels on the roll (0: endless)." default:"0"`
	Buffer  int     `help:"Receive buffer, bytes." default:"262144"`
	MM      float64 `name:"mm" help:"Millimetres of label a second." default:"150"`
	Peel    bool    `help:"It has a peel bar: the next label waits until one is taken."`
	Speed   float64 `help:"How many times faster than the motor." default:"1"`
	Faults  string  `help:"Fault script: what goes wrong, when, for how long (TOML)." placeholder:"FILE"`
	Drop    bool    `help:"Forget a partial format when the line is lost."`
	Log     string  `help:"debug, info, warn." default:"info" enum:"debug,info,warn"`
}

// Help is the long help.
func (printerCmd) Help() string {
	return `A ZPL printer that keeps every label it printed. It answers ~HS ~HQES ~HI ~HM ~HQOD ~HQSN and device.host_status,
and takes ~JA ~JX ~JR ~PS ~PP.

  firmware-sim printer --listen 127.0.0.1:9101 --paper 20
  firmware-sim printer --listen pty:/tmp/tty-zebra?baud=9600 --peel

By hand, on the control port: GET /labels, GET /labels/1.png, POST /hands {"paper":500} {"head":"open"} {"ribbon":"out"}
{"power":"lost"|"replay"} {"take":true}, POST /faults, GET /status.
Fault script, keys: paper head ribbon pause power take, cutAfter silent silentOnFault late garble refuse twice hot, heal.`
}

// Run plays one printer.
func (c *printerCmd) Run(s *std) error {
	p, err := printer.New(printer.Config{
		Name: c.Name, Listen: c.Listen, Control: c.Control, Folder: c.Folder, Dots: c.Dots, Paper: c.Paper,
		Clock: c.Speed, DropPartial: c.Drop, BufferBytes: c.Buffer, Speed: c.MM, Peel: c.Peel, Log: logger(s.err, c.Log),
	})
	if err != nil {
		return fmt.Errorf("%w: %w", errUse, err)
	}
	player, err := chance{Faults: c.Faults, Speed: c.Speed, Log: c.Log}.player(s, p)
	if err != nil {
		return err
	}
	return alone(s, p, player, func() string {
		return fmt.Sprintf("%s: ZPL on %s, labels on %s/labels", c.Name, p.Addr(), p.ControlURL())
	})
}

type crewCmd struct {
	To      string   `help:"Address of the edge." required:"" placeholder:"URL"`
	Printer []string `help:"Control port of a simulated printer (repeat)." placeholder:"NAME=URL"`
	people
}

// Run plays the crew alone.
func (c *crewCmd) Run(s *std) error {
	papers := map[string]crew.Paper{}
	for _, p := range c.Printer {
		name, url, ok := strings.Cut(p, "=")
		if !ok {
			return fmt.Errorf("%w: --printer %q is not NAME=URL", errUse, p)
		}
		papers[name] = crew.HTTPPaper{URL: url}
	}
	ledger, done, err := c.ledger()
	if err != nil {
		return err
	}
	defer done()
	people, err := crew.New(crew.Config{
		URL: c.To, Workers: floor.People(c.Pickers, c.Packers, c.Loaders), Totes: floor.Totes(), Printer: papers,
		Traits: c.traits(), Seed: c.Seed, Pace: c.Pace, Speed: c.Speed, Ledger: ledger, StopAfter: c.StopAfter,
		Log: logger(s.err, c.Log),
	})
	if err != nil {
		return err
	}
	if err := people.Run(s.ctx); err != nil {
		return err
	}
	report(s.out, people.Stats())
	return nil
}

type scenarioCmd struct {
	Seed   uint64 `help:"The same seed makes the same day." default:"1"`
	Orders int    `help:"How many orders." default:"200"`
	SKUs   int    `name:"skus" help:"How many articles." default:"600"`

	Returns int `help:"How many parcels are announced to come back." default:"0"`

	Epoch string `help:"The edge's epoch, for waybill ranges (none without)."`
	Zone  string `help:"Time zone of the site." default:"Asia/Seoul"`
	For   string `help:"Only what the orders of FILE lack: people, totes, docks, carriers, ranges." placeholder:"FILE"`
}

// Run writes records to standard output, and the leads' badges and PINs to
// standard error.
func (c *scenarioCmd) Run(s *std) error {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return fmt.Errorf("%w: %w", errUse, err)
	}
	cfg := scenario.Config{Seed: c.Seed, Orders: c.Orders, SKUs: c.SKUs, Returns: c.Returns, Epoch: c.Epoch, Now: time.Now().In(zone)}
	var site *scenario.Site
	if c.For == "" {
		site, err = scenario.Generate(cfg)
	} else {
		var file *os.File
		if file, err = os.Open(c.For); err != nil {
			return err
		}
		defer file.Close()
		site, err = scenario.Floor(file, cfg)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(s.err, "lead: badge %s, PIN %s\nlead of the crew: badge %s, PIN %s\n", site.LeadBadge, site.LeadPIN, site.CrewLead, site.CrewPIN)
	_, err = site.WriteTo(s.out)
	return err
}
