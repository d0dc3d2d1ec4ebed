package printer_test

import (
	"log/slog"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices"
	"dcedge/devices/link"
	"dcedge/devices/link/linktest"
	"dcedge/devices/printer"
	"dcedge/devices/printer/printertest"
)

// TestL1PrinterWithoutItsName: no byte leaves while the name leads nowhere, the state
// says that it is the name, and the same label prints once it is known.
func TestL1PrinterWithoutItsName(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	fake, conns := &printertest.Printer{Odometer: true}, make(chan net.Conn, 1)
	go func() {
		if c, err := l.Accept(); assert.NoError(t, err) {
			conns <- c
			fake.Serve(c)
		}
	}()
	var names linktest.Names
	here := netip.MustParseAddrPort(l.Addr().String())
	_, port, _ := net.SplitHostPort(l.Addr().String())
	open, err := link.New("tcp://printer-1.dc.test:"+port, link.Options{Device: "printer-1", Resolver: names.Resolver()})
	require.NoError(t, err)
	p, err := printer.New(printer.Config{Name: "printer-1"}, open, slog.New(slog.DiscardHandler))
	require.NoError(t, err)

	require.Error(t, p.Run(t.Context(), &states{}))
	st := p.Status()
	assert.Equal(t, devices.Offline, st.Condition)
	assert.Contains(t, st.Detail, "no such host")
	assert.Contains(t, st.Hint, "knows no name")
	job := devices.PrintJob{ID: "a-1", ZPL: []byte(label)}
	r := p.Print(t.Context(), job)
	assert.Equal(t, []any{devices.NotSent, devices.CodeOffline, 0}, []any{r.Outcome, r.Code, r.Bytes})

	names.Know("printer-1.dc.test", here.Addr())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(t.Context(), &states{}) }()
	require.Eventually(t, func() bool { return p.Status().Condition == devices.Ready }, 10*time.Second, time.Millisecond)
	r = p.Print(t.Context(), job)
	assert.Equal(t, devices.Printed, r.Outcome, "%v", r.Err)
	assert.Equal(t, 1, fake.Count("attempt-1"))
	names.Know("printer-1.dc.test", netip.Addr{})
	assert.Equal(t, devices.Printed, p.Print(t.Context(), job).Outcome, "an open connection needs no name")
	require.NoError(t, (<-conns).Close())
	require.Error(t, <-ended)
	require.Error(t, p.Run(t.Context(), &states{}))
	assert.Contains(t, p.Status().Hint, "knows no name")
}

// TestAnotherPrinterHasNotThatCount: what is shown beside its serial number is its own.
func TestAnotherPrinterHasNotThatCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := startBench(t, &printertest.Printer{Odometer: true, Serial: "S1"}, printer.Config{}, nil)
		settle()
		require.Equal(t, devices.Printed, b.print(t).Outcome)
		require.NotZero(t, b.p.Status().Meter.Count)
		b.fake.Replace("S2")
		b.print(t)
		settle()
		st := b.p.Status()
		assert.Equal(t, []any{devices.OtherPrinter, "S2", devices.Meter{Serial: "S2"}}, []any{st.Condition, st.Serial, st.Meter})
	})
}
