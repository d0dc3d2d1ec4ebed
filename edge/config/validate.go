package config

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"dcedge/edge"
)

var (
	drivers = []string{"zebra", "ipp", "scanner", "scale", "photoeye", "divert", "weigher", "light", "stacklight", "camera"}
	scopes  = []string{"events:read", "ack", "reference:write", "reconcile", "cs:read"}
)

func (d *decoder) validate(c *Config) {
	if c.Site == "" {
		d.fault("site", `is missing; name the distribution centre, such as site = "ICN1"`)
	} else if strings.ContainsAny(c.Site, "/+#\x00 ") {
		d.fault("site", "may hold no blank, slash, plus or hash: it stands in MQTT topics")
	}
	zone, err := time.LoadLocation(c.Timezone)
	if err != nil || c.Timezone == "" {
		d.fault("timezone", `is no time zone; such as "Asia/Seoul"`)
	}
	c.zone = zone
	if c.witnessed = c.Witness != ""; !c.witnessed {
		c.Witness = strings.TrimRight(c.Data, "/") + ".witness"
	}
	if inside(c.Data, c.Witness) {
		d.fault("witness", "must lie outside the data folder: it is there to catch a copied one")
	}
	for i, f := range c.Fonts {
		if _, err := os.Stat(f); err != nil {
			d.fault("fonts["+strconv.Itoa(i)+"]", "cannot be read; name a font file that exists")
		}
	}
	d.place("templates", c.Templates, true)
	d.place("waybillRules", c.Waybills, false)
	d.http(c)
	d.one("pick.location", c.Pick.Location, "always", "mixed", "never")
	d.one("pick.type", c.Pick.Type, "afterFirst", "always", "never")
	d.one("pick.walk", c.Pick.Walk, "sequence", "serpentine")
	if c.Pick.Lines < 0 {
		d.fault("pick.lines", "wants how many lines an order on a wave has, or 0 for 3")
	}
	if w := time.Duration(c.Pick.Waits); w < 0 || w > 24*time.Hour {
		d.fault("pick.toteWaits", "wants at most a day, or 0s for never")
	}
	if c.Pick.Pieces < 0 {
		d.fault("pick.pieces", "wants how many pieces a tote holds, or 0 where that is not known")
	}
	if c.Pick.Cluster < 0 || c.Pick.Cluster > 20 {
		d.fault("pick.cluster", "wants a number from 0 to 20")
	}
	if c.Pick.Wave < 0 || c.Pick.Wave > 200 {
		d.fault("pick.wave", "wants a number from 0 to 200")
	}
	if c.Pick.TypeFrom < 1 {
		d.fault("pick.typeFrom", "wants a number from 1")
	}
	d.packing(c)
	for at, s := range map[string]Duration{"print.failover": c.Print.Failover, "print.askAfter": c.Print.AskAfter} {
		if s < Duration(time.Second) || s > Duration(10*time.Minute) {
			d.fault(at, `wants between a second and ten minutes, such as "8s"`)
		}
	}
	if c.Load.CollectHours < 0 || c.Load.CollectHours > 336 {
		d.fault("load.collectHours", "wants a number of hours from 0 to 336 (two weeks)")
	}
	d.consumers(c)
	d.devices(c)
	d.stations(c)
	d.belts(c)
	c.changes()
	d.mqtt(c)
}

// duplicateMost bounds the hours that duplicates are looked for: as long as a
// closed order is known to the floor.
const duplicateMost = 48

func (d *decoder) packing(c *Config) {
	d.one("pack.boxType", c.Pack.BoxType, "optional", "required")
	for at, n := range map[string]struct{ is, most int }{"pack.weightPercent": {c.Pack.WeightPercent, 100}, "pack.weightGrams": {c.Pack.WeightGrams, 10_000},
		"pack.reprints": {c.Pack.Reprints, 100}, "orders.duplicateHours": {c.Orders.DuplicateHours, duplicateMost}} {
		if n.is < 0 || n.is > n.most {
			d.fault(at, "wants a number from 0 to %d", n.most)
		}
	}
	if c.Pack.WeightPercent == 0 && c.Pack.WeightGrams == 0 {
		d.fault("pack.weightGrams", "no box weighs what is expected to the gram; leave weightPercent or weightGrams above 0")
	}
	if c.Pick.Printer == "" {
		return
	}
	if !c.has(c.Pick.Printer, "zebra") {
		d.fault("pick.printer", noDevice, "zebra", c.Pick.Printer)
	}
	for i, s := range c.Stations {
		if s.Name == edge.PickStation {
			d.fault("station["+strconv.Itoa(i)+"].name", "%q stands for the printer of [pick]; take another name", edge.PickStation)
		}
	}
}

func (d *decoder) http(c *Config) {
	loop := loopback(c.HTTP.Listen)
	if _, _, err := net.SplitHostPort(c.HTTP.Listen); err != nil {
		d.fault("http.listen", `wants address and port, such as "127.0.0.1:8080"`)
	}
	d.one("http.tls", c.HTTP.TLS, "off", "auto", "files")
	if c.HTTP.TLS == "off" && !loop {
		d.fault("http.tls", `may be "off" on loopback only; set "files" with cert and key`)
	}
	if c.HTTP.TLS == "files" && (c.HTTP.Cert == "" || c.HTTP.Key == "") {
		d.fault("http.tls", `"files" needs cert = and key =`)
	}
	n := 0
	for _, s := range []string{c.PII.KeyEnv, c.PII.KeyFile, c.PII.Credential} {
		if s != "" {
			n++
		}
	}
	if n != 1 {
		d.fault("pii", "wants exactly one of keyEnv, keyFile and credential")
	}
	d.one("login.devices", c.Login.Devices, "open", "enrolled")
	if c.Login.Devices == "open" && !loop {
		d.fault("login.devices", `may be "open" on loopback only`)
	}
	if s := time.Duration(c.Login.Session); s < time.Minute || s > 24*time.Hour {
		d.fault("login.session", "wants between a minute and a day")
	}
	if i := time.Duration(c.Login.Idle); i < 0 || i > 24*time.Hour {
		d.fault("login.idle", "wants at most a day, or 0s for never")
	}
	for name, v := range map[string]string{"picker": c.Login.Picker, "packer": c.Login.Packer, "loader": c.Login.Loader,
		"returns": c.Login.Returns, "lead": c.Login.Lead, "admin": c.Login.Admin, "auditor": c.Login.Auditor} {
		d.one("login."+name, v, "badge", "badge+pin")
	}
}

func (d *decoder) consumers(c *Config) {
	seen := map[string]bool{}
	for i, x := range c.Consumers {
		at := "consumer[" + strconv.Itoa(i) + "]"
		d.name(at, x.Name, seen)
		if (x.KeyEnv == "") == (x.KeyFile == "") {
			d.fault(at, "wants exactly one of keyEnv and keyFile")
		}
		for j, s := range x.Scopes {
			d.one(at+".scopes["+strconv.Itoa(j)+"]", s, scopes...)
		}
		if x.Required && x.Optional {
			d.fault(at+".optional", "a required consumer cannot be left out")
		}
		if x.Required && !slices.Contains(x.Scopes, "ack") {
			d.fault(at+".scopes", `a required consumer needs "ack": without it no event could ever leave`)
		}
	}
}

// noDevice is said of a reference that leads nowhere: wanted driver, name.
const noDevice = "no [[device]] with driver = %q has the name %q"

func (d *decoder) stations(c *Config) {
	seen := map[string]bool{}
	for i, s := range c.Stations {
		at := "station[" + strconv.Itoa(i) + "]"
		d.name(at, s.Name, seen)
		if len(s.Printers) == 0 {
			d.fault(at, "wants printers = with at least one [[device]]")
		}
		for j, p := range s.Printers {
			if !c.has(p, "zebra") {
				d.fault(at+".printers["+strconv.Itoa(j)+"]", noDevice, "zebra", p)
			}
		}
		if s.Documents != "" && !c.has(s.Documents, "ipp") {
			d.fault(at+".documents", noDevice, "ipp", s.Documents)
		}
		if s.Scale != "" && !c.has(s.Scale, "scale") {
			d.fault(at+".scale", noDevice, "scale", s.Scale)
		}
	}
	if c.Documents.Printer != "" && !c.has(c.Documents.Printer, "ipp") {
		d.fault("documents.printer", noDevice, "ipp", c.Documents.Printer)
	}
	d.scalesOfStations(c)
}

// place wants a folder, or a file, that is there; "" is none.
func (d *decoder) place(at, name string, folder bool) {
	if name == "" {
		return
	}
	switch info, err := os.Stat(name); {
	case err != nil:
		d.fault(at, "%s cannot be read; name one that exists%s", name, started(name))
	case folder && !info.IsDir():
		d.fault(at, "is no folder")
	case !folder && info.IsDir():
		d.fault(at, "is a folder; name a file")
	case !folder && !info.Mode().IsRegular(): // a pipe would be read for ever
		d.fault(at, "is no regular file; name one")
	}
}

// started says where a relative path leads: from the folder that edge was started in.
func started(name string) string {
	whole, err := filepath.Abs(name)
	if err != nil || filepath.IsAbs(name) {
		return ""
	}
	return ": a relative path begins in the folder that edge is started in, here " + whole
}

func (d *decoder) name(at, name string, seen map[string]bool) {
	switch {
	case name == "":
		d.fault(at, "wants a name")
	case seen[name]:
		d.fault(at+".name", "is taken by another one above")
	case strings.ContainsAny(name, "/+#\x00 "):
		d.fault(at+".name", "may hold no blank, slash, plus or hash")
	}
	seen[name] = true
}

// one wants one of the words; an empty one says that the key may be left out.
func (d *decoder) one(at, v string, of ...string) {
	if !slices.Contains(of, v) {
		of = slices.DeleteFunc(slices.Clone(of), func(w string) bool { return w == "" })
		d.fault(at, "%q is none of: %s", v, strings.Join(of, ", "))
	}
}

func loopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

func inside(folder, path string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, "../")
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
