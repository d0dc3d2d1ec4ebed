package link_test

import (
	"net"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices"
	"dcedge/devices/link"
	"dcedge/devices/link/linktest"
)

// TestL1Names: a name that leads nowhere is told as that, and asked for anew by every
// Open, so that the device is back once its name is.
func TestL1Names(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	here := netip.MustParseAddrPort(l.Addr().String())
	var names linktest.Names
	_, port, _ := net.SplitHostPort(l.Addr().String())
	o, err := link.New("tcp://printer-1.dc.test:"+port, link.Options{Device: "printer-1", Resolver: names.Resolver()})
	require.NoError(t, err)

	fails := func(hint string) {
		t.Helper()
		_, err := o.Open(t.Context())
		require.Error(t, err)
		assert.Equal(t, devices.Transient, devices.ClassOf(err))
		assert.Contains(t, devices.HintOf(err), hint)
		assert.Contains(t, devices.HintOf(err), "printer-1.dc.test")
	}
	opens := func() {
		t.Helper()
		c, err := o.Open(t.Context())
		require.NoError(t, err)
		require.NoError(t, c.Close())
	}
	fails("knows no name")
	names.Know("printer-1.dc.test", here.Addr())
	opens()
	names.Know("printer-1.dc.test", netip.Addr{})
	fails("knows no name")
	names.Dead(true)
	fails("no name server")
	names.Dead(false)
	names.Know("printer-1.dc.test", here.Addr())
	opens()
	require.NoError(t, l.Close())
	_, err = o.Open(t.Context())
	assert.Contains(t, devices.HintOf(err), "check power", "the name is good, the device is not")
}
