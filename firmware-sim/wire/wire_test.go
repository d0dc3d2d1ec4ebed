package wire_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.bug.st/serial"
	"go.uber.org/goleak"

	"dcedge/firmware-sim/wire"
	"dcedge/firmware-sim/wire/wiretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// play runs a part until the test ends.
func play(t *testing.T, run func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

// echo sends back what it reads, in upper case.
func echo(_ context.Context, conn io.ReadWriteCloser) {
	buf := make([]byte, 256)
	for {
		n, err := conn.Read(buf)
		if _, werr := conn.Write([]byte(strings.ToUpper(string(buf[:n])))); err != nil || werr != nil {
			return
		}
	}
}

func line(t *testing.T, place string) *wire.Line {
	t.Helper()
	l, err := wire.NewLine(place, wire.Options{})
	require.NoError(t, err)
	play(t, func(ctx context.Context) error { return l.Run(ctx, echo) })
	<-l.Ready()
	return l
}

func TestNewLineRefuses(t *testing.T) {
	for _, place := range []string{"", "tcp://", "localhost", "pty:/a?speed=1", "pty:/a?baud=1", "pty:/a?baud=x", "udp://a:1:2"} {
		_, err := wire.NewLine(place, wire.Options{})
		require.ErrorIs(t, err, wire.ErrPlace, place)
	}
}

// TestTTY opens the line as a host does, pulls it and gives it back.
func TestTTY(t *testing.T) {
	name := filepath.Join(t.TempDir(), "by-id", "usb-Scale")
	l := line(t, "pty:"+name)
	require.Equal(t, name, l.Name())
	was, err := os.Readlink(name)
	require.NoError(t, err)

	port, err := serial.Open(name, &serial.Mode{BaudRate: 9600})
	require.NoError(t, err)
	_, err = port.Write([]byte("abc\x00\x03\x11\x13\x1a\xff\r"))
	require.NoError(t, err)
	got := make([]byte, 10)
	_, err = io.ReadFull(port, got)
	require.NoError(t, err)
	require.Equal(t, "ABC\x00\x03\x11\x13\x1a", string(got[:8]))
	require.NoError(t, port.Close())

	// A host that comes and goes does not hang the line up.
	port, err = serial.Open(name, &serial.Mode{BaudRate: 9600})
	require.NoError(t, err)
	again, err := os.Readlink(name)
	require.NoError(t, err)
	require.Equal(t, was, again)

	l.Pull(true)
	_, err = port.Read(got)
	require.Error(t, err, "a pulled adapter ends the read")
	require.NoError(t, port.Close())
	require.NoFileExists(t, name)
	l.Pull(false)
	require.Eventually(t, func() bool { _, err := os.Stat(name); return err == nil }, 30*time.Second, time.Millisecond)
	port, err = serial.Open(name, &serial.Mode{BaudRate: 9600})
	require.NoError(t, err)
	_, err = port.Write([]byte("x"))
	require.NoError(t, err)
	_, err = io.ReadFull(port, got[:1])
	require.NoError(t, err)
	require.Equal(t, "X", string(got[:1]))
	require.NoError(t, port.Close())
}

func TestTTYNameTaken(t *testing.T) {
	name := filepath.Join(t.TempDir(), "taken")
	require.NoError(t, os.WriteFile(name, []byte("mine"), 0o600))
	l, err := wire.NewLine("pty:"+name, wire.Options{})
	require.NoError(t, err)
	require.ErrorIs(t, l.Run(t.Context(), echo), wire.ErrPlace)
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, "mine", string(text))

	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(name, link))
	l, err = wire.NewLine("pty:"+link, wire.Options{})
	require.NoError(t, err)
	require.ErrorIs(t, l.Run(t.Context(), echo), wire.ErrPlace)
}

func TestTCP(t *testing.T) {
	l := line(t, "127.0.0.1:0")
	conn, err := net.Dial("tcp", l.Name())
	require.NoError(t, err)
	_, err = io.WriteString(conn, "hello")
	require.NoError(t, err)
	got := make([]byte, 5)
	_, err = io.ReadFull(conn, got)
	require.NoError(t, err)
	require.Equal(t, "HELLO", string(got))
	l.Pull(true)
	_, err = conn.Read(got)
	require.Error(t, err)
	require.NoError(t, conn.Close())
	_, err = net.Dial("tcp", l.Name())
	require.Error(t, err, "a pulled port refuses")
	l.Pull(false)
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", l.Name())
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}, 30*time.Second, time.Millisecond)
}

// TestBaud: 9600 baud are 960 bytes a second, so 240 bytes there and back take
// half a second at least.
func TestBaud(t *testing.T) {
	l := line(t, "pty:?baud=9600")
	port, err := serial.Open(l.Name(), &serial.Mode{BaudRate: 9600})
	require.NoError(t, err)
	defer port.Close()
	began := time.Now()
	text := strings.Repeat("a", 240)
	_, err = port.Write([]byte(text))
	require.NoError(t, err)
	got := make([]byte, len(text))
	_, err = io.ReadFull(port, got)
	require.NoError(t, err)
	require.Equal(t, strings.ToUpper(text), string(got))
	require.Greater(t, time.Since(began), 240*time.Millisecond)
}

func TestPins(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pins.sock")
	p, err := wire.NewPins(path, "eye-1", "motor")
	require.NoError(t, err)
	set := make(chan string, 1)
	p.OnSet(func(name string, level bool) {
		if level {
			set <- name
		}
	})
	play(t, p.Run)
	<-p.Ready()
	conn, err := net.Dial("unix", path)
	require.NoError(t, err)
	defer conn.Close()
	r := bufio.NewReader(conn)
	read := func() string {
		t.Helper()
		text, err := r.ReadString('\n')
		require.NoError(t, err)
		return strings.TrimSpace(text)
	}
	_, err = io.WriteString(conn, "nonsense\npins\n")
	require.NoError(t, err)
	require.Equal(t, "level eye-1 0", read())
	require.Equal(t, "level motor 0", read())
	p.Set("eye-1", true)
	p.Set("eye-1", true)
	p.Set("nobody", true)
	p.Set("eye-1", false)
	require.Equal(t, "level eye-1 1", read())
	require.Equal(t, "level eye-1 0", read())
	_, err = io.WriteString(conn, "set nobody 1\nset motor 2\nset motor 1\n")
	require.NoError(t, err)
	require.Equal(t, "level motor 1", read())
	require.Equal(t, "motor", <-set)
	require.True(t, p.Level("motor"))

	p.Pull(true)
	_, err = r.ReadString('\n')
	require.Error(t, err)
	away, err := net.Dial("unix", path)
	require.NoError(t, err)
	_, err = bufio.NewReader(away).ReadString('\n')
	require.Error(t, err, "a board that is away talks to nobody")
	require.NoError(t, away.Close())

	other, err := wire.NewPins(path)
	require.NoError(t, err)
	require.ErrorIs(t, other.Run(t.Context()), wire.ErrPlace, "the socket is in use")
	for _, bad := range [][]string{{"a b"}, {""}, {"x", "x"}} {
		_, err := wire.NewPins(path, bad...)
		require.ErrorIs(t, err, wire.ErrPlace)
	}
}

// TestStation plays a device at a real broker: birth, will, commands that are
// not retained, the broker killed and back.
func TestStation(t *testing.T) {
	b := wiretest.Mosquitto(t)
	host := b.Host(nil)
	online := "dc/ICN1/light/W1-07/online"
	host.Send("dc/ICN1/light/W1-07/set", `{"id":"kept"}`, true)
	host.Wait("dc/ICN1/light/W1-07/set", 1)

	s, err := wire.NewStation(wire.StationConfig{Broker: wire.Broker{URL: b.URL}, Site: "ICN1", Class: "light", Name: "W1-07"})
	require.NoError(t, err)
	require.ErrorIs(t, s.Publish("pressed", 1), wire.ErrOffline)
	commands := make(chan string, 10)
	s.Handle("set", func(p []byte) { commands <- string(p) })
	play(t, s.Run)
	<-s.Ready()
	host.Send("dc/ICN1/light/W1-07/set", `{"id":"1"}`, false)
	require.Equal(t, `{"id":"1"}`, <-commands, "the retained command was left out")
	require.NoError(t, s.Publish("pressed", map[string]string{"id": "2"}))
	require.Equal(t, "2", host.Wait("dc/ICN1/light/W1-07/pressed", 1)[0].Field("id"))
	require.Equal(t, "true", host.Wait(online, 1)[0].Payload)

	s.Pull(true)
	require.Equal(t, "false", host.Wait(online, 2)[1].Payload, "the will")
	require.Eventually(t, func() bool { return !s.Online() }, 30*time.Second, time.Millisecond)
	s.Pull(false)
	require.Equal(t, "true", host.Wait(online, 3)[2].Payload)

	b.Kill()
	require.Eventually(t, func() bool { return !s.Online() }, 30*time.Second, time.Millisecond)
	b.Start()
	require.Eventually(t, s.Online, 30*time.Second, time.Millisecond)
	require.Eventually(t, func() bool {
		host.Send("dc/ICN1/light/W1-07/set", `{"id":"3"}`, false)
		select {
		case c := <-commands:
			return c == `{"id":"3"}`
		default:
			return false
		}
	}, 30*time.Second, 20*time.Millisecond, "subscribed anew")
}

func TestNewStationRefuses(t *testing.T) {
	ok := wire.StationConfig{Broker: wire.Broker{URL: "tcp://127.0.0.1:1"}, Site: "S", Class: "scanner", Name: "n"}
	for name, change := range map[string]func(*wire.StationConfig){
		"Broker": func(c *wire.StationConfig) { c.Broker.URL = "http://x" },
		"Site":   func(c *wire.StationConfig) { c.Site = "" },
		"Name":   func(c *wire.StationConfig) { c.Name = "a/b" },
		"Class":  func(c *wire.StationConfig) { c.Class = "#" },
	} {
		t.Run(name, func(t *testing.T) {
			c := ok
			change(&c)
			_, err := wire.NewStation(c)
			require.ErrorIs(t, err, wire.ErrPlace)
		})
	}
}

func TestTogether(t *testing.T) {
	wait := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	fail := func(context.Context) error { return io.ErrUnexpectedEOF }
	done := func(context.Context) error { return nil }
	require.ErrorIs(t, wire.Together(t.Context(), wait, fail, done), io.ErrUnexpectedEOF)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, wire.Together(ctx, wait, wait))
	require.NoError(t, wire.Together(t.Context(), done, done))
}

func TestNewID(t *testing.T) {
	require.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, wire.NewID())
	require.NotEqual(t, wire.NewID(), wire.NewID())
	require.Equal(t, "2026-11-21T01:02:03.004Z", wire.Stamp(time.Date(2026, 11, 21, 10, 2, 3, 4_000_000, time.FixedZone("KST", 9*3600))))
}
