package floor

import (
	"slices"

	"dcedge/edge"
)

// startPackFlow is start {flow: pack}.
func (d *decider) startPackFlow() {
	a := &d.m.Args
	if b := d.leftBox(a.Orders, d.station(a.Station), false); b != nil {
		d.startLeft(b, d.station(a.Station))
		return
	}
	t := d.offer(a.Orders)
	if t == nil {
		d.noWork(d.whyNoPack(a.Orders))
		return
	}
	station := d.station(a.Station)
	if station == "" {
		d.refuse(edge.Unexpected, edge.Says("pack.noStation"), "act", "start")
		return
	}
	d.verdict(edge.OK, edge.Says("pack.started", edge.T("station", station), edge.T("tote", t.ID)))
	d.event(edge.EvWorkStarted, "", "", &edge.WorkEvent{Work: d.nextWorkID(), Flow: edge.Pack, Mode: "order", Station: station,
		Totes: []string{t.ID}})
	if d.s.toTake() == 1 {
		d.touch(Everyone)
	}
}

// startPack begins with a tote that was scanned on the idle screen.
func (d *decider) startPack(station string, t *edge.Tote) {
	w := d.nextWorkID()
	d.event(edge.EvWorkStarted, "", "", &edge.WorkEvent{Work: w, Flow: edge.Pack, Mode: "order", Station: station})
	d.packStarted(w, station, t, d.s.Order(t.Client, t.Order), nil)
}

// station gives the named station, or the first, that nobody works at and that
// has a working printer; "" where there is none.
func (d *decider) station(name string) string {
	for _, st := range d.Policy.Stations {
		if (name == "" || st.Name == name) && d.stationFree(st) {
			return st.Name
		}
	}
	return ""
}

// lastStation is the station that the message came from; where it names none, the
// worker's last one before any other.
func (d *decider) lastStation() string {
	if name := d.m.Args.Station; name != "" {
		return d.station(name)
	}
	if ws := d.s.Worker(d.m.Worker); ws != nil && ws.Station != "" {
		if name := d.station(ws.Station); name != "" {
			return name
		}
	}
	return d.station("")
}

func (d *decider) stationFree(st edge.Station) bool {
	for w := range d.s.work.all() {
		if w.Station == st.Name && w.Worker != d.m.Worker {
			return false
		}
	}
	return slices.ContainsFunc(st.Printers, func(name string) bool { return printerWorks(d.s.Printer(name)) })
}

// printerWorks is true also for a printer that was not heard of yet.
func printerWorks(p *edge.PrinterStatus) bool {
	return p == nil || p.State == "ready" || p.State == "printing"
}
