package floor

import (
	"bytes"
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
	"go.bug.st/serial"

	"dcedge/firmware-sim/fault"
	"dcedge/firmware-sim/printer"
	"dcedge/firmware-sim/scale"
	"dcedge/firmware-sim/scanner"
	"dcedge/firmware-sim/wire"
	"dcedge/firmware-sim/wire/wiretest"
)

// site is a configuration with every kind of device.
func site(t *testing.T, dir, broker string) Plan {
	t.Helper()
	text := fmt.Sprintf(`
site = "ICN1"
[http]
listen = "127.0.0.1:1"
[mqtt]
broker = %q
user = "line"
passwordEnv = "EDGE_MQTT"
[[device]]
name = "printer-1"
driver = "zebra"
link = "tcp://127.0.0.1:0"
[[device]]
name = "printer-2"
driver = "zebra"
link = "serial://%[2]s/tty-printer?baud=115200"
[[device]]
name = "scan-1"
driver = "scanner"
link = "serial://%[2]s/tty-scan?baud=9600"
[[device]]
name = "scan-2"
driver = "scanner"
protocol = "ssi"
link = "tcp://127.0.0.1:0"
[[device]]
name = "scale-1"
driver = "scale"
protocol = "aandd"
link = "serial://%[2]s/tty-scale?baud=9600"
[[device]]
name = "tunnel-1"
driver = "scanner"
link = "mqtt:"
[[device]]
name = "eye-1"
driver = "photoeye"
link = "mqtt:"
[[device]]
name = "eye-3"
driver = "photoeye"
link = "gpio+sim://%[2]s/pins.sock?pin=eye-3&invert=true"
[[device]]
name = "eye-real"
driver = "photoeye"
link = "gpio://GPIO17"
[[device]]
name = "w-1"
driver = "weigher"
link = "mqtt:"
[[device]]
name = "divert-1"
driver = "divert"
link = "mqtt:"
[[device]]
name = "line-1"
driver = "stacklight"
link = "mqtt:"
[[device]]
name = "W1-07"
driver = "light"
link = "mqtt:"
[[device]]
name = "office"
driver = "ipp"
link = "ipp://127.0.0.1"
`, broker, dir)
	p, err := ReadPlan([]byte(text), func(name string) string { return "secret of " + name })
	require.NoError(t, err)
	return p
}

func TestPlanOfALine(t *testing.T) {
	p := site(t, "/run/site", "tcp://10.0.0.9:1883")
	require.Equal(t, wire.Broker{URL: "tcp://10.0.0.9:1883", User: "line", Password: "secret of EDGE_MQTT"}, p.Broker)
	require.Equal(t, []PrinterAt{{"printer-1", "127.0.0.1:0"}, {"printer-2", "pty:/run/site/tty-printer?baud=115200"}}, p.Printers)
	require.Equal(t, []DeviceAt{{"scan-1", "pty:/run/site/tty-scan?baud=9600", ""}, {"scan-2", "tcp://127.0.0.1:0", "ssi"}}, p.Scanners)
	require.Equal(t, "/run/site/pins.sock", p.Pins)
	require.True(t, p.Eyes[1].Invert && p.Eyes[1].Pin == "eye-3")
	require.Len(t, p.Left, 2, "%v", p.Left)
}

// TestLine plays all of it: the bench, the belt and its script.
func TestLine(t *testing.T) {
	dir := t.TempDir()
	b := wiretest.Mosquitto(t)
	host := b.Host(nil)
	text, err := os.ReadFile(filepath.Join("testdata", "line.toml"))
	require.NoError(t, err)
	faults, err := ReadFaults(text)
	require.NoError(t, err)
	var parcels bytes.Buffer
	f, err := New(Config{Plan: site(t, dir, b.URL), Faults: faults, Speed: 100, ToBelt: time.Second, Parcels: &parcels, Pace: time.Second})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	limit, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	require.NoError(t, f.Conveyor().WaitReady(limit))
	waitFor := func(what string, ok func() bool) {
		t.Helper()
		require.Eventually(t, ok, 30*time.Second, time.Millisecond, what)
	}
	// The script runs its course and gives everything back.
	lamp := f.Device("W1-07")
	waitFor("the last fault but one", func() bool { return lamp.(interface{ Press() bool }).Press() == false })
	waitFor("the head is closed again", func() bool { return !f.Printers()[0].Status().HeadOpen })
	require.False(t, f.Device("scan-1").(*scanner.Scanner).Status().Faults.Away)

	// A label out of a printer is a parcel on the belt, is read and is sent into a lane.
	<-f.Printers()[0].Ready()
	conn, err := net.Dial("tcp", f.Printers()[0].Addr())
	require.NoError(t, err)
	defer conn.Close()
	label := "^XA^FO1,1^BCN,50^FD>;651234567890^FS^FO1,90^BCN,50^FD>;651234567890^FS^FO1,200^BCN,50^FDSORT4W44-LONGER-THAN-IT^FS^XZ"
	_, err = io.WriteString(conn, label+label)
	require.NoError(t, err)
	read := host.Wait("dc/ICN1/scanner/tunnel-1/read", 1)[0]
	require.Equal(t, "651234567890", read.Field("code"))
	waitFor("the parcel is at the end", func() bool { return f.Conveyor().Summary().Lanes["hospital"] == 1 })
	require.NotEmpty(t, host.Seen("dc/ICN1/photoeye/eye-1/state"))

	// The bench.
	f.Device("scale-1").(*scale.Scale).Put(2_000_000)
	port, err := serial.Open(filepath.Join(dir, "tty-scale"), &serial.Mode{BaudRate: 9600})
	require.NoError(t, err)
	defer port.Close()
	buf, got := make([]byte, 64), ""
	waitFor("the weight", func() bool {
		n, err := port.Read(buf)
		got += string(buf[:n])
		return err != nil || strings.Contains(got, "ST,+0002.000 kg\r\n")
	})
	cancel()
	require.NoError(t, <-done)
	require.Contains(t, parcels.String(), `"where":"hospital"`)
	require.NoFileExists(t, filepath.Join(dir, "tty-scale"))
	require.Equal(t, "", waybill(printer.Label{}))
}

var _ fault.Device = (*printer.Printer)(nil)
