package porttest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"testing"
)

// lowest is where the ports of well-known services of this project's tests end.
const lowest = 10000

// Free is an address of loopback that nobody listens on, below the range of
// outgoing connections (Linux: ip_local_port_range; IANA's where that is not known).
func Free(t testing.TB) string {
	t.Helper()
	above := 49152
	if text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range"); err == nil {
		var from, to int
		if n, _ := fmt.Sscan(string(text), &from, &to); n == 2 && from > lowest+1000 {
			above = from
		}
	}
	var err error
	for range 100 {
		var l net.Listener
		if l, err = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", lowest+rand.IntN(above-lowest))); err == nil {
			at := l.Addr().String()
			_ = l.Close()
			return at
		}
	}
	t.Fatalf("no free port of 100 tried between %d and %d: %v", lowest, above, err)
	return ""
}
