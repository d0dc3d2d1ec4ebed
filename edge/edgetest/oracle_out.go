package edgetest

// oracleOut is what the oracle knows of what leaves.
type oracleOut struct {
	shipped map[string]bool   // boxes that were confirmed
	crates  map[string]string // box -> container
}

func newOracleOut() oracleOut {
	return oracleOut{shipped: map[string]bool{}, crates: map[string]string{}}
}

// leaves holds that a parcel is confirmed once, lies in one container and is loaded
// in that.
func (o *Oracle) leaves(e *oracleLine) {
	d, x := &e.Data, &o.out
	switch e.Type {
	case "box.shipConfirmed":
		if x.shipped[d.Box] {
			o.fault("box %s is confirmed as shipped twice", d.Box)
		}
		x.shipped[d.Box] = true
	case "box.stowed":
		if in := x.crates[d.Box]; in != "" {
			o.fault("box %s goes into %s and lies in %s", d.Box, d.Container, in)
		}
		x.crates[d.Box] = d.Container
	case "box.unstowed":
		if in := x.crates[d.Box]; in != d.Container {
			o.fault("box %s comes out of %s and lies in %q", d.Box, d.Container, in)
		}
		delete(x.crates, d.Box)
	case "box.loaded":
		if in := x.crates[d.Box]; in != d.Container {
			o.fault("box %s is loaded in %q and lies in %q", d.Box, d.Container, in)
		}
	case "box.unloaded":
		if d.Container == "" { // by itself, out of what it lay in
			delete(x.crates, d.Box)
		}
	}
}
