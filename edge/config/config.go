package config

import (
	"time"

	"dcedge/edge"
)

// Config is one site's edge. Durations are written as "90s", "12h", "400d".
type Config struct {
	Site      string     `toml:"site"`
	Timezone  string     `toml:"timezone"`
	Data      string     `toml:"data"`
	Witness   string     `toml:"witness"`
	Fonts     []string   `toml:"fonts"`
	Templates string     `toml:"templates"`    // folder of the site's own label templates, beside the built-in ones
	Waybills  string     `toml:"waybillRules"` // file of the site's own number rules, in the form of labels/waybill
	HTTP      HTTP       `toml:"http"`
	PII       PII        `toml:"pii"`
	Login     Login      `toml:"login"`
	Pick      Pick       `toml:"pick"`
	Pack      Pack       `toml:"pack"`
	Orders    Orders     `toml:"orders"`
	Load      Loading    `toml:"load"`
	Consumers []Consumer `toml:"consumer"`
	MQTT      *MQTT      `toml:"mqtt"`
	Devices   []Device   `toml:"device"`
	Stations  []Station  `toml:"station"`
	Belts     []Belt     `toml:"belt"`
	Events    Events     `toml:"events"`
	Print     Print      `toml:"print"`
	Documents Documents  `toml:"documents"`

	zone      *time.Location
	witnessed bool // the file names a witness
}

// Witnessed tells that the configuration asks for a witness.
func (c *Config) Witnessed() bool { return c.witnessed }

// HTTP is the one listener for people, devices and the WMS.
type HTTP struct {
	Listen string `toml:"listen"`
	TLS    string `toml:"tls"` // off (loopback only) | auto | files
	Cert   string `toml:"cert"`
	Key    string `toml:"key"`
}

// PII says where the key of the vault comes from: exactly one of the three.
type PII struct {
	KeyEnv     string `toml:"keyEnv"`
	KeyFile    string `toml:"keyFile"`
	Credential string `toml:"credential"` // of systemd
}

// Login says who needs what to log in.
type Login struct {
	Devices string   `toml:"devices"` // open (loopback only) | enrolled
	Session Duration `toml:"session"`
	Idle    Duration `toml:"idle"`   // a longer rest asks for the badge again before a print or an override; "0s": never
	Picker  string   `toml:"picker"` // badge | badge+pin, and so for each role
	Packer  string   `toml:"packer"`
	Loader  string   `toml:"loader"`
	Returns string   `toml:"returns"`
	Lead    string   `toml:"lead"`
	Admin   string   `toml:"admin"`
	Auditor string   `toml:"auditor"`
}

// Pick is the policy of picking.
type Pick struct {
	Location string `toml:"location"` // always | mixed | never
	Type     string `toml:"type"`     // afterFirst | always | never
	TypeFrom int    `toml:"typeFrom"` // fewer pieces are each scanned
	Drop     string `toml:"drop"`
	Walk     string `toml:"walk"`     // sequence | serpentine
	Zones    bool   `toml:"zones"`    // pick zone by zone, the tote is passed on
	Lines    int    `toml:"lines"`    // an order of more lines is picked alone, not in a wave
	Pieces   int    `toml:"pieces"`   // that a tote holds; 0: not known
	Damaged  string `toml:"damaged"`  // place where damaged pieces are brought; "": no task is made
	Cluster  int    `toml:"cluster"`  // most orders picked in one walk, each to its tote; 0: not offered
	Wave     int    `toml:"wave"`     // most orders picked together for the put wall; 0: not offered
	AskEmpty bool   `toml:"askEmpty"` // ask whether a place is empty after the last piece that is known to lie there
	Printer  string `toml:"printer"`  // prints the labels of clients who want them when picking begins

	Waits Duration `toml:"toteWaits"` // a picked tote that no wall or desk took up for so long is told to the lead; 0: never
}

// Pack is the policy of packing.
type Pack struct {
	BoxType       string `toml:"boxType"`       // optional | required
	WeightPercent int    `toml:"weightPercent"` // what a box may differ from its expected weight
	WeightGrams   int    `toml:"weightGrams"`   // and this much on top
	Reprints      int    `toml:"reprints"`      // of one number without a lead; 0: no limit
}

// Orders is the policy of taking orders up.
type Orders struct {
	DuplicateHours int `toml:"duplicateHours"` // hold an order like another one of that time; 0: never
}

// Loading is the policy of loading.
type Loading struct {
	CollectHours int `toml:"collectHours"` // after a truck closed, until the carrier is to have told of its parcels; 0: not watched
}

// Consumer pulls events or sends reference data.
type Consumer struct {
	Name     string   `toml:"name"`
	KeyEnv   string   `toml:"keyEnv"`
	KeyFile  string   `toml:"keyFile"`
	Scopes   []string `toml:"scopes"`
	Required bool     `toml:"required"`
	Optional bool     `toml:"optional"` // left out where its key is not set
}

// MQTT is the broker: the embedded one, which listens, or another one.
type MQTT struct {
	Listen string `toml:"listen"`
	Cert   string `toml:"cert"` // of the embedded one, with Key: it speaks TLS
	Key    string `toml:"key"`

	Broker      string `toml:"broker"` // embedded | tcp://host:1883 | tls://host:8883
	User        string `toml:"user"`
	PasswordEnv string `toml:"passwordEnv"`
	CA          string `toml:"ca"` // file of the other broker's; empty: the system's
}

// Embedded tells that the edge is the broker.
func (m *MQTT) Embedded() bool { return m.Broker == "embedded" }

// Device is one printer, scanner, scale, sensor or actor.
type Device struct {
	Name     string `toml:"name"`
	Driver   string `toml:"driver"`
	Link     string `toml:"link"`
	Protocol string `toml:"protocol"` // of a scanner or a scale, see devices/scanner and devices/scale
	Unit     string `toml:"unit"`     // of a scale that tells none (cas10)
	Bell     bool   `toml:"bell"`     // a scanner that beeps on BEL (07)
	Station  string `toml:"station"`
	Absent   string `toml:"absent"`   // at start: required | retry | ignore
	DPI      int    `toml:"dpi"`      // of a printer that does not tell it itself
	Graphics string `toml:"graphics"` // of a printer: hex | z64

	// Of a device behind MQTT: who speaks for it at the embedded broker.
	Client      string `toml:"client"`      // user name, else client id, of the connection; empty: its name
	PasswordEnv string `toml:"passwordEnv"` // of that connection

	Changes int // of a photo-eye, in a second at most: more are a flood

	Serial    string   `toml:"serial"`    // of a printer: its serial number; empty: that of the first one that answers, until a lead says otherwise
	Questions []string `toml:"questions"` // of a printer: those beside ~HS that it answers; left out: all
}

// Print says how long labels wait for a printer and for its word.
type Print struct {
	Failover Duration `toml:"failover"` // for one that stands still
	AskAfter Duration `toml:"askAfter"` // for one that is gone to tell what became of a label, before a person is asked
}

// Station is a pack desk.
type Station struct {
	Name     string   `toml:"name"`
	Printers []string `toml:"printers"`
	Scale    string   `toml:"scale"`

	Documents string `toml:"documents"` // the A4 printer of this desk
}

// Documents says where A4 documents come out that belong to no desk.
type Documents struct {
	Printer string `toml:"printer"` // a [[device]] with driver = "ipp"
}

// Events says how long events stay.
type Events struct {
	Retain Duration `toml:"retain"`
}

// Duration is a time.Duration that also knows days ("400d").
type Duration time.Duration

func defaults() Config {
	return Config{
		Timezone: "Asia/Seoul", Data: "./data",
		HTTP: HTTP{Listen: "127.0.0.1:8080", TLS: "off"},
		Login: Login{Devices: "enrolled", Session: Duration(12 * time.Hour), Picker: "badge", Packer: "badge", Loader: "badge",
			Returns: "badge", Lead: "badge+pin", Admin: "badge+pin", Auditor: "badge+pin"},
		Pick:   Pick{Location: "mixed", Type: "afterFirst", TypeFrom: 4, Walk: "sequence"},
		Pack:   Pack{BoxType: "optional", WeightPercent: 5, WeightGrams: 50, Reprints: 3},
		Events: Events{Retain: Duration(400 * 24 * time.Hour)},
		Print:  Print{Failover: Duration(8 * time.Second), AskAfter: Duration(40 * time.Second)},
	}
}

// Zone is the site's time zone.
func (c *Config) Zone() *time.Location { return c.zone }

// NeedsPIN tells which roles log in with a PIN.
func (c *Config) NeedsPIN() map[edge.Role]bool {
	l := c.Login
	out := map[edge.Role]bool{}
	for role, policy := range map[edge.Role]string{edge.Picker: l.Picker, edge.Packer: l.Packer, edge.Loader: l.Loader,
		edge.Returns: l.Returns, edge.Lead: l.Lead, edge.Admin: l.Admin, edge.Auditor: l.Auditor} {
		out[role] = policy == "badge+pin"
	}
	return out
}

// Policy is what the rules of the floor read of the configuration.
func (c *Config) Policy(epoch string, hashKey []byte) *edge.Policy {
	p := &edge.Policy{Site: c.Site, Epoch: epoch, Zone: c.zone, HashKey: hashKey,
		Pick: edge.PickPolicy{Location: c.Pick.Location, Type: c.Pick.Type, TypeFrom: c.Pick.TypeFrom, Drop: c.Pick.Drop,
			Cluster: c.Pick.Cluster, Wave: c.Pick.Wave, AskEmpty: c.Pick.AskEmpty, Walk: c.Pick.Walk,
			Zones: c.Pick.Zones, Lines: c.Pick.Lines, Pieces: c.Pick.Pieces, Damaged: c.Pick.Damaged, Printer: c.Pick.Printer},
		Pack: edge.PackPolicy{BoxType: c.Pack.BoxType, WeightPercent: c.Pack.WeightPercent, WeightGrams: c.Pack.WeightGrams,
			Reprints: c.Pack.Reprints},
		Orders: edge.OrdersPolicy{DuplicateHours: c.Orders.DuplicateHours},
		Load:   edge.LoadPolicy{CollectHours: c.Load.CollectHours}}
	for _, s := range c.Stations {
		p.Stations = append(p.Stations, edge.Station{Name: s.Name, Printers: s.Printers, Scale: s.Scale})
	}
	for i := range c.Belts {
		if within := time.Duration(c.Belts[i].Seen); p.SeenWithin == 0 || within < p.SeenWithin {
			p.SeenWithin = within
		}
	}
	return p
}
