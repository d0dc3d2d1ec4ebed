package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dcedge/firmware-sim/wire/wiretest"
)

// begin runs a command and gives its first line of output; end ends it and gives
// what else it said.
func begin(t *testing.T, in string, args ...string) (line string, end func() (rest string)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := run(ctx, args, strings.NewReader(in), w, io.Discard)
		_ = w.Close()
		done <- err
	}()
	out := bufio.NewReader(r)
	line, err := out.ReadString('\n')
	require.NoError(t, err)
	return line, func() string {
		t.Helper()
		cancel()
		rest, err := io.ReadAll(out)
		require.NoError(t, err)
		require.NoError(t, <-done)
		return string(rest)
	}
}

func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "f")
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	return name
}

// TestScannerAlone reads codes from standard input over TCP, with a fault script.
func TestScannerAlone(t *testing.T) {
	faults := file(t, "[[fault]]\nafter = \"0s\"\ndevice = \"scan-1\"\ndouble = 1.0\n")
	line, end := begin(t, "# two of them\nW-001\n\n880123\n", "scanner", "--at", "127.0.0.1:0", "--protocol", "crlf",
		"--codes", "-", "--every", "10ms", "--faults", faults)
	defer end()
	var addr string
	_, err := fmt.Sscanf(line, "scan-1: on %s", &addr)
	require.NoError(t, err)
	conn, err := net.Dial("tcp", strings.TrimSuffix(addr, ","))
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(20*time.Second)))
	got := make([]byte, 2*7+2*8)
	_, err = io.ReadFull(conn, got)
	require.NoError(t, err)
	require.Equal(t, "W-001\r\nW-001\r\n880123\r\n880123\r\n", string(got))
}

func TestScaleAlone(t *testing.T) {
	name := filepath.Join(t.TempDir(), "tty-scale")
	line, end := begin(t, "", "scale", "--at", "pty:"+name, "--protocol", "cas18", "--loads", file(t, "1204\n"), "--speed", "20")
	require.Contains(t, line, "scale-1: on "+name)
	tty, err := os.Open(name)
	require.NoError(t, err)
	r := bufio.NewReader(tty)
	for {
		frame, err := r.ReadString('\n')
		require.NoError(t, err)
		if frame == "ST,GS,+001.204kg\r\n" {
			break
		}
	}
	require.NoError(t, tty.Close())
	end()
	require.NoFileExists(t, name)

	_, _, err = call(t, "scale", "--at", "pty:"+name, "--loads", file(t, "heavy\n"))
	require.ErrorContains(t, err, `"heavy" is no number of grams`)
}

// TestConveyorAlone: tunnel, conveyor and light at a real broker; what nobody
// sorts ends in the hospital lane, and the ledger says so.
func TestConveyorAlone(t *testing.T) {
	b := wiretest.Mosquitto(t)
	host := b.Host(nil)
	ledger := filepath.Join(t.TempDir(), "belt.ndjson")
	parcels := file(t, "651234567890\n{\"codes\":[\"651234567891\"],\"length\":500}\n")
	_, end := begin(t, "", "conveyor", "--at", b.URL, "--parcels", parcels, "--ledger", ledger, "--speed", "50")
	host.Wait("dc/ICN1/scanner/tunnel-1/read", 2)
	require.Eventually(t, func() bool {
		text, err := os.ReadFile(ledger)
		return err == nil && strings.Count(string(text), `"where":"hospital"`) == 2
	}, 30*time.Second, 5*time.Millisecond)
	require.Contains(t, end(), `conveyor: {"parcels":2,"waiting":0,"onBelt":0,"lanes":{"hospital":2},"dropped":{},"reads":2}`)

	_, end = begin(t, "", "light", "--at", b.URL, "--press", "10ms")
	host.Send("dc/ICN1/light/W1-07/set", map[string]any{"id": "1", "quantity": 2, "colour": "green"}, false)
	host.Wait("dc/ICN1/light/W1-07/pressed", 1)
	end()

	_, end = begin(t, "", "scanner", "--tunnel", "--at", b.URL, "--name", "tunnel-9", "--codes", file(t, "1\n2\n"), "--every", "1ms", "--read-rate", "0")
	require.Contains(t, host.Wait("dc/ICN1/scanner/tunnel-9/read", 2)[1].Payload, `"code":null`)
	end()
}

func TestAloneRefuses(t *testing.T) {
	layout, script := file(t, "colour = 1\n"), file(t, "[[fault]]\nafter = \"1s\"\ndevice = \"nobody\"\nsilent = true\n")
	for name, args := range map[string][]string{
		"ScannerPlace": {"scanner", "--at", "nowhere"}, "ScannerProtocol": {"scanner", "--at", "127.0.0.1:0", "--protocol", "morse"},
		"TunnelBroker": {"scanner", "--tunnel", "--at", "x"}, "ScaleUnit": {"scale", "--at", "127.0.0.1:0", "--unit", "oz"},
		"NoBroker": {"conveyor"}, "Broker": {"conveyor", "--at", "http://x"}, "Light": {"light", "--at", "x"},
	} {
		_, _, err := call(t, args...)
		require.ErrorIs(t, err, errUse, name)
	}
	_, _, err := call(t, "conveyor", "--at", "tcp://127.0.0.1:1", "--layout", layout)
	require.ErrorContains(t, err, layout)
	_, _, err = call(t, "scale", "--at", "127.0.0.1:0", "--faults", script)
	require.ErrorContains(t, err, `no device "nobody" is played (scale-1)`)
	_, _, err = call(t, "printer", "--listen", "127.0.0.1:0", "--faults", layout)
	require.ErrorContains(t, err, "bad script")
	for _, c := range []string{"printer", "scanner", "scale", "conveyor", "light"} {
		out, _, err := call(t, c, "--help")
		require.NoError(t, err)
		require.Contains(t, out, "firmware-sim "+c+" --", "%s: an example", c)
		require.Contains(t, out, "Fault script", c)
	}
}
