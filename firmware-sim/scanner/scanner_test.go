package scanner

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.bug.st/serial"
	"go.uber.org/goleak"

	"dcedge/firmware-sim/fault"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"))
}

// play runs a part until the test ends.
func play(t testing.TB, run func(context.Context) error) {
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

func start(t testing.TB, cfg Config) *Scanner {
	t.Helper()
	cfg.Name = "scan-1"
	if cfg.Listen == "" {
		cfg.Listen = "pty:" + filepath.Join(t.TempDir(), "usb-Scanner")
	}
	s, err := New(cfg)
	require.NoError(t, err)
	play(t, s.Run)
	<-s.Ready()
	return s
}

func open(t testing.TB, s *Scanner) serial.Port {
	t.Helper()
	var port serial.Port
	require.Eventually(t, func() bool {
		var err error
		port, err = serial.Open(s.Addr(), &serial.Mode{BaudRate: 9600})
		return err == nil
	}, 30*time.Second, time.Millisecond)
	require.NoError(t, port.SetReadTimeout(5*time.Second))
	t.Cleanup(func() { _ = port.Close() })
	return port
}

func read(t testing.TB, r io.Reader, n int) string {
	t.Helper()
	buf := make([]byte, n)
	for at := 0; at < n; {
		k, err := r.Read(buf[at:])
		require.NoError(t, err)
		require.NotZero(t, k, "nothing came after %q", buf[:at])
		at += k
	}
	return string(buf)
}

func done(t testing.TB, s *Scanner, n int64) Sent {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	e, err := s.Wait(ctx, n)
	require.NoError(t, err)
	return e
}

func TestFrames(t *testing.T) {
	for _, c := range []struct {
		protocol string
		aim      bool
		want     string
	}{
		{"", false, "01A\x1d2\r"}, {"cr", true, "]C101A\x1d2\r"}, {"lf", false, "01A\x1d2\n"}, {"crlf", false, "01A\x1d2\r\n"},
		{"tab", false, "01A\x1d2\t"}, {"stx", true, "\x02]C101A\x1d2\x03"}, {"none", false, "01A\x1d2"},
	} {
		t.Run(c.protocol, func(t *testing.T) {
			s := start(t, Config{Protocol: c.protocol, AIM: c.aim})
			port := open(t, s)
			n := s.Pull("01A\x1d2", "]C1")
			require.Equal(t, c.want, read(t, port, len(c.want)))
			require.Equal(t, 1, done(t, s, n).Times)
		})
	}
}

func TestNoReadDoubleHalfNoise(t *testing.T) {
	s := start(t, Config{NoRead: "NOREAD"})
	port := open(t, s)
	s.Pull("", "")
	require.Equal(t, "NOREAD\r", read(t, port, 7))
	s.SetFaults(Faults{NoRead: 1})
	s.Pull("123", "")
	require.Equal(t, "NOREAD\r", read(t, port, 7))
	s.SetFaults(Faults{Double: 1})
	require.Equal(t, 2, done(t, s, s.Pull("123", "")).Times)
	require.Equal(t, "123\r123\r", read(t, port, 8))
	s.SetFaults(Faults{Half: 1})
	require.Equal(t, "half", done(t, s, s.Pull("123456", "")).Spoilt)
	require.Equal(t, "123", read(t, port, 3))
	s.SetFaults(Faults{Bit7: true})
	s.Pull("é", "")
	require.Equal(t, "C)\r", read(t, port, 3))
	s.SetFaults(Faults{Silent: true})
	require.Zero(t, done(t, s, s.Pull("123", "")).Times)
	s.SetFaults(Faults{Noise: 1})
	require.Equal(t, "noise", done(t, s, s.Pull("9", "")).Spoilt)
	s.SetFaults(Faults{})
	s.Pull("end", "")
	var all strings.Builder
	for !strings.HasSuffix(all.String(), "9\rend\r") {
		all.WriteString(read(t, port, 1))
	}
	require.Greater(t, all.Len(), len("9\rend\r"), "noise came first")
}

// TestSeed: the same seed spoils the same pulls.
func TestSeed(t *testing.T) {
	pulls := func(seed uint64) string {
		s, err := New(Config{Name: "s", Listen: "127.0.0.1:0", Reader: seed})
		require.NoError(t, err)
		s.SetFaults(Faults{NoRead: 0.5})
		var out strings.Builder
		for i := range 40 {
			s.Pull(fmt.Sprint(i), "")
		}
		for _, e := range s.Sent(0) {
			out.WriteString(e.Code + ",")
		}
		return out.String()
	}
	require.Equal(t, pulls(7), pulls(7))
	require.NotEqual(t, pulls(7), pulls(8))
}

// TestAck: STX code ETX is sent again on NAK and on silence, and three times at
// most.
func TestAck(t *testing.T) {
	s := start(t, Config{Protocol: "ack", AckWait: time.Second, Clock: 50})
	port := open(t, s)
	n := s.Pull("A", "")
	require.Equal(t, "\x02A\x03", read(t, port, 3))
	_, err := port.Write([]byte{nak})
	require.NoError(t, err)
	require.Equal(t, "\x02A\x03", read(t, port, 3))
	_, err = port.Write([]byte{ack})
	require.NoError(t, err)
	e := done(t, s, n)
	require.True(t, e.Acked)
	require.Equal(t, []int{2, 1}, []int{e.Times, e.Refused})
	e = done(t, s, s.Pull("B", ""))
	require.False(t, e.Acked)
	require.Equal(t, 3, e.Times)
	require.Equal(t, strings.Repeat("\x02B\x03", 3), read(t, port, 9))
}

// TestPulledAndBack: reads made while the cable is out are lost, and the line
// comes back under its name.
func TestPulledAndBack(t *testing.T) {
	s := start(t, Config{})
	port := open(t, s)
	s.Pull("1", "")
	require.Equal(t, "1\r", read(t, port, 2))
	s.SetFaults(Faults{Away: true})
	_, err := port.Read(make([]byte, 1))
	require.Error(t, err)
	require.Equal(t, "silent or away", done(t, s, s.Pull("2", "")).Spoilt)
	s.SetFaults(Faults{})
	port = open(t, s)
	s.Pull("3", "")
	require.Equal(t, "3\r", read(t, port, 2))
}

type vector struct {
	Kind, Hex string
	Valid     bool
	Expect    struct {
		Opcode     string `json:"opcode"`
		Source     byte   `json:"source"`
		Retransmit bool   `json:"retransmit"`
		DataHex    string `json:"data_hex"`
	}
}

// TestSSIVectors builds every packet of the conformance data from its meaning,
// and reads every packet of a host.
func TestSSIVectors(t *testing.T) {
	dir := os.Getenv("CONFORMANCE_DATA")
	if dir == "" {
		t.Skip("SKIPPED, NOT PASSED: CONFORMANCE_DATA names no folder")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "vectors", "ssi_frames.json"))
	require.NoError(t, err)
	var file struct{ Vectors []vector }
	require.NoError(t, json.Unmarshal(raw, &file))
	for _, v := range file.Vectors {
		wireBytes, err := hex.DecodeString(v.Hex)
		require.NoError(t, err)
		var r ssiReader
		whole := 0
		for _, b := range wireBytes {
			if _, ok, err := r.feed(b); ok && err == nil {
				whole++
			}
		}
		if !v.Valid {
			require.Zero(t, whole, v.Kind)
			continue
		}
		require.Equal(t, 1, whole, v.Kind)
		op, err := hex.DecodeString(v.Expect.Opcode)
		require.NoError(t, err)
		data, err := hex.DecodeString(v.Expect.DataHex)
		require.NoError(t, err)
		p := packet{op: op[0], source: v.Expect.Source, data: data}
		if v.Expect.Retransmit {
			p.status |= ssiRetransmit
		}
		require.Equal(t, v.Hex, hex.EncodeToString(p.bytes()), v.Kind)
	}
	t.Logf("ssi: %d of %d", len(file.Vectors), len(file.Vectors))
	require.NotEmpty(t, file.Vectors)
}

// next reads one packet of the scanner.
func next(t testing.TB, r io.Reader) packet {
	t.Helper()
	head := read(t, r, 1)
	text := head + read(t, r, int(head[0])+1)
	n := int(head[0])
	p := packet{op: text[1], source: text[2], status: text[3], data: []byte(text[4:n])}
	require.Equal(t, string(p.bytes()), text, "checksum")
	return p
}

func host(t testing.TB, w io.Writer, op byte, data ...byte) {
	t.Helper()
	_, err := w.Write(packet{op: op, source: ssiHost, data: data}.bytes())
	require.NoError(t, err)
}

func TestSSI(t *testing.T) {
	s := start(t, Config{Protocol: "ssi", AckWait: time.Second, Clock: 20})
	port := open(t, s)
	n := s.Pull("8801234567893", "]E0")
	p := next(t, port)
	require.Equal(t, packet{op: ssiDecode, data: []byte("\x0b8801234567893")}, p)
	host(t, port, ssiNak, nakResend)
	p = next(t, port)
	require.EqualValues(t, ssiRetransmit, p.status)
	host(t, port, ssiAck)
	e := done(t, s, n)
	require.True(t, e.Acked)
	require.Equal(t, []int{2, 1}, []int{e.Times, e.Refused})

	n = s.Pull("silence", "")
	for i := range 3 {
		require.EqualValues(t, min(i, 1), next(t, port).status, "the repeats carry the bit")
	}
	require.False(t, done(t, s, n).Acked)

	n = s.Pull(strings.Repeat("x", 300), "]C0")
	p = next(t, port)
	require.EqualValues(t, ssiContinued, p.status)
	require.Len(t, p.data, 251)
	host(t, port, ssiAck)
	p = next(t, port)
	require.Zero(t, p.status)
	require.Len(t, p.data, 1+50)
	host(t, port, ssiAck)
	require.True(t, done(t, s, n).Acked)

	for op, want := range map[byte]byte{ssiBeep: ssiAck, ssiLEDOn: ssiAck, ssiRevision: ssiRevReply, 0x77: ssiNak, ssiDisable: ssiAck} {
		host(t, port, op, 0)
		require.Equal(t, want, next(t, port).op)
	}
	st := s.Status()
	require.True(t, st.LED && !st.Enabled && st.Beeps == 1, "%+v", st)
	s.Pull("later", "")
	host(t, port, ssiEnable)
	require.Equal(t, byte(ssiAck), next(t, port).op)
	require.Equal(t, "\x03later", string(next(t, port).data))
	host(t, port, ssiAck)

	_, err := port.Write([]byte{0x00, 0x04, 0xE6, 0x04, 0x00, 0x00, 0x00})
	require.NoError(t, err)
	p = next(t, port)
	require.Equal(t, []byte{nakResend}, p.data, "a wrong checksum is asked for again")

	s.SetFaults(Faults{Corrupt: 1})
	n = s.Pull("c", "")
	bad := read(t, port, 8)
	require.NotEqual(t, string(packet{op: ssiDecode, data: []byte("\x03c")}.bytes()), bad)
	require.Equal(t, packet{op: ssiDecode, status: ssiRetransmit, data: []byte("\x03c")}, next(t, port))
	host(t, port, ssiAck)
	require.True(t, done(t, s, n).Acked)
}

func TestControlAndScript(t *testing.T) {
	s := start(t, Config{Control: "127.0.0.1:0", Listen: "127.0.0.1:0"})
	<-s.control.Ready()
	conn, err := net.Dial("tcp", s.Addr())
	require.NoError(t, err)
	defer conn.Close()
	post := func(path, body string) int {
		t.Helper()
		res, err := http.Post(s.ControlURL()+path, "application/json", strings.NewReader(body))
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		return res.StatusCode
	}
	require.Equal(t, 200, post("/scan", `{"code":"W-001"}`))
	require.Equal(t, "W-001\r", read(t, conn, 6))
	require.Equal(t, 400, post("/scan", `{"kode":"W-001"}`))
	require.Equal(t, 200, post("/faults", `{"silent":true}`))
	require.True(t, s.Status().Faults.Silent)

	_, err = s.Prepare(json.RawMessage(`{"loud":true}`))
	require.ErrorIs(t, err, fault.ErrScript)
	act, err := s.Prepare(json.RawMessage(`{"away":true}`))
	require.NoError(t, err)
	undo := act()
	_, err = net.Dial("tcp", s.Addr())
	require.Error(t, err)
	undo()
	require.Equal(t, Faults{Silent: true}, s.Status().Faults)
}

func TestNewRefuses(t *testing.T) {
	for name, cfg := range map[string]Config{
		"Name":     {Listen: "127.0.0.1:0"},
		"Place":    {Name: "s", Listen: "nowhere"},
		"Protocol": {Name: "s", Listen: "127.0.0.1:0", Protocol: "morse"},
		"Clock":    {Name: "s", Listen: "127.0.0.1:0", Clock: -1},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(cfg)
			require.ErrorIs(t, err, ErrConfig)
		})
	}
}

func FuzzHost(f *testing.F) {
	f.Add([]byte("\x04\xd0\x04\x00\xff\x28\x05\xd1\x04\x00\x01\xff\x25"))
	f.Add([]byte{0, 4, 0xe6, 4, 0, 0, 0, 255})
	f.Fuzz(func(t *testing.T, data []byte) {
		var r ssiReader
		for _, b := range data {
			p, ok, err := r.feed(b)
			if ok && (err != nil || len(p.bytes()) < 6) {
				t.Fatalf("%v %v", p, err)
			}
			if len(r.buf) > 257 {
				t.Fatalf("holds %d", len(r.buf))
			}
		}
	})
}
