package edgetest

// oracleOut is what the oracle knows of what leaves and of what comes back.
type oracleOut struct {
	shipped map[string]bool   // boxes that were confirmed
	crates  map[string]string // box -> container
	came    map[string]int    // pieces, by return
	ended   map[string]bool   // returns
}

func newOracleOut() oracleOut {
	return oracleOut{shipped: map[string]bool{}, crates: map[string]string{}, came: map[string]int{}, ended: map[string]bool{}}
}

// leaves holds that a parcel is confirmed once, that it lies in one container, and
// that a return's pieces are counted as they came.
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
	case "return.graded":
		if x.came[d.Return] += d.Quantity; x.came[d.Return] < 0 {
			o.fault("return %s: more is taken back than came", d.Return)
		}
		if x.ended[d.Return] {
			o.fault("return %s is graded after it was closed", d.Return)
		}
	case "return.closed":
		if d.Came != x.came[d.Return] {
			o.fault("return %s closed with %d pieces, %d came", d.Return, d.Came, x.came[d.Return])
		}
		x.ended[d.Return] = true
	}
}
