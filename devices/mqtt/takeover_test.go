package mqtt

import (
	"fmt"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A device that comes back at once waits until the server has cleaned up after its
// last connection: else that cleaning takes the new one's subscription with it, and
// the device hears no verdict (the belt's reader did not, 1 in 48 under load).
func TestADeviceThatComesBackWaitsForTheCleaning(t *testing.T) {
	for name, leave := range map[string]func(paho.Client){
		"it said goodbye":  func(c paho.Client) { c.Disconnect(100) },
		"it is taken over": func(paho.Client) {},
	} {
		t.Run(name, func(t *testing.T) {
			r := embedded(t)
			b := r.line.(*Broker)
			old := r.device("tunnel-1", "scanner", func(o *paho.ClientOptions) { o.SetAutoReconnect(false) })
			require.Eventually(t, func() bool { b.mu.Lock(); defer b.mu.Unlock(); return b.live["tunnel-1"] != nil }, 30*time.Second, time.Millisecond)

			b.mu.Lock() // the cleaning begins with OnDisconnect, which needs this lock
			leave(old)
			again := paho.NewClient(paho.NewClientOptions().AddBroker("tcp://" + r.addr).SetClientID("tunnel-1"))
			t.Cleanup(func() { again.Disconnect(0) })
			connected := again.Connect()
			early := !pending(connected, 300*time.Millisecond)
			b.mu.Unlock()
			assert.False(t, early, "connected before the last connection was cleaned up")
			require.NoError(t, ended(connected))
		})
	}
}

// However fast it goes and comes, what is sent to it afterwards arrives.
func TestADeviceThatComesBackHears(t *testing.T) {
	r := embedded(t)
	for i := range 100 {
		c := paho.NewClient(paho.NewClientOptions().AddBroker("tcp://" + r.addr).SetClientID("tunnel-1"))
		require.NoError(t, ended(c.Connect()))
		heard := make(chan struct{}, 1)
		require.NoError(t, ended(c.Subscribe("dc/ICN1/scanner/tunnel-1/verdict", 1, func(paho.Client, paho.Message) { heard <- struct{}{} })))
		require.NoError(t, r.Send(VerdictTo("tunnel-1", VerdictBody{ID: fmt.Sprint("read-", i), OK: true})), "round %d", i)
		select {
		case <-heard:
		case <-time.After(20 * time.Second):
			require.Fail(t, "not heard", "round %d", i)
		}
		c.Disconnect(0)
	}
}
