package mqtt

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices"
	"dcedge/devices/link/linktest"
)

// TestL1BrokerWithoutItsName: it is told that the name leads nowhere, and the next try
// asks for it anew.
func TestL1BrokerWithoutItsName(t *testing.T) {
	far := external(t)
	_, port, _ := net.SplitHostPort(far.addr)
	var names linktest.Names
	c, err := NewClient(ClientConfig{Broker: "tcp://broker.dc.test:" + port, Name: "other", Resolver: names.Resolver()}, site(t))
	require.NoError(t, err)
	unknown := func(hint string) {
		t.Helper()
		err := c.Run(t.Context())
		require.Error(t, err)
		assert.Equal(t, devices.Transient, devices.ClassOf(err))
		assert.Contains(t, devices.HintOf(err), hint)
		assert.Contains(t, devices.HintOf(err), "broker.dc.test")
	}
	unknown("knows no name")
	names.Dead(true)
	unknown("no name server")
	names.Dead(false)
	names.Know("broker.dc.test", netip.MustParseAddr("127.0.0.1"))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	require.Eventually(t, c.Connected, 20*time.Second, time.Millisecond)
	stop()
	require.NoError(t, <-ended)
	names.Know("broker.dc.test", netip.Addr{})
	unknown("knows no name")
}
